package org.offheapstm.internal.engine;

import org.offheapstm.internal.layout.BeforeImage;
import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

/**
 * The registered snapshots of an engine: words of the control area, their views, which say what
 * each sees. A slot has one, for the attempt that it runs; the others are for snapshots that users
 * open.
 *
 * <pre>
 *  0 --announce--> ANNOUNCED --count--> PENDING --tick--> S ----------vacate--> 0
 *                     `------end------.   ^  |             `--end--> ENDED --vacate--'
 *                                     v   |  end
 *                                     ENDED <'
 * </pre>
 *
 * <p><b>To enter</b> is to (1) announce; (2) count up LIVE; (3) tick the clock; its value before is
 * S; (4) put S in the place of PENDING. A version that is not greater than S is seen.
 *
 * <p><b>Why this is exact.</b> A commit loads the clock under its locks, and LIVE after that. If it
 * does not find the snapshot counted, the tick comes after its load of the clock, so its version is
 * at most S: the snapshot sees it, and where it is not published yet, finds it locked and waits. If
 * its version is greater than S, its load of the clock came after the tick, so it finds the
 * snapshot counted, and keeps what it replaces. Before S is stored the view says that it may need
 * everything, and nothing is given back.
 *
 * <p><b>Ending.</b> {@link #end} makes a view say that it sees everything, hence needs nothing;
 * from then on what it needed is given back and used for something else, without a wait for who
 * reads it. So a reader asks, after each load from a before-image and before it uses what it has
 * loaded, whether its view is ENDED: if it is not, the image was not given back before the load. A
 * link to the next image is asked about like any other word, before it is followed. What a reader
 * finds in its place, not younger than S, needs no question: it is the value of S, whoever has
 * ended. But the stripe of an array is in its place only while the head is, see {@link
 * ReadPath#recheck}.
 *
 * <p><b>Who is entering</b> may be ended like any other: what he was to see may be gone then. If he
 * has not ticked, he will see what is there when he does, and announces himself as PENDING before.
 * If he has, he finds out when he puts S in its place, announces himself again, and ticks again: an
 * S that he has not put there was never used. So who has lost his processor in the middle of it
 * keeps nobody from giving back memory.
 *
 * <p><b>Errors.</b> A StackOverflowError can strike at each call. So each step is a call of its own
 * that takes effect with its last access, and who has a view notes in a field of his what he has
 * done, once the call has returned: whether he is counted, whether he has vacated. Between the
 * access and the note there are only returns, and calls that need less stack than the access has
 * just had: either both happen, or none. However far he came, he goes on from there. A LIVE that is
 * too high makes commits look at the views in vain, and does no other harm; with one that is too
 * low they would keep nothing.
 *
 * <p>Model: Commit.tla, SAnnounce to SX, End; mutants countAfterTick, snEarly, noPending,
 * noEndedCheck, endedCheckFirst, reclaimBeforeEnd, publishOverEnded.
 */
final class Registry {
    /** No view; no offset of one is 0. */
    static final long NONE = 0;

    /** What {@link #newestBefore} and {@link #oldestLive} say if there is none. */
    static final long NOBODY = -1;

    /** What {@link #newestBefore} says if one does not know yet what it sees. */
    static final long EVERYTHING = Long.MAX_VALUE;

    /** Views of snapshots that do not know what they see yet: below all others, unsigned above. */
    private static final long ANNOUNCED = -2;

    private static final long PENDING = -1;

    /** The view of a snapshot that was ended: it sees everything. */
    private static final long ENDED = Long.MAX_VALUE;

    private static final boolean ENDED_CHECK = !Seam.without("endedCheck");
    private static final boolean CLOCK_FIRST = !Seam.without("clockBeforeViews");
    private static final boolean COUNT_FIRST = !Seam.without("countBeforeTick");
    private static final boolean ANNOUNCES = !Seam.without("pendingSnapshot");

    private final long control;

    Registry(long control) {
        this.control = control;
    }

    // ---- to enter and to leave

    /** The view of a slot. */
    static long viewOf(int slot) {
        return Control.view(slot);
    }

