package org.offheapstm.internal.heap;

import org.offheapstm.internal.layout.RunEntry;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Where the commits of one slot keep {@linkplain org.offheapstm.internal.layout.BeforeImage
 * before-images}: runs that are filled one after the other and given back in the same order.
 *
 * <p><b>Why a queue is enough.</b> Versions of a slot's commits never fall, so the last image of a
 * run was replaced last; when no snapshot is older than that, nobody needs any image of the run. An
 * old snapshot beside many short ones keeps what those needed until it ends.
 *
 * <p>Its slot takes, one attempt at a time; anybody may {@link #reclaim}. Only what both touch, the
 * queue of full runs, is under the monitor: once per 64 KiB.
 */
public final class History {
    private record Full(int run, long newest) {}

    /** What {@link #reserve} says if the limit of the {@link HistoryBudget} is reached. */
    public static final long AT_LIMIT = -1;

    /** What it says if the region has not so many runs. */
    public static final long REGION_FULL = -2;

    private static final int NO_RUN = -1;

    /**
     * Empty runs that stay with the slot, because their memory is warm: a region hands out its runs
     * in turn, so that each would be touched for the first time, and cleared by the kernel, under
     * the locks of a commit (a scan beside a writer: 1,000 -> 2,000 a second).
     */
    private static final int MAX_SPARE = 4;

    private final Region region;

    private final HistoryBudget budget;
    private final Deque<Full> full = new ArrayDeque<>();
    private volatile boolean hasFull;
    private final int[] spare = new int[MAX_SPARE];
    private int spareCount;

    /** Runs to be filled next; between commits the slot's first, or what an Error has left. */
    private int[] reserved = new int[MAX_SPARE];

    private int reservedCount;

    private int run = NO_RUN;
    private long top;
    private long end;
    private long newest;

    public History(Region region, HistoryBudget budget) {
        this.region = region;
        this.budget = budget;
    }

    /** Whether the run that is being filled has so much room. */
    public boolean hasRoom(long placeBytes) {
        return placeBytes <= end - top;
    }

    /**
     * A place for an image in the run that is being filled; {@link #hasRoom} was asked.
     *
     * @param placeBytes from {@link #placeBytes}
     * @param version of the commit; not smaller than any before
     * @return its offset, a multiple of 16
     */
    public long take(long placeBytes, long version) {
        long at = top;
        top = at + placeBytes;
        newest = version;
        return at;
    }

    /** How much of a run an image takes. */
    public static long placeBytes(long bytes) {
        return bytes + 15 & -16;
    }

    /** Bytes left in the run that is being filled. */
    public long roomBytes() {
        return end - top;
    }

    /**
     * Sees to it that so many runs can be filled after this one: all of them, or none is taken but
     * the slot's first, which it keeps for commits that will be smaller.
     *
     * @param passes whether the limit does not count
     * @return 0, or {@link #AT_LIMIT}, {@link #REGION_FULL}
     */
    public long reserve(int runs, boolean passes) {
        int missing = runs - reservedCount;
        if (missing <= 0) {
            return 0;
        }
        if (runs > reserved.length) {
            reserved = Arrays.copyOf(reserved, runs);
        }
        int first = isFirst() ? 1 : 0; // Which does not count: it will be the one being filled.
        long counted = (missing - first) * RunEntry.RUN_BYTES;
        if (!budget.count(counted, passes)) {
            return AT_LIMIT;
        }
        int kept = reservedCount + first;
        while (reservedCount < runs && claim()) {}
        if (reservedCount == runs) {
            return 0;
        }
        while (reservedCount > kept) {
            region.release(reserved[--reservedCount], 1);
            budget.addRun(-RunEntry.RUN_BYTES);
        }
        budget.discount(counted);
        return REGION_FULL;
    }

    private boolean isFirst() {
        return run == NO_RUN && reservedCount == 0;
    }

    /** Claims one run; the first may be of what is kept for slots: who frees must find room. */
    private boolean claim() {
        int claimed = takeSpare();
        if (claimed == NO_RUN) {
            claimed = region.tryClaim(1, isFirst() ? RunEntry.ARENA : RunEntry.HISTORY);
        }
        if (claimed < 0) {
            return false;
        }
        reserved[reservedCount++] = claimed;
        budget.addRun(RunEntry.RUN_BYTES);
        return true;
    }

    /**
     * Goes on with a run that was {@linkplain #reserve reserved}; false if there is none. An Error
     * on the way loses a run, and never has one in two places.
     */
    public boolean openReserved() {
        if (reservedCount == 0) {
            return false;
        }
        int filled = run;
        run = reserved[--reservedCount];
        top = Region.offsetOf(run);
        end = top + RunEntry.RUN_BYTES;
        if (filled != NO_RUN) {
            seal(filled);
        }
        return true;
    }

    /**
     * Empties the run that is being filled, if no image in it was replaced after this version.
     *
     * @return whether that has made room
     */
    public boolean renew(long oldest) {
        boolean renews = run != NO_RUN && newest <= oldest && top != Region.offsetOf(run);
        top = renews ? Region.offsetOf(run) : top;
        return renews;
    }

    private synchronized void seal(int filled) {
        full.add(new Full(filled, newest));
        hasFull = true;
    }

    /** Gives back the full runs in which no image was replaced after this version. */
    public void reclaim(long oldest) {
        if (hasFull) {
            for (Full next = poll(oldest); next != null; next = poll(oldest)) {
                if (!spare(next.run)) {
                    region.release(next.run, 1);
                }
            }
        }
    }

    private synchronized boolean spare(int empty) {
        if (spareCount == MAX_SPARE) {
            return false;
        }
        spare[spareCount++] = empty;
        return true;
    }

    private synchronized int takeSpare() {
        return spareCount == 0 ? NO_RUN : spare[--spareCount];
    }

    /** Gives back the empty runs, since the region is full. */
    public void releaseSpare() {
        for (int next = takeSpare(); next != NO_RUN; next = takeSpare()) {
            region.release(next, 1);
        }
    }

    /** Shows its runs, to somebody who has the slot for himself. */
    public synchronized void forEachRun(RunVisitor visitor) {
        full.forEach(each -> visitor.visit(each.run, 1));
        for (int i = 0; i < spareCount; i++) {
            visitor.visit(spare[i], 1);
        }
        for (int i = 0; i < reservedCount; i++) {
            visitor.visit(reserved[i], 1);
        }
        if (run != NO_RUN) {
            visitor.visit(run, 1);
        }
    }

    private synchronized Full poll(long oldest) {
        Full next = full.peek();
        if (next == null || next.newest > oldest) {
            return null;
        }
        hasFull = full.size() > 1;
        full.remove();
        // Here: an Error in giving the run back loses the run, and not a part of the limit.
        budget.addRun(-RunEntry.RUN_BYTES);
        budget.giveBack(RunEntry.RUN_BYTES);
        return next;
    }
}
