package org.offheapstm;

/**
 * The body of an atomic block whose result is a {@code long}, returned without boxing. The rules of
 * {@link TxFunction} hold.
 *
 * @param <X> the checked exception it may throw; inferred as {@link RuntimeException} for none
 */
@FunctionalInterface
public interface TxLongFunction<X extends Exception> {
    /**
     * Runs one attempt.
     *
     * @param tx the running transaction, valid on this thread until this method returns
     * @return the result of the block
     * @throws X any exception rolls the attempt back and reaches the caller of the block unchanged
     */
    long applyAsLong(Transaction tx) throws X;
}
