package org.offheapstm.struct;

import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The one room that knows where in a word a narrower value lies.
 *
 * <pre>
 *   bytes in memory     +0   +1   +2   +3   +4   +5   +6   +7
 *   little endian     bits 0   8   16   24   32   40   48   56
 *   big endian        bits 56 48   40   32   24   16    8    0
 * </pre>
 *
 * Invariants: (1) A value is aligned to its size, so it never straddles a word. (2) What comes out
 * of {@code get} is right in its lowest {@code bytes} bytes only; the caller's narrowing cast
 * drops the rest, and signs or not. (3) A set of a narrow value leaves the other bytes of its word
 * as the transaction sees them.
 *
 * <p>The methods come in three rows, one for each place that a value may have: an object, an
 * element of a striped array, whatever a view points at. {@code bytes} is a constant at every
 * call, so that after inlining nothing is left of the distinctions here.
 */
final class Word {
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final int START_OF_WORD = -Long.BYTES;

    private Word() {}

    // ---- pure ---------------------------------------------------------------------------------

    /** How far above bit 0 the value at {@code offset} lies. */
    static int shift(boolean little, int offset, int bytes) {
        int from = offset & (Long.BYTES - 1);
        return (little ? from : Long.BYTES - bytes - from) << 3;
    }

    static long extract(long word, int offset, int bytes) {
        return bytes == Long.BYTES ? word : word >>> shift(LITTLE, offset, bytes);
    }

    static long insert(long word, int offset, int bytes, long value) {
        int shift = shift(LITTLE, offset, bytes);
        long mask = (-1L >>> (Long.SIZE - (bytes << 3))) << shift;
        return (word & ~mask) | ((value << shift) & mask);
    }

    // ---- in an object: less than a word ---------------------------------------------------------
    // Handles of whole words call the transaction themselves. A detour through here may end in code
    // of its own which the JIT finds too large to inline, and then type and offset are no
    // constants.

    static long get(Transaction tx, ObjectType type, long ref, int offset, int bytes) {
        int shift = shift(LITTLE, offset, bytes); // First, or the JIT may have no room for it left.
        return tx.getLong(type, ref, offset & START_OF_WORD) >>> shift;
    }

    static void set(Transaction tx, ObjectType type, long ref, int offset, int bytes, long value) {
        int at = offset & START_OF_WORD;
        tx.setLong(type, ref, at, insert(tx.getLong(type, ref, at), offset, bytes, value));
    }

    // ---- in an element of a striped array; stride is the size of an element ---------------------

    static long get(
            Transaction tx,
            ArrayType type,
            long ref,
            long index,
            int offset,
            int stride,
            int bytes) {
        long word = tx.getLong(type, ref, index, offset & START_OF_WORD);
        return extract(word, (int) (index * stride + offset), bytes);
    }

    static void set(
            Transaction tx,
            ArrayType type,
            long ref,
            long index,
            int offset,
            int stride,
            int bytes,
            long value) {
        int at = offset & START_OF_WORD;
        tx.setLong(
                type,
                ref,
                index,
                at,
                bytes == Long.BYTES
                        ? value
                        : insert(
                                tx.getLong(type, ref, index, at),
                                (int) (index * stride + offset),
                                bytes,
                                value));
    }

    // ---- in whatever a view points at -----------------------------------------------------------

    static long get(StructView<?> view, int offset, int bytes) {
        int from = view.base() + offset;
        return extract(view.getWord(from & START_OF_WORD), from, bytes);
    }

    static void set(StructView<?> view, int offset, int bytes, long value) {
        int from = view.base() + offset;
        int at = from & START_OF_WORD;
        view.setWord(
                at, bytes == Long.BYTES ? value : insert(view.getWord(at), from, bytes, value));
    }

    /** The type of arrays of a kind of value, by the user's name for it. */
    static ArrayType arrayOf(String value, String name, int bytes, int... referenceOffsets) {
        Objects.requireNonNull(name, "name");
        return ArrayType.of(value + "[] " + name, bytes, referenceOffsets);
    }

    /**
     * Refuses the handle of a value in the elements of an array that does not agree with its type.
     */
    static void checkElement(ArrayType type, int offset, int stride, int bytes) {
        if (stride != type.elementBytes()
                || offset < 0
                || offset % bytes != 0
                || offset + bytes > stride) {
            throw new IllegalArgumentException(
                    "handle refused: array=" + type.name() + ", offset=" + offset
                            + ", size=" + bytes + ", stride=" + stride + ", elementBytes="
                            + type.elementBytes()
                            + "; make handles with of and in");
        }
    }
}
