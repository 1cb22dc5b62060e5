package org.offheapstm.internal.engine;

import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;

import java.util.Arrays;

/**
 * What an attempt will publish: entries in the slot's part of the region, and an index over them.
 *
 * <pre>
 *  entry (32 bytes)   word 0  offset of the object's header
 *                     word 1  header word to be replaced
 *                     word 2  offset of the private payload (MERGE: of the first merge)
 *                     word 3  generation << 40 | bytes of payload << 8 | what
 *
 *  WRITE   lock the object, copy the private payload over it
 *  NEW     an object born in this attempt; its payload is written in place under FREED
 *  MERGE   lock the object, whatever its version, and merge operands into it
 *  FREE    lock the object, publish FREED
 *  DROPPED a NEW object freed again, or undone
 *  OWN     owned by an escalated attempt that has only read it
 * </pre>
 *
 * <p>The log lies in the region so that a native commit, or whoever finishes the commit of a dead
 * process, can read it. The index is private: an open-addressing table of (stamp, entry), where
 * only the current stamp counts, so that forgetting everything is one increment. The cells of
 * entries that were cut off stay until then: they count when the table is said to be full.
 */
final class WriteLog {
    static final int WRITE = 0;
    static final int NEW = 1;
    static final int MERGE = 2;
    static final int FREE = 3;
    static final int DROPPED = 4;
    static final int OWN = 5;

    private static final long ENTRY_BYTES = 32;
    private static final long GENERATION = -1L << 40;
    private static final long HASH = 0x9E37_79B9_7F4A_7C15L;
    private static final int FIRST_INDEX_BITS = 6;
    private static final int KEPT_RUNS = 4;

    private final Region region;
    private final long base;

    private int firstRun = -1;
    private int runCount;
    private long entries;
    private int capacity;
    private int count;

    /**
     * How many entries are NEW, how many FREE or DROPPED, and how many MERGE: commit skips the
     * passes for 0.
     */
    private int births;

    private int deaths;
    private int merges;

    private long[] index = new long[1 << FIRST_INDEX_BITS];
    private int shift = Long.SIZE - FIRST_INDEX_BITS;
    private int stamp = 1;

    /** Cells of the index with the current stamp. */
    private int cells;

    WriteLog(Region region) {
        this.region = region;
        this.base = region.base();
    }

    /** The bit of an object in a 64-bit filter. */
    static int filterBit(long object) {
        return (int) (object * HASH >>> Long.SIZE - 6);
    }

    int count() {
        return count;
    }

    int births() {
        return births;
    }

    int deaths() {
        return deaths;
    }

    int merges() {
        return merges;
    }

    long object(int entry) {
        return Memory.get(entries + entry * ENTRY_BYTES);
    }

    long expected(int entry) {
        return Memory.get(entries + entry * ENTRY_BYTES + 8);
    }

    void expected(int entry, long word) {
        Memory.set(entries + entry * ENTRY_BYTES + 8, word);
    }

    long image(int entry) {
        return Memory.get(entries + entry * ENTRY_BYTES + 16);
    }

    /** Makes a MERGE or OWN entry a WRITE. */
    void write(int entry, long expected, long image, int bytes) {
        uncount(tail(entry));
        long at = entries + entry * ENTRY_BYTES;
        Memory.set(at + 8, expected);
        Memory.set(at + 16, image);
        Memory.set(at + 24, tail(entry) & GENERATION | (long) bytes << 8 | WRITE);
    }

    void image(int entry, long offset) {
        Memory.set(entries + entry * ENTRY_BYTES + 16, offset);
    }

    private long tail(int entry) {
        return Memory.get(entries + entry * ENTRY_BYTES + 24);
    }

    int what(int entry) {
        return (int) tail(entry) & 0xFF;
    }

    int bytes(int entry) {
        return (int) (tail(entry) >>> 8);
    }

    /** Whether a word 1 is of the generation of an entry. */
    boolean isGeneration(int entry, long life) {
        return Header.isLife(life, tail(entry) >>> 40);
    }

    /** Changes what an entry is. */
    void become(int entry, int what) {
        long tail = tail(entry);
        uncount(tail);
        count(what);
        Memory.set(entries + entry * ENTRY_BYTES + 24, tail & ~0xFFL | what);
    }

