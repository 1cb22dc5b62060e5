package org.offheapstm;

/** The type of single objects: a payload of fixed size behind one version header. */
public sealed interface ObjectType extends StmType permits TypeRegistry.SingleType {
    /** The largest payload of a single object, in bytes; more belongs into an array. */
    int MAX_PAYLOAD_BYTES = 8 * 1024;

    /** Bytes before the payload. */
    int HEADER_BYTES = 16;

    /**
     * The type of this name and size, of which every word may hold a reference.
     *
     * @param name what messages and reports call it
     * @param payloadBytes bytes of the payload, a multiple of 8 from 8 to {@link
     *     #MAX_PAYLOAD_BYTES}
     * @return the type
     * @throws IllegalArgumentException if the size is out of range
     */
    static ObjectType of(String name, int payloadBytes) {
        return of(name, payloadBytes, TypeRegistry.allWords(payloadBytes));
    }

    /**
     * The type of this name and layout.
     *
     * @param name what messages and reports call it
     * @param payloadBytes bytes of the payload, a multiple of 8 from 8 to {@link
     *     #MAX_PAYLOAD_BYTES}
     * @param referenceOffsets offsets of the words that hold references, in bytes; {@link
     *     StmType#NO_REFERENCES} if none does
     * @return the type
     * @throws IllegalArgumentException if a size or offset is out of range
     */
    static ObjectType of(String name, int payloadBytes, int... referenceOffsets) {
        return of(name, "", payloadBytes, referenceOffsets);
    }

    /**
     * The type of this name, meaning and size, of which every word may hold a reference.
     *
     * @param name what messages and reports call it
     * @param shape what its words mean, in any form
     * @param payloadBytes bytes of the payload, a multiple of 8 from 8 to {@link
     *     #MAX_PAYLOAD_BYTES}
     * @return the type
     * @throws IllegalArgumentException if the size is out of range
     */
    static ObjectType of(String name, String shape, int payloadBytes) {
        return of(name, shape, payloadBytes, TypeRegistry.allWords(payloadBytes));
    }

    /**
     * The type of this name, meaning and layout.
     *
     * @param name what messages and reports call it
     * @param shape what its words mean, in any form: types of different shapes are different,
     *     though all else is equal
     * @param payloadBytes bytes of the payload, a multiple of 8 from 8 to {@link
     *     #MAX_PAYLOAD_BYTES}
     * @param referenceOffsets offsets of the words that hold references, in bytes; {@link
     *     StmType#NO_REFERENCES} if none does
     * @return the type
     * @throws IllegalArgumentException if a size or offset is out of range
     */
    static ObjectType of(String name, String shape, int payloadBytes, int... referenceOffsets) {
        if (payloadBytes < 8 || payloadBytes > MAX_PAYLOAD_BYTES || (payloadBytes & 7) != 0) {
            throw new IllegalArgumentException("type refused: name=" + name + ", payloadBytes="
                    + payloadBytes + "; use a multiple of 8 from 8 to " + MAX_PAYLOAD_BYTES
                    + ", or an array");
        }
        return TypeRegistry.single(name, shape, payloadBytes, referenceOffsets);
    }

    /**
     * Bytes of the payload.
     *
     * @return a multiple of 8
     */
    int payloadBytes();

    /**
     * Bytes that an object takes in a region, header and rounding included.
     *
     * @return a multiple of 16
     */
    int blockBytes();

    /**
     * If blocks have a size of a power of two: the bits that are clear in the place of a block in
     * its run, counted in units of 16 bytes; else -1. For the engine.
     *
     * @return the bits
     */
    int startMask();
}
