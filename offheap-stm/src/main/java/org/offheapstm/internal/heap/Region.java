package org.offheapstm.internal.heap;

import org.offheapstm.RegionFullException;
import org.offheapstm.internal.layout.Directory;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.NativeBlock;
import org.offheapstm.internal.memory.Seam;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The data area: runs, and the table that says what each holds.
 *
 * <pre>
 *  run 0 ..             the run table: per run two words
 *                         word 0  RunEntry
 *                         word 1  kind << 32 | highest generation of spans that started here;
 *                                 of run 0, the table itself: where generations start
 *                       and behind the table the Directory
 *  the rest             runs
 * </pre>
 *
 * <p>Generations do not start at 0 but at a number of the region's own, of 20 bits: so a reference
 * that is used in another region finds a place of another generation there, and is refused. The
 * starts of the regions of a process are multiples of the golden ratio, hence as far apart as so
 * many can be; those of different processes agree once in a million times.
 *
 * <p>Claiming: runs are claimed one after the other by {@code CAS FREE -> CLAIMED}, and let go
 * again if a neighbour is taken; when all are held, the entries get their meaning, bodies first. So
 * the table is the whole truth, there is no free list to go wrong, and runs that come back coalesce
 * by themselves. The search starts where the last one ended; it is linear, once per 64 KiB.
 *
 * <p>Objects cannot take the last runs: a few slots that have no area yet can claim one in a full
 * region. (That anybody can free something there, however many they are, is up to the engine: it
 * has a spare slot.)
 */
public final class Region {
    /** What {@link #kind} says of a span. */
    public static final int SPAN = Integer.MAX_VALUE;

    private static final long ENTRY_BYTES = 16;

    /** Few enough to leave a place its lives. */
    private static final int START_BITS = Header.GENERATION_BITS - 4;

    private static final int GOLDEN_RATIO = 0x9E37_79B9;
    private static final AtomicInteger NEXT_START =
            new AtomicInteger(ThreadLocalRandom.current().nextInt());

    private final NativeBlock memory;
    private final long base;
    private final long capacityBytes;
    private final int runs;
    private final int firstRun;

    /** Gives back runs that are free but not yet known to be. */
    private Runnable reclaim = () -> {};

    /** How many runs at the end are kept for the areas of slots, one run at a time. */
    private final int reserved;

    /** Where the next search starts: a hint, so a lost update costs time only. */
    private int next;

    public Region(long capacityBytes) {
        this(capacityBytes, drawStart());
    }

    /** A region of which a test knows the generations. */
    Region(long capacityBytes, int generationStart) {
        this.capacityBytes = capacityBytes & -RunEntry.RUN_BYTES;
        runs = Math.toIntExact(this.capacityBytes >>> RunEntry.RUN_SHIFT);
        firstRun = runsFor(directory() + Directory.BYTES);
        reserved = Math.clamp(runs / 16, 2, 64);
        memory = NativeBlock.take(this.capacityBytes);
        base = memory.address();
        for (int run = 0; run < firstRun; run++) {
            Memory.set(entryAddress(run), RunEntry.TABLE);
        }
        Memory.set(entryAddress(0) + 8, generationStart);
        next = firstRun;
    }

    /** Where the next region's generations start. */
    private static int drawStart() {
        int drawn = NEXT_START.getAndAdd(GOLDEN_RATIO) >>> Integer.SIZE - START_BITS;
        return Seam.generationStart(drawn);
    }

    /** Address of offset 0; also of the run table. */
    public long base() {
        return base;
    }

    public int runs() {
        return runs;
    }

    /** The first run behind the table. */
    public int firstRun() {
        return firstRun;
    }

    public long capacityBytes() {
        return capacityBytes;
    }

    /** Offset of the {@link Directory}. */
    public long directory() {
        return runs * ENTRY_BYTES;
    }

    /** Offset of the entry of a run. */
    public static long entryOffset(long run) {
        return run * ENTRY_BYTES;
    }

    /** Address of the entry of a run. */
    public long entryAddress(long run) {
        return base + entryOffset(run);
    }

    public static long offsetOf(int run) {
        return (long) run << RunEntry.RUN_SHIFT;
    }

    public static int runOf(long offset) {
        return (int) (offset >>> RunEntry.RUN_SHIFT);
    }

    /** How many runs hold this many bytes. */
    public static int runsFor(long bytes) {
        return Math.toIntExact((bytes + RunEntry.RUN_BYTES - 1) >>> RunEntry.RUN_SHIFT);
    }

