package org.offheapstm.internal.engine;

import org.offheapstm.RegionFullException;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.heap.RunVisitor;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;

import java.util.Arrays;

/**
 * What an attempt will publish: a list of {@linkplain LogEntry entries} in the slot's part of the
 * region, oldest first, and a way to find the entry of an object.
 *
 * <p>The list lies in the region so that a native commit, or whoever finishes the commit of a dead
 * process, can read it. It moves when it grows, so an address of an entry is good until the next
 * {@link #reserve}.
 *
 * <p><b>Finding.</b> Up to {@link #SCANNED} entries the list itself is looked through, newest
 * first, unless a filter of 64 bits tells that there is nothing to find: most transactions write no
 * more, and pay nothing for an index. Beyond, an open-addressing table of (stamp, number of the
 * entry) knows all of them, so large that the first cell nearly always tells what is not there.
 * Only the current stamp counts, so that forgetting everything is one increment. Cells of entries
 * that were cut off stay until then: they count when the table is said to be full.
 */
final class WriteLog {
    /** The most entries that are found without an index. */
    static final int SCANNED = 12;

    private static final long HASH = 0x9E37_79B9_7F4A_7C15L;
    private static final int FIRST_INDEX_BITS = 10;
    private static final int FILTER_SHIFT = Long.SIZE - 6;
    private static final int KEPT_RUNS = 4;

    /** The most entries, so that their numbers, and the size of their index, fit an int. */
    private static final int MAX_ENTRIES = 1 << 26;

    private final Region region;
    private final long base;
    private final int maxEntries;

    /** Address of the first entry, and of the end of the last. */
    private long first;

    private long end;

    /** The {@link #end} at which {@link #makeRoom} must be asked. */
    private long limit;

    private int firstRun = -1;
    private int runCount;

    /** How many entries are NEW, how many FREE or DROPPED, and how many MERGE. */
    private int births;

    private int deaths;
    private int merges;

    private final long[] firstIndex = new long[1 << FIRST_INDEX_BITS];
    private long[] index = firstIndex;
    private int shift = Long.SIZE - FIRST_INDEX_BITS;
    private int stamp = 1;

    /** Cells of the index with the current stamp; 0 if there is no index. */
    private int cells;

    /** For each entry the bit of its object; of use while there is no index. */
    private long filter;

    WriteLog(Region region) {
        this(region, MAX_ENTRIES);
    }

    /** A log of which a test can see the end. */
    WriteLog(Region region, int maxEntries) {
        this.region = region;
        this.base = region.base();
        this.maxEntries = maxEntries;
    }

    // ---- the list

    boolean isEmpty() {
        return end == first;
    }

    /** The address of the oldest entry. */
    long first() {
        return first;
    }

    /** The address behind the newest entry. */
    long end() {
        return end;
    }

    int count() {
        return numberOf(end);
    }

    /** The place of an entry in the list, from 0. */
    int numberOf(long entry) {
        return (int) (entry - first >>> LogEntry.SHIFT);
    }

