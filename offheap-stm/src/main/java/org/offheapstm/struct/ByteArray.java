package org.offheapstm.struct;

import org.offheapstm.ArrayType;
import org.offheapstm.Transaction;

/**
 * The handle of striped arrays of {@code byte} values, or of a {@code byte} field of every element
 * of a striped array of structs.
 *
 * @param type the type of the array
 * @param offset bytes from the start of an element to the value
 * @param stride bytes of an element
 */
public record ByteArray(ArrayType type, int offset, int stride) implements StripedArray {
    /**
     * Checks that the value lies inside an element.
     *
     * @throws IllegalArgumentException if it does not
     */
    public ByteArray {
        Word.checkElement(type, offset, stride, Byte.BYTES);
    }

    /**
     * Arrays of {@code byte} values.
     *
     * @param name what messages and reports call them, after {@code byte[]}
     * @return their handle
     */
    public static ByteArray of(String name) {
        return new ByteArray(Word.arrayOf("byte", name, Byte.BYTES), 0, Byte.BYTES);
    }

    /**
     * Reads a value.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @return the value
     */
    public byte get(Transaction tx, long ref, long index) {
        return (byte) Word.get(tx, type, ref, index, offset, stride, Byte.BYTES);
    }

    /**
     * Writes a value.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @param value the new value
     */
    public void set(Transaction tx, long ref, long index, byte value) {
        Word.set(tx, type, ref, index, offset, stride, Byte.BYTES, value);
    }
}