    /** Whose view it is, if it is a slot's; else a negative number. */
    static int slotOf(long view) {
        return (int) ((view - Control.view(0)) / Long.BYTES);
    }

    /** Takes a view for a snapshot that is opened; {@link #NONE} if all are used. */
    long claim() {
        for (int number = 0; number < Control.MAX_OPENED; number++) {
            long view = Control.openedView(number);
            if (Memory.getOpaque(control + view) == 0
                    && Memory.compareAndSet(control + view, 0, ANNOUNCED)) {
                return view;
            }
        }
        return NONE;
    }

    /** Announces and counts a snapshot that is to be registered in a view. */
    void announce(long view) {
        long address = control + view;
        Memory.setVolatile(address, ANNOUNCED);
        boolean opened = slotOf(view) < 0;
        raise(
                control + (opened ? Control.OPENED : Control.PROMOTED),
                1 + (view - (opened ? Control.VIEWS : Control.view(0))) / Long.BYTES);
        if (COUNT_FIRST) {
            Memory.getAndAdd(control + Control.LIVE, 1);
        }
    }

    /** Registers a snapshot of this moment, and returns the newest version it sees. */
    long enter(long view) {
        long address = control + view;
        long pending = ANNOUNCES ? PENDING : ENDED;
        long seen;
        do {
            Memory.setVolatile(address, pending);
            seen = Memory.getAndAdd(control + Control.CLOCK, 1);
            if (!COUNT_FIRST) {
                Memory.getAndAdd(control + Control.LIVE, 1);
            }
        } while (!Memory.compareAndSet(address, pending, seen));
        return seen;
    }

    private static void raise(long address, long used) {
        for (long mark = Memory.getVolatile(address);
                mark < used && !Memory.compareAndSet(address, mark, used);
                mark = Memory.getVolatile(address)) {}
    }

    /** Unregisters a snapshot, also one that has not come through {@link #enter}. */
    void vacate(long view) {
        Memory.setRelease(control + view, 0);
    }

    /** Counts down for a snapshot that was counted and whose view was vacated. */
    void discount() {
        Memory.getAndAdd(control + Control.LIVE, -1);
    }

    // ---- to be ended

    /**
     * Whether a snapshot was ended; to be asked after each load from a before-image.
     *
     * <p>Order: what was loaded before this load. Pairs with: {@link #end}, after which memory is
     * given back, through the monitor of its history or after an acquiring look at the views, and
     * used again. Without it: the view is looked at while the image is still there, and a word
     * loaded that was written after it was gone. Proof: model, mutant endedCheckFirst;
     * EndedReaderTest. On x86 the hardware keeps the order and only the compiler could break it.
     */
    boolean isEnded(long view) {
        Memory.loadLoadFence();
        return Memory.getAcquire(control + view) == ENDED && ENDED_CHECK;
    }

    /**
     * The before-image that a snapshot sees, if it has not been ended meanwhile: the caller asks,
     * once it has loaded what it wants of it.
     *
     * @param base address of offset 0
     * @param life word 1 of an object whose version is too new
     * @param bound of the snapshot, as for {@link Header#isOlder}
     * @return its offset; {@link BeforeImage#NONE} if the object did not exist then, or if the
     *     snapshot was ended
     */
    long find(long view, long base, long life, long bound) {
        long image = Reference.offset(life);
        while (image != BeforeImage.NONE && !BeforeImage.isSeen(base + image, bound)) {
            long previous = BeforeImage.previous(base + image);
            image = isEnded(view) ? BeforeImage.NONE : previous;
        }
        return image;
    }

    /** Ends a snapshot that sees this version; false if it has left, or has been ended. */
    boolean end(long view, long seen) {
        return Memory.compareAndSet(control + view, seen, ENDED);
    }

    /** Ends those who are entering and do not know yet what they see: they begin again. */
    void endEntering() {
        endEntering(Control.openedView(0), Control.OPENED);
        endEntering(Control.view(0), Control.PROMOTED);
    }

