package org.offheapstm.struct;

import org.offheapstm.ArrayType;
import org.offheapstm.Merge;
import org.offheapstm.Transaction;

/**
 * The handle of striped arrays of {@code double} values, or of a {@code double} field of every
 * element of a striped array of structs.
 *
 * @param type the type of the array
 * @param offset bytes from the start of an element to the value
 * @param stride bytes of an element
 */
public record DoubleArray(ArrayType type, int offset, int stride) implements StripedArray {
    /**
     * Checks that the value lies inside an element.
     *
     * @throws IllegalArgumentException if it does not
     */
    public DoubleArray {
        Word.checkElement(type, offset, stride, Double.BYTES);
    }

    /**
     * Arrays of {@code double} values.
     *
     * @param name what messages and reports call them, after {@code double[]}
     * @return their handle
     */
    public static DoubleArray of(String name) {
        return new DoubleArray(Word.arrayOf("double", name, Double.BYTES), 0, Double.BYTES);
    }

    /**
     * Reads a value.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @return the value
     */
    public double get(Transaction tx, long ref, long index) {
        return Double.longBitsToDouble(
                Word.get(tx, type, ref, index, offset, stride, Double.BYTES));
    }

    /**
     * Writes a value.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @param value the new value
     */
    public void set(Transaction tx, long ref, long index, double value) {
        Word.set(
                tx,
                type,
                ref,
                index,
                offset,
                stride,
                Double.BYTES,
                Double.doubleToRawLongBits(value));
    }

    /**
     * Adds to a value at commit, without reading it now.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @param delta what to add
     */
    public void add(Transaction tx, long ref, long index, double delta) {
        tx.merge(type, ref, index, offset, Merge.ADD_DOUBLE, Double.doubleToRawLongBits(delta));
    }
}
