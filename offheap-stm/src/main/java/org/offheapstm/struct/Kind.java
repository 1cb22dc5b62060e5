package org.offheapstm.struct;

/** What a field of a struct holds. */
public enum Kind {
    /** A {@code boolean}: one byte, 0 or 1. */
    BOOLEAN(1),
    /** A {@code byte}. */
    BYTE(1),
    /** A {@code char}. */
    CHAR(2),
    /** A {@code short}. */
    SHORT(2),
    /** An {@code int}. */
    INT(4),
    /** A {@code float}. */
    FLOAT(4),
    /** A {@code long}. */
    LONG(8),
    /** A {@code double}. */
    DOUBLE(8),
    /** A reference to another struct, or {@link org.offheapstm.Transaction#NULL}. */
    REFERENCE(8),
    /** Text of a bounded number of UTF-8 bytes, in whole words. */
    TEXT(0),
    /** Another struct, inside this one. */
    STRUCT(0);

    private final int bytes;

    Kind(int bytes) {
        this.bytes = bytes;
    }

    /**
     * The size that all values of this kind have.
     *
     * @return bytes; 0 for {@link #TEXT} and {@link #STRUCT}, whose size belongs to the field
     */
    public int bytes() {
        return bytes;
    }

    /**
     * Whether it is one of Java's primitive types.
     *
     * @return false for references, text and structs
     */
    public boolean isPrimitive() {
        return switch (this) {
            case REFERENCE, TEXT, STRUCT -> false;
            default -> true;
        };
    }
}
