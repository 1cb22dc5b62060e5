package org.offheapstm.internal.engine;

import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.memory.Memory;

/**
 * One entry of a {@link WriteLog}, named by its address.
 *
 * <pre>
 *  word 0  offset of the object's header
 *  word 1  header word to be replaced
 *  word 2  offset of the private payload (MERGE: of the first merge)
 *  word 3  generation << 40 | bytes of payload << 8 | what
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
    static final long BYTES = 32;

    /** No entry. */
    static final long NONE = 0;

    static final int WRITE = 0;
    static final int NEW = 1;
    static final int MERGE = 2;
    static final int FREE = 3;
    static final int DROPPED = 4;
    static final int OWN = 5;

    private static final int EXPECTED = 8;
    private static final int IMAGE = 16;
    private static final int TAIL = 24;
    private static final int GENERATION_SHIFT = Long.SIZE - Header.GENERATION_BITS;
    private static final long WHAT_MASK = 0xFF;

    private LogEntry() {}

    /** Fills an entry; of the generation only the bits that a generation has count. */
    static void fill(
            long entry,
            long object,
            long generation,
            long expected,
            long image,
            int bytes,
            int what) {
        Memory.set(entry, object);
        Memory.set(entry + EXPECTED, expected);
        Memory.set(entry + IMAGE, image);
        Memory.set(entry + TAIL, generation << GENERATION_SHIFT | (long) bytes << 8 | what);
    }

    static long object(long entry) {
        return Memory.get(entry);
    }

    static long expected(long entry) {
        return Memory.get(entry, EXPECTED);
    }

    static void expected(long entry, long word) {
        Memory.set(entry + EXPECTED, word);
    }

    static long image(long entry) {
        return Memory.get(entry, IMAGE);
    }

    static int what(long entry) {
        return (int) (tail(entry) & WHAT_MASK);
    }

    static int bytes(long entry) {
        return (int) (tail(entry) >>> 8);
    }

    /** Copies the private payload to an address. */
    static void copyImage(long entry, long base, long to) {
        Memory.copyPayload(base + image(entry), to, bytes(entry));
    }

    /** Whether a word 1 is of the generation of an entry. */
    static boolean isGeneration(long entry, long life) {
        return Header.isLife(life, tail(entry) >>> GENERATION_SHIFT);
    }

    private static long tail(long entry) {
        return Memory.get(entry, TAIL);
    }

    // ---- for the log, which counts entries by what they are

    /** Makes an entry a WRITE; its object and generation stay. */
    static void write(long entry, long expected, long image, int bytes) {
        fill(entry, object(entry), tail(entry) >>> GENERATION_SHIFT, expected, image, bytes, WRITE);
    }

    static void what(long entry, int what) {
        Memory.set(entry + TAIL, tail(entry) & ~WHAT_MASK | what);
    }

    /** A word of an entry, from 1 to 3, to be put back by {@link #field(long, int, long)}. */
    static long field(long entry, int field) {
        return Memory.get(entry + 8L * field);
    }

    static void field(long entry, int field, long word) {
        Memory.set(entry + 8L * field, word);
    }
}
