package org.offheapstm.internal.layout;

/**
 * The directory of named roots: an object of the engine's own behind the run table, at a place that
 * follows from the size of the region.
 *
 * <pre>
 *  directory  | header 16 | bucket 0 | ... | bucket 31 |
 *                             |
 *  root         | next root | object | length of the name | name, in UTF-8 ... |
 * </pre>
 *
 * <p>A bucket is a reference to its first root, or null. Roots are objects as users make them. A
 * name is in the bucket of the low bits of {@code String.hashCode}, which is the same in every
 * process. The directory has generation 0, like a stripe.
 */
public final class Directory {
    /** A power of two, since a name is put into one by a mask. */
    public static final int BUCKETS = 32;

    /** Bytes behind the header. */
    public static final int PAYLOAD_BYTES = 8 * BUCKETS;

    public static final int BYTES = Header.BYTES + PAYLOAD_BYTES;

    // ---- words of a root, by offset in the payload
    public static final int NEXT = 0;
    public static final int OBJECT = 8;
    public static final int NAME_BYTES = 16;
    public static final int NAME = 24;
    public static final int MAX_NAME_BYTES = 216;
    public static final int ROOT_BYTES = NAME + MAX_NAME_BYTES;

    private Directory() {}

    /** The offset, in the payload, of the bucket of a name. */
    public static int bucket(String name) {
        return 8 * (name.hashCode() & BUCKETS - 1);
    }
}
