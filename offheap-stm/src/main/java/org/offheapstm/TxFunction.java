package org.offheapstm;

/**
 * The body of an atomic block with a result.
 *
 * <p>It may run more than once, so it must have no effect outside its transaction but through the
 * transaction's hooks. It must not keep the transaction.
 *
 * @param <T> the result
 * @param <X> the checked exception it may throw; inferred as {@link RuntimeException} for none
 */
@FunctionalInterface
public interface TxFunction<T, X extends Exception> {
    /**
     * Runs one attempt.
     *
     * @param tx the running transaction, valid on this thread until this method returns
     * @return the result of the block
     * @throws X any exception rolls the attempt back and reaches the caller of the block unchanged
     */
    T apply(Transaction tx) throws X;
}