    /** Says what to do before a claim is refused. */
    public void reclaimWith(Runnable action) {
        reclaim = action;
    }

    /**
     * Claims consecutive runs; their memory may hold anything.
     *
     * @param entry what the first of them will hold; the others become bodies
     * @return the first run, or -1 if there is no such gap
     */
    public int tryClaim(int count, long entry) {
        int run = search(count, entry);
        if (run < 0) {
            reclaim.run();
            run = search(count, entry);
        }
        return run;
    }

    private int search(int count, long entry) {
        int run = search(count, entry, firstRun, runs - reserved);
        return run < 0 && count == 1 && entry == RunEntry.ARENA
                ? search(1, entry, runs - reserved, runs)
                : run;
    }

    private int search(int count, long entry, int first, int end) {
        int start = Math.clamp(next, first, end);
        int run = start;
        boolean wrapped = false;
        while (!wrapped || run < start) {
            if (run + count > end) {
                if (wrapped) {
                    return -1;
                }
                wrapped = true;
                run = first;
                continue;
            }
            int held = claimFrom(run, count);
            if (held == count) {
                settle(run, count, entry);
                next = run + count;
                return run;
            }
            run += held + 1;
        }
        return -1;
    }

    private int claimFrom(int run, int count) {
        for (int i = 0; i < count; i++) {
            long address = entryAddress(run + i);
            if (Memory.getOpaque(address) != RunEntry.FREE
                    || !Memory.compareAndSet(address, RunEntry.FREE, RunEntry.CLAIMED)) {
                release(run, i);
                return i;
            }
        }
        return count;
    }

    private void settle(int run, int count, long entry) {
        for (int i = count - 1; i > 0; i--) {
            Memory.setRelease(entryAddress(run + i), RunEntry.BODY);
        }
        Memory.setRelease(entryAddress(run), entry);
    }

    /** Gives runs back that no attempt can be using. */
    public void release(int run, int count) {
        for (int i = count - 1; i >= 0; i--) {
            Memory.setRelease(entryAddress(run + i), RunEntry.FREE);
        }
    }

    /**
     * Gives the memory of free runs to the operating system; they stay free, and part of the
     * region.
     *
     * @return bytes that it took
     */
    public long discardFree() {
        long discarded = 0;
        for (int run = firstRun; run < runs; run++) {
            if (claimFrom(run, 1) == 1) {
                boolean taken = memory.discard(base + offsetOf(run), RunEntry.RUN_BYTES);
                discarded += taken ? RunEntry.RUN_BYTES : 0;
                release(run, 1);
            }
        }
        return discarded;
    }

    /** How many runs the span that starts here has. */
    public int spanRuns(int first) {
        int run = first + 1;
        while (run < runs && Memory.getOpaque(entryAddress(run)) == RunEntry.BODY) {
            run++;
        }
        return run - first;
    }

    /**
     * What the generations of a run that is being claimed start above: the highest that a reference
     * to its start can have had before, or the region's start.
     */
    public long generationFloor(int run) {
        long start = Memory.get(entryAddress(0) + 8);
        return Math.max(Memory.get(entryAddress(run) + 8) & Header.GENERATION_MASK, start);
    }

    /**
     * Says, before the entry is set, that a run holds blocks of a kind; or a span, of kind {@link
     * #SPAN}.
     */
    public void describe(int run, int kind, long generationFloor) {
        Memory.set(entryAddress(run) + 8, (long) kind << Integer.SIZE | generationFloor);
    }

    /** The number of the kind of blocks in a run. */
    public int kind(int run) {
        return (int) (Memory.get(entryAddress(run) + 8) >>> Integer.SIZE);
    }

    /** Whether a run is the first of a span. */
    public boolean isSpan(int run) {
        return kind(run) == SPAN;
    }

    /** Bytes in claimed runs, the table included. */
    public long usedBytes() {
        long used = 0;
        for (int run = 0; run < runs; run++) {
            used += Memory.getOpaque(entryAddress(run)) == RunEntry.FREE ? 0 : RunEntry.RUN_BYTES;
        }
        return used;
    }

    public RegionFullException full(String what, long bytes) {
        return new RegionFullException(
                "allocation refused: " + what + ", bytes=" + bytes + ", usedBytes="
                        + usedBytes() + ", capacityBytes=" + capacityBytes
                        + "; free objects, a few per transaction if this one was large, or raise"
                        + " StmOptions.capacityBytes");
    }

    /** Unmaps it; no attempt may be running. */
    public void unmap() {
        memory.free();
    }
}
