package org.offheapstm.internal.heap;

import org.offheapstm.internal.layout.RunEntry;

import java.util.ArrayDeque;
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

    /** What {@link #take} says if the limit of the {@link HistoryBudget} is reached. */
    public static final long AT_LIMIT = -1;

    /** What it says if the region has no run. */
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

    private int run = NO_RUN;
    private long top;
    private long end;
    private long newest;

    public History(Region region, HistoryBudget budget) {
        this.region = region;
        this.budget = budget;
    }

    /**
     * Room for an image.
     *
     * @param bytes how many, of a run at most
     * @param version of the commit; not smaller than any before
     * @param passes whether the limit does not count
     * @return its offset, a multiple of 16; or {@link #AT_LIMIT}, {@link #REGION_FULL}
     */
    public long take(long bytes, long version, boolean passes) {
        assert version >= newest : "versions of a slot never fall";
        long room = bytes + 15 & -16;
        if (room > end - top) {
            assert room <= RunEntry.RUN_BYTES;
            long refusal = openRun(passes);
            if (refusal < 0) {
                return refusal;
            }
        }
        long at = top;
        top = at + room;
        newest = version;
        return at;
    }

    private long openRun(boolean passes) {
        if (run != NO_RUN && !budget.count(RunEntry.RUN_BYTES, passes)) {
            return AT_LIMIT;
        }
        // The first run may be of what is reserved for slots: who frees must find room.
        int claimed = takeSpare();
        if (claimed == NO_RUN) {
            claimed = region.tryClaim(1, run == NO_RUN ? RunEntry.ARENA : RunEntry.HISTORY);
        }
        if (claimed < 0) {
            budget.discount(run == NO_RUN ? 0 : RunEntry.RUN_BYTES);
            return REGION_FULL;
        }
        if (run != NO_RUN) {
            seal();
        }
        budget.addRun(RunEntry.RUN_BYTES);
        run = claimed;
        top = Region.offsetOf(claimed);
        end = top + RunEntry.RUN_BYTES;
        return top;
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

    private synchronized void seal() {
        full.add(new Full(run, newest));
        hasFull = true;
    }

    /** Gives back the full runs in which no image was replaced after this version. */
    public void reclaim(long oldest) {
        if (hasFull) {
            for (Full next = poll(oldest); next != null; next = poll(oldest)) {
                if (!spare(next.run)) {
                    region.release(next.run, 1);
                }
                budget.addRun(-RunEntry.RUN_BYTES);
                budget.giveBack(RunEntry.RUN_BYTES);
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
        return full.remove();
    }
}