    private void count(long tail) {
        int what = (int) tail & 0xFF;
        if (what != WRITE) {
            births += what == NEW ? 1 : 0;
            deaths += what == FREE || what == DROPPED ? 1 : 0;
            merges += what == MERGE ? 1 : 0;
        }
    }

    private void uncount(long tail) {
        int what = (int) tail & 0xFF;
        births -= what == NEW ? 1 : 0;
        deaths -= what == FREE || what == DROPPED ? 1 : 0;
        merges -= what == MERGE ? 1 : 0;
    }

    /** A word of an entry, to be {@link #restore}d. */
    long field(int entry, int field) {
        return Memory.get(entries + entry * ENTRY_BYTES + 8L * field);
    }

    void restore(int entry, int field, long word) {
        uncount(tail(entry));
        Memory.set(entries + entry * ENTRY_BYTES + 8L * field, word);
        count(tail(entry));
    }

    /** The filter that all entries pass. */
    long filter() {
        long bits = 0;
        for (int entry = 0; entry < count; entry++) {
            bits |= 1L << filterBit(object(entry));
        }
        return bits;
    }

    /** The entry of an object, or -1. */
    int find(long object) {
        int mask = index.length - 1;
        int at = (int) (object * HASH >>> shift);
        while (true) {
            long cell = index[at];
            if ((int) (cell >>> 32) != stamp) {
                return -1;
            }
            int entry = (int) cell;
            if (entry < count && object(entry) == object) {
                return entry;
            }
            at = at + 1 & mask;
        }
    }

    /** Makes room, so that the next {@link #add} cannot fail. */
    void reserve() {
        if (count == capacity) {
            grow();
        }
    }

    /** Appends an entry; {@link #reserve} came first. */
    int add(long object, long generation, long expected, long image, int bytes, int what) {
        int entry = count;
        long at = entries + entry * ENTRY_BYTES;
        Memory.set(at, object);
        Memory.set(at + 8, expected);
        Memory.set(at + 16, image);
        Memory.set(at + 24, generation << 40 | (long) bytes << 8 | what);
        count = entry + 1;
        count(what);
        if (2 * (cells + 1) > index.length) {
            rehash();
        } else {
            enter(object, entry);
        }
        return entry;
    }

    private void enter(long object, int entry) {
        int mask = index.length - 1;
        int at = (int) (object * HASH >>> shift);
        while ((int) (index[at] >>> 32) == stamp) {
            at = at + 1 & mask;
        }
        index[at] = (long) stamp << 32 | entry;
        cells++;
    }

    /** Drops the cells of entries that were cut off; doubles the table if that is not enough. */
    private void rehash() {
        if (2 * count > index.length / 2) {
            resize(2 * index.length);
        } else {
            forgetCells();
        }
        for (int entry = 0; entry < count; entry++) {
            enter(object(entry), entry);
        }
    }

    private void resize(int length) {
        index = new long[length];
        shift = Long.SIZE - Integer.numberOfTrailingZeros(length);
        stamp = 1;
        cells = 0;
    }

    private void forgetCells() {
        cells = 0;
        if (++stamp == 0) {
            Arrays.fill(index, 0);
            stamp = 1;
        }
    }

    private void grow() {
        int wanted = firstRun < 0 ? 1 : 2 * runCount;
        int run = region.tryClaim(wanted, RunEntry.ARENA);
        if (run < 0) {
            throw region.full(
                    "write log of a transaction, entries=" + count, wanted * RunEntry.RUN_BYTES);
        }
        long moved = base + Region.offsetOf(run);
        if (firstRun >= 0) {
            Memory.copy(entries, moved, (int) (count * ENTRY_BYTES));
            region.release(firstRun, runCount);
        }
        firstRun = run;
        runCount = wanted;
        entries = moved;
        capacity = (int) (wanted * RunEntry.RUN_BYTES / ENTRY_BYTES);
    }

    /** Forgets the entries from this one on; the index finds them no more. */
    void truncate(int newCount) {
        for (int entry = newCount; entry < count; entry++) {
            uncount(tail(entry));
        }
        count = newCount;
    }

    /** Forgets everything. */
    void clear() {
        if (cells != 0) {
            count = 0;
            births = 0;
            deaths = 0;
            merges = 0;
            forgetCells();
            if (runCount > KEPT_RUNS) {
                region.release(firstRun, runCount);
                firstRun = -1;
                runCount = 0;
                capacity = 0;
                resize(1 << FIRST_INDEX_BITS);
            }
        }
    }
}
