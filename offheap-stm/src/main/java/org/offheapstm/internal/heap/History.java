package org.offheapstm.internal.heap;

import org.offheapstm.internal.layout.RunEntry;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;

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

    private static final int NO_RUN = -1;

    /**
     * Empty runs that stay with the slot, because their memory is warm: a region hands out its runs
     * in turn, so that each would be touched for the first time, and cleared by the kernel, under
     * the locks of a commit (a scan beside a writer: 1,000 -> 2,000 a second).
     */
    private static final int MAX_SPARE = 4;

    private final Region region;

    /** Bytes in the runs of all histories of a region. */
    private final AtomicLong keptBytes;

    private final Deque<Full> full = new ArrayDeque<>();
    private volatile boolean hasFull;
    private final int[] spare = new int[MAX_SPARE];
    private int spareCount;

    private int run = NO_RUN;
    private long top;
    private long end;
    private long newest;

    // ---- where it was at the last mark
    private int markedRun = NO_RUN;
    private long markedTop;
    private long markedEnd;

    public History(Region region, AtomicLong keptBytes) {
        this.region = region;
        this.keptBytes = keptBytes;
    }

    /**
     * Room for an image.
     *
     * @param bytes how many, of a run at most
     * @param version of the commit; not smaller than any before
     * @return its offset, a multiple of 16
     * @throws org.offheapstm.RegionFullException if the region has no room
     */
    public long take(long bytes, long version) {
        assert version >= newest : "versions of a slot never fall";
        long room = bytes + 15 & -16;
        if (room > end - top) {
            openRun(room);
        }
        long at = top;
        top = at + room;
        newest = version;
        return at;
    }

    private void openRun(long room) {
        assert room <= RunEntry.RUN_BYTES;
        // The first run may be of what is reserved for slots: who frees must find room.
        int claimed = takeSpare();
        if (claimed == NO_RUN) {
            claimed = region.tryClaim(1, run == NO_RUN ? RunEntry.ARENA : RunEntry.HISTORY);
        }
        if (claimed < 0) {
            throw region.full("before-images for snapshots", room);
        }
        if (run != NO_RUN) {
            seal();
        }
        keptBytes.addAndGet(RunEntry.RUN_BYTES);
        run = claimed;
        top = Region.offsetOf(claimed);
        end = top + RunEntry.RUN_BYTES;
    }

    /** Begins a commit, which may {@link #rewind()}. */
    public void mark() {
        markedRun = run;
        markedTop = top;
        markedEnd = end;
    }

    /**
     * Forgets the images that were taken since the mark; nobody knows them. A slot keeps its first
     * run, for commits that will be smaller.
     */
    public void rewind() {
        while (run != markedRun) {
            int before = unseal();
            if (before == NO_RUN) {
                break; // There was none, or it was given back meanwhile.
            }
            region.release(run, 1);
            keptBytes.addAndGet(-RunEntry.RUN_BYTES);
            run = before;
        }
        boolean isMarked = run == markedRun;
        top = isMarked ? markedTop : Region.offsetOf(run);
        end = isMarked ? markedEnd : top + RunEntry.RUN_BYTES;
    }

    private synchronized int unseal() {
        if (full.isEmpty()) {
            return NO_RUN;
        }
        hasFull = full.size() > 1;
        return full.removeLast().run;
    }

    private synchronized void seal() {
        full.add(new Full(run, newest));
        hasFull = true;
    }

    /** Gives back the full runs in which no image was replaced after this version. */
    public void reclaim(long oldest) {
        if (hasFull) {
            for (Full next = poll(oldest); next != null; next = poll(oldest)) {
                keptBytes.addAndGet(-RunEntry.RUN_BYTES);
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
