package org.offheapstm;

/**
 * The type of arrays: any number of equal elements, cut into <em>stripes</em> that each have a
 * version header of their own, so that writers of different stripes do not conflict.
 */
public sealed interface ArrayType extends StmType permits TypeRegistry.StripedType {
    /** The largest element, in bytes. */
    int MAX_ELEMENT_BYTES = 4 * 1024;

    /** Bytes of payload that a stripe has at least room for, unless an element is larger. */
    int STRIPE_BYTES = 256;

    /**
     * The array type of this name and element size, of which every word may hold a reference;
     * elements smaller than a word hold none.
     *
     * @param name what messages and reports call it
     * @param elementBytes bytes of one element: 1, 2, 4, or a multiple of 8 up to {@link
     *     #MAX_ELEMENT_BYTES}
     * @return the type
     * @throws IllegalArgumentException if the size is out of range
     */
    static ArrayType of(String name, int elementBytes) {
        return of(name, elementBytes, TypeRegistry.allWords(elementBytes));
    }

    /**
     * The array type of this name and element layout.
     *
     * @param name what messages and reports call it
     * @param elementBytes bytes of one element: 1, 2, 4, or a multiple of 8 up to {@link
     *     #MAX_ELEMENT_BYTES}
     * @param referenceOffsets offsets, within an element, of the words that hold references, in
     *     bytes; {@link StmType#NO_REFERENCES} if none does
     * @return the type
     * @throws IllegalArgumentException if a size or offset is out of range
     */
    static ArrayType of(String name, int elementBytes, int... referenceOffsets) {
        return of(name, "", elementBytes, referenceOffsets);
    }

    /**
     * The array type of this name, meaning and element size, of which every word may hold a
     * reference.
     *
     * @param name what messages and reports call it
     * @param shape what the words of an element mean, in any form
     * @param elementBytes bytes of one element: 1, 2, 4, or a multiple of 8 up to {@link
     *     #MAX_ELEMENT_BYTES}
     * @return the type
     * @throws IllegalArgumentException if the size is out of range
     */
    static ArrayType of(String name, String shape, int elementBytes) {
        return of(name, shape, elementBytes, TypeRegistry.allWords(elementBytes));
    }

    /**
     * The array type of this name, meaning and element layout.
     *
     * @param name what messages and reports call it
     * @param shape what the words of an element mean, in any form: types of different shapes are
     *     different, though all else is equal
     * @param elementBytes bytes of one element: 1, 2, 4, or a multiple of 8 up to {@link
     *     #MAX_ELEMENT_BYTES}
     * @param referenceOffsets offsets, within an element, of the words that hold references, in
     *     bytes; {@link StmType#NO_REFERENCES} if none does
     * @return the type
     * @throws IllegalArgumentException if a size or offset is out of range
     */
    static ArrayType of(String name, String shape, int elementBytes, int... referenceOffsets) {
        boolean small = elementBytes == 1 || elementBytes == 2 || elementBytes == 4;
        boolean words =
                elementBytes >= 8 && elementBytes <= MAX_ELEMENT_BYTES && (elementBytes & 7) == 0;
        if (!small && !words) {
            throw new IllegalArgumentException(
                    "array type refused: name=" + name + ", elementBytes=" + elementBytes
                            + "; use 1, 2, 4 or a multiple of 8 up to " + MAX_ELEMENT_BYTES);
        }
        return TypeRegistry.striped(name, shape, elementBytes, referenceOffsets);
    }

    /**
     * Bytes of one element.
     *
     * @return 1, 2, 4 or a multiple of 8
     */
    int elementBytes();

    /**
     * How many elements share one version header.
     *
     * @return a count, at least 1
     */
    int elementsPerStripe();

    /**
     * Which stripe an element is in.
     *
     * @param index the element, 0 or more
     * @return from 0
     */
    long stripeOf(long index);
}
