package org.offheapstm;

/**
 * The type of arrays: any number of equal elements, cut into <em>stripes</em> that each have a
 * version header of their own, so that writers of different stripes do not conflict.
 */
public final class ArrayType extends StmType {
    /** The largest element, in bytes. */
    public static final int MAX_ELEMENT_BYTES = 4 * 1024;

    /** Bytes of payload that a stripe has at least room for. */
    public static final int STRIPE_BYTES = 256;

    private final int elementBytes;
    private final int elementsPerStripe;

    private ArrayType(String name, int id, int elementBytes, int[] referenceOffsets) {
        super(name, id, referenceOffsets);
        this.elementBytes = elementBytes;
        this.elementsPerStripe = Math.max(1, STRIPE_BYTES / elementBytes);
    }

    /**
     * The array type of this name and element layout.
     *
     * @param name what messages and reports call it
     * @param elementBytes bytes of one element: 1, 2, 4, or a multiple of 8 up to
     *     {@link #MAX_ELEMENT_BYTES}
     * @param referenceOffsets offsets, within an element, of the words that hold references, in
     *     bytes
     * @return the type
     * @throws IllegalArgumentException if a size or offset is out of range
     */
    public static ArrayType of(String name, int elementBytes, int... referenceOffsets) {
        boolean small = elementBytes == 1 || elementBytes == 2 || elementBytes == 4;
        if (!small
                && (elementBytes < 8
                        || elementBytes > MAX_ELEMENT_BYTES
                        || (elementBytes & 7) != 0)) {
            throw new IllegalArgumentException(
                    "array type refused: name=" + name + ", elementBytes=" + elementBytes
                            + "; use 1, 2, 4 or a multiple of 8 up to " + MAX_ELEMENT_BYTES);
        }
        return intern(
                ArrayType.class,
                name,
                elementBytes,
                referenceOffsets,
                (id, sorted) -> new ArrayType(name, id, elementBytes, sorted));
    }

    /**
     * Bytes of one element.
     *
     * @return 1, 2, 4 or a multiple of 8
     */
    public int elementBytes() {
        return elementBytes;
    }

    /**
     * How many elements share one version header.
     *
     * @return a count, at least 1
     */
    public int elementsPerStripe() {
        return elementsPerStripe;
    }

    @Override
    int bytes() {
        return elementBytes;
    }
}
