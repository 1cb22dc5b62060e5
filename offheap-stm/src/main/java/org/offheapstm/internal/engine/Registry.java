package org.offheapstm.internal.engine;

import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

/**
 * The registered snapshots of an engine: words of the control area, one for each, which say what
 * each sees.
 *
 * <pre>
 *  0 --claim--> PENDING --count, tick--> S --leave--> 0
 * </pre>
 *
 * <p><b>To begin</b> is to (1) claim a word, PENDING; (2) count up LIVE; (3) tick the clock; its
 * value before is S; (4) store S. A version that is not greater than S is seen.
 *
 * <p><b>Why this is exact.</b> A commit loads the clock under its locks, and LIVE after that. If it
 * does not find the snapshot counted, the tick comes after its load of the clock, so its version is
 * at most S: the snapshot sees it, and where it is not published yet, finds it locked and waits. If
 * its version is greater than S, its load of the clock came after the tick, so it finds the
 * snapshot counted, and keeps what it replaces. PENDING says that S is not known yet: it may need
 * everything, and nothing is given back.
 *
 * <p>Model: Commit.tla, SAnnounce to SX; mutants countAfterTick, snEarly, noPending.
 */
final class Registry {
    /** No snapshot. */
    static final int NONE = -1;

    /** What {@link #newestBefore} says if there is none. */
    static final long NOBODY = -1;

    private static final long PENDING = -1;
    private static final boolean COUNT_FIRST = !Seam.without("countBeforeTick");
    private static final boolean ANNOUNCES = !Seam.without("pendingSnapshot");

    private final long control;

    Registry(long control) {
        this.control = control;
    }

    /** Registers a snapshot of this moment; returns its place. */
    int enter() {
        int place = claim();
        if (COUNT_FIRST) {
            Memory.getAndAdd(control + Control.LIVE, 1);
        }
        long seen = Memory.getAndAdd(control + Control.CLOCK, 1);
        if (!COUNT_FIRST) {
            Memory.getAndAdd(control + Control.LIVE, 1);
        }
        Memory.setVolatile(word(place), seen);
        return place;
    }

    private int claim() {
        for (int place = 0; place < Control.VIEW_COUNT; place++) {
            if (Memory.getOpaque(word(place)) == 0
                    && Memory.compareAndSet(word(place), 0, PENDING)) {
                raiseMark(place + 1);
                if (!ANNOUNCES) {
                    Memory.setVolatile(word(place), Long.MAX_VALUE);
                }
                return place;
            }
        }
        throw new AssertionError("there are places for all attempts and all open snapshots");
    }

    private void raiseMark(long used) {
        long address = control + Control.MARK;
        for (long mark = Memory.getVolatile(address);
                mark < used && !Memory.compareAndSet(address, mark, used);
                mark = Memory.getVolatile(address)) {}
    }

    /** The newest version that a snapshot sees. */
    long seen(int place) {
        return Memory.get(word(place));
    }

    /** Ends a snapshot. */
    void leave(int place) {
        Memory.setRelease(word(place), 0);
        Memory.getAndAdd(control + Control.LIVE, -1);
    }

    /** How many there are. */
    long live() {
        return Memory.getVolatile(control + Control.LIVE);
    }

    /**
     * What the newest of those sees that do not see this version: an object whose version is
     * greater is needed by none of them. {@link #NOBODY} if there is none.
     */
    long newestBefore(long version) {
        long newest = NOBODY;
        long mark = Memory.getVolatile(control + Control.MARK);
        for (int place = 0; place < mark; place++) {
            long seen = Memory.getAcquire(word(place));
            if (seen == PENDING) {
                return Long.MAX_VALUE;
            }
            newest = seen == 0 || seen >= version ? newest : Math.max(newest, seen);
        }
        return newest;
    }

    /**
     * A version up to which all of them see everything, and also who registers after this call.
     *
     * <p>Order: the clock before the words. Pairs with: {@link #enter}, which claims a word before
     * it ticks. Without it, or if nobody registered meant "all versions": who registers after the
     * look at the words does not see what is committed after that, and whoever reclaims may find
     * just that. Proof: RegistryTest.
     */
    long oldest() {
        long oldest = Memory.getVolatile(control + Control.CLOCK);
        long mark = Memory.getVolatile(control + Control.MARK);
        for (int place = 0; place < mark; place++) {
            long seen = Memory.getAcquire(word(place));
            if (seen == PENDING) {
                return 0;
            }
            oldest = seen == 0 ? oldest : Math.min(oldest, seen);
        }
        return oldest;
    }

    private long word(int place) {
        return control + Control.VIEWS + 8L * place;
    }
}
