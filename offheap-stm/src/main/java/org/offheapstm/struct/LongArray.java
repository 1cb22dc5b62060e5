package org.offheapstm.struct;

import org.offheapstm.ArrayType;
import org.offheapstm.Merge;
import org.offheapstm.Transaction;

/**
 * The handle of striped arrays of {@code long} values, or of a {@code long} field of every element
 * of a striped array of structs.
 *
 * @param type the type of the array
 * @param offset bytes from the start of an element to the value
 * @param stride bytes of an element
 */
public record LongArray(ArrayType type, int offset, int stride) implements StripedArray {
    /**
     * Checks that the value lies inside an element.
     *
     * @throws IllegalArgumentException if it does not
     */
    public LongArray {
        Word.checkElement(type, offset, stride, Long.BYTES);
    }

    /**
     * Arrays of {@code long} values.
     *
     * @param name what messages and reports call them, after {@code long[]}
     * @return their handle
     */
    public static LongArray of(String name) {
        return new LongArray(Word.arrayOf("long", name, Long.BYTES), 0, Long.BYTES);
    }

    /**
     * Reads a value.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @return the value
     */
    public long get(Transaction tx, long ref, long index) {
        return Word.get(tx, type, ref, index, offset, stride, Long.BYTES);
    }

    /**
     * Writes a value.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @param value the new value
     */
    public void set(Transaction tx, long ref, long index, long value) {
        Word.set(tx, type, ref, index, offset, stride, Long.BYTES, value);
    }

    /**
     * Adds to a value at commit, without reading it now.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @param delta what to add
     */
    public void add(Transaction tx, long ref, long index, long delta) {
        tx.merge(type, ref, index, offset, Merge.ADD_LONG, delta);
    }
}
