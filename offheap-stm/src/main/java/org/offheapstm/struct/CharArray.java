package org.offheapstm.struct;

import org.offheapstm.ArrayType;
import org.offheapstm.Transaction;

/**
 * The handle of striped arrays of {@code char} values, or of a {@code char} field of every element
 * of a striped array of structs.
 *
 * @param type the type of the array
 * @param offset bytes from the start of an element to the value
 * @param stride bytes of an element
 */
public record CharArray(ArrayType type, int offset, int stride) implements StripedArray {
    /**
     * Checks that the value lies inside an element.
     *
     * @throws IllegalArgumentException if it does not
     */
    public CharArray {
        Word.checkElement(type, offset, stride, Character.BYTES);
    }

    /**
     * Arrays of {@code char} values.
     *
     * @param name what messages and reports call them, after {@code char[]}
     * @return their handle
     */
    public static CharArray of(String name) {
        return new CharArray(Word.arrayOf("char", name, Character.BYTES), 0, Character.BYTES);
    }

    /**
     * Reads a value.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @return the value
     */
    public char get(Transaction tx, long ref, long index) {
        return (char) Word.get(tx, type, ref, index, offset, stride, Character.BYTES);
    }

    /**
     * Writes a value.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @param value the new value
     */
    public void set(Transaction tx, long ref, long index, char value) {
        Word.set(tx, type, ref, index, offset, stride, Character.BYTES, value);
    }
}
