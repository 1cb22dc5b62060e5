package org.offheapstm.struct;

import org.offheapstm.ArrayType;
import org.offheapstm.Transaction;

/**
 * The handle of striped arrays of {@code short} values, or of a {@code short} field of every
 * element of a striped array of structs.
 *
 * @param type the type of the array
 * @param offset bytes from the start of an element to the value
 * @param stride bytes of an element
 */
public record ShortArray(ArrayType type, int offset, int stride) implements StripedArray {
    /**
     * Checks that the value lies inside an element.
     *
     * @throws IllegalArgumentException if it does not
     */
    public ShortArray {
        Word.checkElement(type, offset, stride, Short.BYTES);
    }

    /**
     * Arrays of {@code short} values.
     *
     * @param name what messages and reports call them, after {@code short[]}
     * @return their handle
     */
    public static ShortArray of(String name) {
        return new ShortArray(Word.arrayOf("short", name, Short.BYTES), 0, Short.BYTES);
    }

    /**
     * Reads a value.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @return the value
     */
    public short get(Transaction tx, long ref, long index) {
        return (short) Word.get(tx, type, ref, index, offset, stride, Short.BYTES);
    }

    /**
     * Writes a value.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @param value the new value
     */
    public void set(Transaction tx, long ref, long index, short value) {
        Word.set(tx, type, ref, index, offset, stride, Short.BYTES, value);
    }
}
