package org.offheapstm.internal.heap;

import org.offheapstm.internal.layout.RunEntry;

/**
 * The private part of a slot where an attempt keeps the copies it writes. A bump pointer over spans
 * of runs, rewound when the attempt ends.
 *
 * <p>When a span is used up the next one is at least twice as large, and nothing is moved: an image
 * keeps its offset while the attempt runs. Up to {@link #KEPT_BYTES} stay with the slot afterwards.
 */
public final class ImageArea {
    /** How much a slot keeps between attempts. */
    public static final long KEPT_BYTES = 16 * RunEntry.RUN_BYTES;

    private static final int MAX_SPANS = 48;

    private final Region region;
    private final int[] firstRun = new int[MAX_SPANS];
    private final int[] runCount = new int[MAX_SPANS];
    private int spans;
    private int current;
    private long top;
    private long end;

    /** Bounds of the first span; both 0 while there is none. */
    private long firstTop;

    private long firstEnd;

    public ImageArea(Region region) {
        this.region = region;
    }

    /**
     * Offset of this many free bytes, a multiple of 8.
     *
     * @throws org.offheapstm.RegionFullException if the region has no room
     */
    public long take(long bytes) {
        long at = top;
        if (bytes > end - at) {
            return takeElsewhere(bytes);
        }
        top = at + bytes;
        return at;
    }

    private long takeElsewhere(long bytes) {
        while (current + 1 < spans) {
            current++;
            enter();
            if (bytes <= end - top) {
                return take(bytes);
            }
        }
        int wanted = spans == 0 ? 1 : 2 * runCount[spans - 1];
        int needed = Region.runsFor(bytes);
        int run =
                spans == MAX_SPANS ? -1 : region.tryClaim(Math.max(wanted, needed), RunEntry.ARENA);
        int count = Math.max(wanted, needed);
        if (run < 0 && spans < MAX_SPANS) {
            run = region.tryClaim(needed, RunEntry.ARENA);
            count = needed;
        }
        if (run < 0) {
            throw region.full("private copies of a transaction", bytes);
        }
        firstRun[spans] = run;
        runCount[spans] = count;
        current = spans++;
        enter();
        return take(bytes);
    }

    private void enter() {
        top = Region.offsetOf(firstRun[current]);
        end = endOf(current);
        if (current == 0) {
            firstTop = top;
            firstEnd = end;
        }
    }

    /** With {@link #top}, where the next image goes: to {@link #rewind(int, long)} to. */
    public int span() {
        return current;
    }

    public long top() {
        return top;
    }

    /** Forgets the images that were taken since. */
    public void rewind(int oldSpan, long oldTop) {
        if (oldTop == 0) {
            rewind();
        } else {
            current = oldSpan;
            end = endOf(oldSpan);
            top = oldTop;
        }
    }

    private long endOf(int span) {
        return Region.offsetOf(firstRun[span]) + runCount[span] * RunEntry.RUN_BYTES;
    }

    /** Forgets all images; the attempt has ended. */
    public void rewind() {
        if (spans > 1) {
            trim();
        }
        current = 0;
        top = firstTop;
        end = firstEnd;
    }

    /** Shows its runs, to somebody who has the slot for himself. */
    public void forEachRun(RunVisitor visitor) {
        for (int span = 0; span < spans; span++) {
            visitor.visit(firstRun[span], runCount[span]);
        }
    }

    private void trim() {
        long kept = 0;
        int keep = 0;
        while (keep < spans && kept + runCount[keep] * RunEntry.RUN_BYTES <= KEPT_BYTES) {
            kept += runCount[keep++] * RunEntry.RUN_BYTES;
        }
        while (spans > Math.max(keep, 1)) {
            spans--;
            region.release(firstRun[spans], runCount[spans]);
        }
    }
}
