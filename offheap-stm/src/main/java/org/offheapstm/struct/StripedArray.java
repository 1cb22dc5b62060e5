package org.offheapstm.struct;

import org.offheapstm.ArrayType;
import org.offheapstm.Transaction;

/**
 * The handle of large arrays: any number of elements, cut into stripes of about 256 bytes that each
 * have a version of their own, so that writers of different stripes do not conflict. All handles of
 * one array type may be used for the same array.
 */
public sealed interface StripedArray
        permits BooleanArray,
                ByteArray,
                CharArray,
                ShortArray,
                IntArray,
                FloatArray,
                LongArray,
                DoubleArray,
                ReferenceArray,
                StructArray {
    /**
     * The type that the engine knows.
     *
     * @return the type
     */
    ArrayType type();

    /**
     * Makes an array whose elements are zero.
     *
     * @param tx the running transaction
     * @param length number of elements, 0 or more
     * @return the reference
     */
    default long allocate(Transaction tx, long length) {
        return tx.allocate(type(), length);
    }

    /**
     * Makes an array that exists after the block only if something leads to it when the block
     * commits: see {@link Transaction#allocateScratch(ArrayType, long)}.
     *
     * @param tx the running transaction
     * @param length number of elements, 0 or more
     * @return the reference
     */
    default long allocateScratch(Transaction tx, long length) {
        return tx.allocateScratch(type(), length);
    }

    /**
     * The number of elements.
     *
     * @param tx the running transaction
     * @param ref the array
     * @return a count
     */
    default long length(Transaction tx, long ref) {
        return tx.length(type(), ref);
    }

    /**
     * Ends an array.
     *
     * @param tx the running transaction
     * @param ref the array
     */
    default void free(Transaction tx, long ref) {
        tx.free(type(), ref);
    }
}
