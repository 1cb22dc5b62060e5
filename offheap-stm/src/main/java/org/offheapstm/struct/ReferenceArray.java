package org.offheapstm.struct;

import org.offheapstm.ArrayType;
import org.offheapstm.Transaction;

/**
 * The handle of striped arrays of references, or of a reference in every element of a striped
 * array of structs.
 *
 * @param type the type of the array
 * @param offset bytes from the start of an element to the value
 * @param stride bytes of an element
 * @param <T> the interface of the struct referred to
 */
public record ReferenceArray<T>(ArrayType type, int offset, int stride) implements StripedArray {
    /**
     * Checks that the value lies inside an element.
     *
     * @throws IllegalArgumentException if it does not
     */
    public ReferenceArray {
        Word.checkElement(type, offset, stride, Long.BYTES);
    }

    /**
     * Arrays of references.
     *
     * @param name what messages and reports call them
     * @param <T> the interface of the struct referred to
     * @return their handle
     */
    public static <T> ReferenceArray<T> of(String name) {
        return new ReferenceArray<>(Word.arrayOf("reference", name, Long.BYTES, 0), 0, Long.BYTES);
    }

    /**
     * Reads a reference.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @return the reference, {@link Transaction#NULL} for none
     */
    public long get(Transaction tx, long ref, long index) {
        return Word.get(tx, type, ref, index, offset, stride, Long.BYTES);
    }

    /**
     * Writes a reference.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @param target the new reference, {@link Transaction#NULL} for none
     */
    public void set(Transaction tx, long ref, long index, long target) {
        Word.set(tx, type, ref, index, offset, stride, Long.BYTES, target);
    }

    /**
     * Writes a reference.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @param target points at the object to refer to
     * @throws IllegalArgumentException if it points at nothing, or at a part of an object or array
     */
    public void set(Transaction tx, long ref, long index, StructView<T> target) {
        set(tx, ref, index, target.wholeRef());
    }

    /**
     * Points a view at the object that an element refers to. Of a null reference, each access
     * through the view is refused.
     *
     * @param tx the running transaction
     * @param ref the array
     * @param index the element, from 0
     * @param view the view to point
     * @param <V> the view's class
     * @return the view
     */
    public <V extends StructView<T>> V follow(Transaction tx, long ref, long index, V view) {
        ((StructView<T>) view).point(tx, get(tx, ref, index));
        return view;
    }
}
