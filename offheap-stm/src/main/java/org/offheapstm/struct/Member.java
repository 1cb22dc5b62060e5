package org.offheapstm.struct;

import org.offheapstm.ObjectType;

import java.util.Objects;

/**
 * Where a field lies in its struct: {@code length} values of {@code size} bytes, the first at
 * {@code offset}, each {@code stride} bytes after the one before. A plain field is a row of one.
 *
 * <p>A record, as the handles are, because the JIT compiler takes the fields of a record that a
 * {@code static final} constant holds for constants themselves: an access then is one word read at
 * a fixed offset and one shift.
 *
 * @param struct the struct's name
 * @param name the field's name; {@code outer.inner} for a field of a nested struct
 * @param kind what it holds
 * @param offset bytes from the start of the struct to the first value
 * @param size bytes of one value, without padding
 * @param length number of values, at least 1
 * @param stride bytes from one value to the next
 * @param nested the layout of the values, if they are structs; otherwise null
 * @param target the name of the struct referred to, if it is a reference and that is known;
 *     otherwise null
 */
public record Member(
        String struct,
        String name,
        Kind kind,
        int offset,
        int size,
        int length,
        int stride,
        Layout nested,
        String target) {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a number is out of range
     */
    public Member {
        Objects.requireNonNull(struct, "struct");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        if (offset < 0 || size < 1 || length < 1 || stride < size) {
            throw new IllegalArgumentException(
                    "field refused: field=" + struct + "." + name + ", offset=" + offset
                            + ", size=" + size + ", length=" + length + ", stride=" + stride
                            + "; use an offset from 0, a size and length from 1, and a stride from"
                            + " the size");
        }
    }

    /**
     * What its offset is a multiple of.
     *
     * @return 1, 2, 4 or 8
     */
    public int alignment() {
        return switch (kind) {
            case STRUCT -> nested.alignment();
            case TEXT -> Long.BYTES;
            default -> kind.bytes();
        };
    }

    /**
     * The end of the last value, without padding.
     *
     * @return bytes from the start of the struct
     */
    public int end() {
        return Math.toIntExact(offset + (long) stride * (length - 1) + size);
    }

    @Override
    public String toString() {
        return struct + "." + name;
    }

    /** The offset of the only value. */
    int only() {
        if (length != 1) {
            throw new IndexOutOfBoundsException("access refused: field=" + this + ", length="
                    + length + "; it is a row, give an index");
        }
        return offset;
    }

    /** The offset of one of the values. */
    int at(int index) {
        if (index < 0 || index >= length) {
            throw new IndexOutOfBoundsException("index refused: field=" + this + ", index=" + index
                    + ", length=" + length + "; use 0 to " + (length - 1));
        }
        return offset + index * stride;
    }

    /** This member of the struct that {@code outer} holds, as a member of the struct around it. */
    Member within(Member outer) {
        if (outer.nested == null || !outer.nested.name().equals(struct)) {
            throw new IllegalArgumentException("composition refused: field=" + this + ", outer="
                    + outer + "; the outer field does not hold a " + struct);
        }
        if (outer.length > 1 && length > 1) {
            throw new IllegalArgumentException("composition refused: field=" + this + ", length="
                    + length + ", outer=" + outer + ", length=" + outer.length
                    + "; a row inside a row is reached by a view");
        }
        boolean outerRow = outer.length > 1;
        return new Member(
                outer.struct,
                outer.name + "." + name,
                kind,
                outer.offset + offset,
                size,
                outerRow ? outer.length : length,
                outerRow ? outer.stride : stride,
                nested,
                target);
    }

    /** Refuses a handle of the wrong kind, or one that reaches out of its struct. */
    void checkHandle(ObjectType type, Kind expected) {
        if (kind != expected) {
            throw new IllegalArgumentException("handle refused: field=" + this + ", kind=" + kind
                    + "; this handle is for " + expected);
        }
        if (end() > type.payloadBytes() || offset % alignment() != 0 || stride % alignment() != 0) {
            throw new IllegalArgumentException(
                    "handle refused: field=" + this + ", offset=" + offset + ", end="
                            + end() + ", stride=" + stride + ", alignment=" + alignment()
                            + ", payloadBytes="
                            + type.payloadBytes() + "; take handles from StructType");
        }
    }
}