    long entry(int number) {
        return first + number * LogEntry.BYTES;
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

    /** Makes room, so that the next {@link #add} cannot fail; may move the entries. */
    void reserve() {
        if (end >= limit) {
            makeRoom();
        }
    }

    /** Appends an entry; {@link #reserve} came first. */
    long add(long key, long expected, long image, int bytes, int what) {
        long entry = end;
        long object = Reference.offset(key);
        LogEntry.fill(entry, key, expected, image, bytes, what);
        end = entry + LogEntry.BYTES;
        if (what != LogEntry.WRITE) {
            count(what, 1);
        }
        filter |= 1L << home(object, FILTER_SHIFT);
        if (cells != 0) {
            index(object, numberOf(entry));
            cells++;
        }
        return entry;
    }

    /** Makes a MERGE or OWN entry a WRITE. */
    void write(long entry, long expected, long image, int bytes) {
        count(LogEntry.what(entry), -1);
        LogEntry.write(entry, expected, image, bytes);
    }

    /** Changes what an entry is. */
    void become(long entry, int what) {
        count(LogEntry.what(entry), -1);
        LogEntry.what(entry, what);
        count(what, 1);
    }

    /** Puts back a word of an entry. */
    void restore(long entry, int field, long word) {
        count(LogEntry.what(entry), -1);
        LogEntry.field(entry, field, word);
        count(LogEntry.what(entry), 1);
    }

    private void count(int what, int change) {
        switch (what) {
            case LogEntry.NEW -> births += change;
            case LogEntry.MERGE -> merges += change;
            case LogEntry.FREE, LogEntry.DROPPED -> deaths += change;
            default -> {}
        }
    }

    /** Forgets the entries from this one on. */
    void truncate(long newEnd) {
        for (long entry = newEnd; entry != end; entry += LogEntry.BYTES) {
            count(LogEntry.what(entry), -1);
        }
        end = newEnd;
        limit();
    }

    /** Forgets everything. */
    void clear() {
        if (filter != 0) { // Not "is not empty": entries may have been cut off.
            end = first;
            births = 0;
            deaths = 0;
            merges = 0;
            filter = 0;
            if (cells != 0) {
                clearIndex();
            }
        }
    }

    private void clearIndex() {
        forgetCells();
        if (runCount > KEPT_RUNS) {
            region.release(firstRun, runCount);
            firstRun = -1;
            runCount = 0;
            first = 0;
            end = 0;
            use(firstIndex);
        }
        limit();
    }

    private void makeRoom() {
        if (end == first + runCount * RunEntry.RUN_BYTES) {
            grow();
        }
        if (cells == index.length / 2) {
            reindex();
        } else if (cells == 0 && count() >= SCANNED) {
            indexAll();
        }
        limit();
    }

    /** Sets where {@link #makeRoom} must be asked next: the end of the runs, or of the index. */
    private void limit() {
        int room = cells == 0 ? SCANNED - count() : index.length / 2 - cells;
        limit = Math.min(first + runCount * RunEntry.RUN_BYTES, end + room * LogEntry.BYTES);
    }

    private void grow() {
        if (count() >= maxEntries) {
            throw new RegionFullException("write refused: objects written in one transaction="
                    + count() + ", limit=" + maxEntries + "; use more than one transaction");
        }
        int wanted = Math.max(1, 2 * runCount);
        int run = region.tryClaim(wanted, RunEntry.ARENA);
        if (run < 0) {
            throw region.full(
                    "write log of a transaction, entries=" + count(), wanted * RunEntry.RUN_BYTES);
        }
        long moved = base + Region.offsetOf(run);
        for (long at = 0; at < runCount * RunEntry.RUN_BYTES; at += RunEntry.RUN_BYTES) {
            Memory.copy(first + at, moved + at, (int) RunEntry.RUN_BYTES);
        }
        if (firstRun >= 0) {
            region.release(firstRun, runCount);
        }
        end = moved + (end - first);
        first = moved;
        firstRun = run;
        runCount = wanted;
    }

    /** Shows its runs, to somebody who has the slot for himself. */
    void forEachRun(RunVisitor visitor) {
        if (firstRun >= 0) {
            visitor.visit(firstRun, runCount);
        }
    }

    // ---- finding

    /** The home of an object in a table whose size is 2^(64 - shift). */
    static int home(long object, int shift) {
        return (int) (object * HASH >>> shift);
    }

    /** Whether {@link #find} may find an entry; false is certain. */
    boolean mayHave(long object) {
        if (cells == 0) {
            return (filter >>> home(object, FILTER_SHIFT) & 1) != 0;
        }
        long[] table = index;
        return (int) (table[home(object, shift) & table.length - 1] >>> 32) == stamp;
    }

    /** The entry of an object, or {@link LogEntry#NONE}. */
    long find(long object) {
        if (cells != 0) {
            return findIndexed(object);
        }
        for (long entry = end; entry != first; ) {
            entry -= LogEntry.BYTES;
            if (LogEntry.object(entry) == object) {
                return entry;
            }
        }
        return LogEntry.NONE;
    }

    private long findIndexed(long object) {
        long[] table = index;
        int mask = table.length - 1;
        for (int at = home(object, shift); ; at++) {
            long cell = table[at & mask];
            if ((int) (cell >>> 32) != stamp) {
                return LogEntry.NONE;
            }
            long entry = entry((int) cell);
            if (entry < end && LogEntry.object(entry) == object) {
                return entry;
            }
        }
    }

    private void index(long object, int number) {
        long[] table = index;
        int mask = table.length - 1;
        int at = home(object, shift) & mask;
        while ((int) (table[at] >>> 32) == stamp) {
            at = at + 1 & mask;
        }
        table[at] = (long) stamp << 32 | number;
    }

    /** Until it is through, there is no index, and the list is looked through. */
    private void indexAll() {
        int number = 0;
        for (long entry = first; entry != end; entry += LogEntry.BYTES) {
            index(LogEntry.object(entry), number++);
        }
        cells = number;
    }

    /** Drops the cells of entries that were cut off; doubles the table if that is not enough. */
    private void reindex() {
        if (count() > index.length / 4) {
            use(new long[2 * index.length]);
        }
        forgetCells();
        indexAll();
    }

    private void use(long[] table) {
        index = table;
        shift = Long.SIZE - Integer.numberOfTrailingZeros(table.length);
    }

    private void forgetCells() {
        cells = 0;
        if (++stamp == 0) {
            Arrays.fill(firstIndex, 0);
            Arrays.fill(index, 0);
            stamp = 1;
        }
    }
}
