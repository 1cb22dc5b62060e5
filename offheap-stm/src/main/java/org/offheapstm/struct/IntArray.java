package org.offheapstm.struct;

import org.offheapstm.ArrayType;
import org.offheapstm.Transaction;

/**
 * The handle of striped arrays of {@code int} values, or of an {@code int} field of every element
 * of a striped array of structs.
 *
 * @param type the type of the array
 * @param offset bytes from the start of an element to the value
 * @param stride bytes of an element
 */
public record IntArray(ArrayType type, int offset, int stride) implements StripedArray {
    /**
     * Checks that the value lies inside an element.
     *
     * @throws IllegalArgumentException if it does not
     */
    public IntArray {
        Word.checkElement(type, offset, stride, Integer.BYTES);
    }

    /**
     * Arrays of {@code int} values.
     *
     * @param name what messages and reports call them, after {@code int[]}
     * @return their handle
     */
    public static IntArray of(String name) {
        return new IntArray(Word.arrayOf("int", name, Integer.BYTES), 0, Integer.BYTES);
    }

    /**
     * Reads a value.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @return the value
     */
    public int get(Transaction tx, long ref, long index) {
        return (int) Word.get(tx, type, ref, index, offset, stride, Integer.BYTES);
    }

    /**
     * Writes a value.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @param value the new value
     */
    public void set(Transaction tx, long ref, long index, int value) {
        Word.set(tx, type, ref, index, offset, stride, Integer.BYTES, value);
    }
}
