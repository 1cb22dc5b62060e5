package org.offheapstm;

/** The type of single objects: a payload of fixed size behind one version header. */
public final class ObjectType extends StmType {
    /** The largest payload of a single object, in bytes; more belongs into an array. */
    public static final int MAX_PAYLOAD_BYTES = 8 * 1024;

    private final int payloadBytes;

    private ObjectType(String name, int id, int payloadBytes, int[] referenceOffsets) {
        super(name, id, referenceOffsets);
        this.payloadBytes = payloadBytes;
    }

    /**
     * The type of this name and layout.
     *
     * @param name what messages and reports call it
     * @param payloadBytes bytes of the payload, a multiple of 8 from 8 to
     *     {@link #MAX_PAYLOAD_BYTES}
     * @param referenceOffsets offsets of the words that hold references, in bytes
     * @return the type
     * @throws IllegalArgumentException if a size or offset is out of range
     */
    public static ObjectType of(String name, int payloadBytes, int... referenceOffsets) {
        if (payloadBytes < 8 || payloadBytes > MAX_PAYLOAD_BYTES || (payloadBytes & 7) != 0) {
            throw new IllegalArgumentException("type refused: name=" + name + ", payloadBytes="
                    + payloadBytes + "; use a multiple of 8 from 8 to " + MAX_PAYLOAD_BYTES
                    + ", or an array");
        }
        return intern(
                ObjectType.class,
                name,
                payloadBytes,
                referenceOffsets,
                (id, sorted) -> new ObjectType(name, id, payloadBytes, sorted));
    }

    /**
     * Bytes of the payload.
     *
     * @return a multiple of 8
     */
    public int payloadBytes() {
        return payloadBytes;
    }

    @Override
    int bytes() {
        return payloadBytes;
    }
}