    private void endEntering(long first, long mark) {
        long behind = first + Long.BYTES * Memory.getVolatile(control + mark);
        for (long view = first; view != behind; view += Long.BYTES) {
            long seen = Memory.getAcquire(control + view);
            if (seen < 0) {
                end(view, seen);
            }
        }
    }

    // ---- who is there

    /** Whether there may be any. */
    boolean isUsed() {
        return Memory.getVolatile(control + Control.LIVE) != 0;
    }

    /** What to do with each view that is used; returns the result so far. */
    private interface Fold {
        long take(long result, long seen);
    }

    private long fold(long start, Fold fold) {
        long opened = fold(start, fold, Control.openedView(0), Control.OPENED);
        return fold(opened, fold, Control.view(0), Control.PROMOTED);
    }

    private long fold(long start, Fold fold, long first, long mark) {
        long result = start;
        long end = control + first + Long.BYTES * Memory.getVolatile(control + mark);
        for (long view = control + first; view != end; view += Long.BYTES) {
            long seen = Memory.getAcquire(view);
            result = seen == 0 ? result : fold.take(result, seen);
        }
        return result;
    }

    /** How many there are that have not been ended. */
    long count() {
        return fold(0, (count, seen) -> seen == ENDED ? count : count + 1);
    }

    /** The view that sees this version, as no other does; {@link #NONE} if it has left. */
    long viewSeeing(long seen) {
        if (seen == NOBODY) {
            return NONE;
        }
        long opened = viewSeeing(seen, Control.openedView(0), Control.OPENED);
        return opened != NONE ? opened : viewSeeing(seen, Control.view(0), Control.PROMOTED);
    }

    private long viewSeeing(long seen, long first, long mark) {
        long end = first + Long.BYTES * Memory.getVolatile(control + mark);
        for (long view = first; view != end; view += Long.BYTES) {
            if (Memory.getAcquire(control + view) == seen) {
                return view;
            }
        }
        return NONE;
    }

    /** Whether one of them does not know yet what it sees. */
    boolean isAnyEntering() {
        return fold(0, (any, seen) -> seen < 0 ? 1 : any) != 0;
    }

    /** What the oldest sees that knows it and has not been ended; {@link #NOBODY} if none. */
    long oldestLive() {
        long oldest = fold(ENDED, (o, seen) -> seen < 0 ? o : Math.min(o, seen));
        return oldest == ENDED ? NOBODY : oldest;
    }

    /**
     * What the newest of those sees that do not see this version: an object whose version is
     * greater is needed by none of them. {@link #EVERYTHING} if one does not know yet, {@link
     * #NOBODY} if there is none. Asked under the locks of a commit, so no {@link Fold}.
     */
    long newestBefore(long version) {
        long opened = newestBefore(version, NOBODY, Control.openedView(0), Control.OPENED);
        return newestBefore(version, opened, Control.view(0), Control.PROMOTED);
    }

    private long newestBefore(long version, long start, long first, long mark) {
        long newest = start;
        long end = control + first + Long.BYTES * Memory.getVolatile(control + mark);
        for (long view = control + first; view != end; view += Long.BYTES) {
            long seen = Memory.getAcquire(view);
            if (seen < 0) {
                return EVERYTHING;
            }
            newest = seen != 0 && seen < version ? Math.max(newest, seen) : newest;
        }
        return newest;
    }

    /**
     * A version up to which all of them see everything, and also who registers after this call.
     *
     * <p>Order: the clock before the views. Pairs with: {@link #enter}, which announces before it
     * ticks. Without it, or if nobody registered meant "all versions": who registers after the look
     * at the views does not see what is committed after that, and whoever reclaims may find just
     * that. Proof: RegistryTest; ClockBeforeViewsLitmus; the scenarios with clockBeforeViews taken
     * out.
     */
    long oldest() {
        long early = CLOCK_FIRST ? Memory.getVolatile(control + Control.CLOCK) : ENDED;
        long oldest = fold(early, (least, seen) -> Math.min(least, Math.max(0, seen)));
        return CLOCK_FIRST ? oldest : Math.min(oldest, Memory.getVolatile(control + Control.CLOCK));
    }
}
