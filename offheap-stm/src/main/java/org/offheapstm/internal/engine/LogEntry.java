package org.offheapstm.internal.engine;

import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.memory.Memory;

/**
 * One entry of a {@link WriteLog}, named by its address.
 *
 * <pre>
 *  word 0  key: the reference, or one to the header of a stripe, of generation 0
 *  word 1  header word to be replaced
 *  word 2  | 63..20 offset of the private payload (MERGE: of the first merge)
 *          | 19..3 bytes of payload, in eights | 2..0 what |
 *  word 3  unused, so that an entry is half a line
 *
 *  WRITE   lock the object, copy the private payload over it
 *  NEW     an object born in this attempt; its payload is written in place under FREED
 *  MERGE   lock the object, whatever its version, and merge operands into it
 *  FREE    lock the object, publish FREED
 *  DROPPED a NEW object freed again, or undone
 *  OWN     owned by an escalated attempt that has only read it
 * </pre>
 *
 * <p>By address and not by number, so that the loops of a commit are a pointer that moves: with
 * numbers each access loaded the start of the log anew, since no field survives a
 * compare-and-set in a register.
 */
final class LogEntry {
    static final int SHIFT = 5;
    static final long BYTES = 1L << SHIFT;

    /** Words that can change. */
    static final int FIELDS = 3;

    /** No entry. */
    static final long NONE = 0;

    static final int WRITE = 0;
    static final int NEW = 1;
    static final int MERGE = 2;
    static final int FREE = 3;
    static final int DROPPED = 4;
    static final int OWN = 5;

    private static final int EXPECTED = 8;
    private static final int TAIL = 16;
    private static final int IMAGE_SHIFT = 20;
    private static final long WHAT_MASK = 7;
    private static final long BYTES_MASK = (1L << IMAGE_SHIFT) - 1 & ~WHAT_MASK;

    private LogEntry() {}

    /** Fills an entry. */
    static void fill(long entry, long key, long expected, long image, int bytes, int what) {
        assert (bytes & BYTES_MASK) == bytes : "whole words, and not too many";
        Memory.set(entry, key);
        Memory.set(entry, EXPECTED, expected);
        Memory.set(entry, TAIL, image << IMAGE_SHIFT | bytes | what);
    }

    /** The reference to the object. */
    static long ref(long entry) {
        return Memory.get(entry);
    }

    static long object(long entry) {
        return Reference.offset(Memory.get(entry));
    }

    static long expected(long entry) {
        return Memory.get(entry, EXPECTED);
    }

    static void expected(long entry, long word) {
        Memory.set(entry, EXPECTED, word);
    }

    static long image(long entry) {
        return imageOf(tail(entry));
    }

    static int what(long entry) {
        return whatOf(tail(entry));
    }

    static int bytes(long entry) {
        return bytesOf(tail(entry));
    }

    /** Whether a word 1 is of the generation of an entry. */
    static boolean isGeneration(long entry, long life) {
        return Header.isLife(life, Memory.get(entry));
    }

    // ---- for a commit, which reads word 2 of an entry once

    static long tail(long entry) {
        return Memory.get(entry, TAIL);
    }

    static int whatOf(long tail) {
        return (int) (tail & WHAT_MASK);
    }

    static int bytesOf(long tail) {
        return (int) (tail & BYTES_MASK);
    }

    static long imageOf(long tail) {
        return tail >>> IMAGE_SHIFT;
    }

    // ---- for the log, which counts entries by what they are

    /** Makes an entry a WRITE; its object and generation stay. */
    static void write(long entry, long expected, long image, int bytes) {
        fill(entry, Memory.get(entry), expected, image, bytes, WRITE);
    }

    static void what(long entry, int what) {
        Memory.set(entry + TAIL, tail(entry) & ~WHAT_MASK | what);
    }

    /** A word of an entry, 1 or 2, to be put back by {@link #field(long, int, long)}. */
    static long field(long entry, int field) {
        return Memory.get(entry + 8L * field);
    }

    static void field(long entry, int field, long word) {
        Memory.set(entry + 8L * field, word);
    }
}
