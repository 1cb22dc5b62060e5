package org.offheapstm.struct;

import org.offheapstm.ArrayType;
import org.offheapstm.Transaction;

/**
 * The handle of striped arrays of {@code float} values, or of a {@code float} field of every
 * element of a striped array of structs.
 *
 * @param type the type of the array
 * @param offset bytes from the start of an element to the value
 * @param stride bytes of an element
 */
public record FloatArray(ArrayType type, int offset, int stride) implements StripedArray {
    /**
     * Checks that the value lies inside an element.
     *
     * @throws IllegalArgumentException if it does not
     */
    public FloatArray {
        Word.checkElement(type, offset, stride, Float.BYTES);
    }

    /**
     * Arrays of {@code float} values.
     *
     * @param name what messages and reports call them, after {@code float[]}
     * @return their handle
     */
    public static FloatArray of(String name) {
        return new FloatArray(Word.arrayOf("float", name, Float.BYTES), 0, Float.BYTES);
    }

    /**
     * Reads a value.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @return the value
     */
    public float get(Transaction tx, long ref, long index) {
        return Float.intBitsToFloat(
                (int) Word.get(tx, type, ref, index, offset, stride, Float.BYTES));
    }

    /**
     * Writes a value.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @param value the new value
     */
    public void set(Transaction tx, long ref, long index, float value) {
        Word.set(tx, type, ref, index, offset, stride, Float.BYTES, Float.floatToRawIntBits(value));
    }
}
