package org.offheapstm;

/**
 * The body of an atomic block without a result. The rules of {@link TxFunction} hold.
 *
 * @param <X> the checked exception it may throw; inferred as {@link RuntimeException} for none
 */
@FunctionalInterface
public interface TxAction<X extends Exception> extends TxFunction<Void, X> {
    /**
     * Runs one attempt.
     *
     * @param tx the running transaction, valid on this thread until this method returns
     * @throws X any exception rolls the attempt back and reaches the caller of the block unchanged
     */
    void run(Transaction tx) throws X;

    @Override
    default Void apply(Transaction tx) throws X {
        run(tx);
        return null;
    }
}
