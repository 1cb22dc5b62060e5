package org.offheapstm.internal.engine;

import org.offheapstm.Collected;
import org.offheapstm.Collector;
import org.offheapstm.SnapshotEndedException;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.internal.memory.Seam;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;

/**
 * One collection: marks what roots and pins lead to in a snapshot, then frees the other objects of
 * that snapshot.
 *
 * <p><b>Why nothing is freed that somebody can use.</b> Let S be the snapshot. An object is freed
 * if it existed in S and neither the roots of S nor a pin led to it. Say that one such object X
 * comes to be used after S by an attempt A, as the first of them all. A has a reference to X from
 * (1) another object that it has read, or (2) a pin, or (3) Java code that has kept it without a
 * pin. (3) is against the contract: {@code X} is refused, once it is freed, as by any stale
 * reference, and never another object found.
 *
 * <p>(1) If A began after S, it sees a state not older than S. In S no object that was reached
 * refers to X, so one was made to since, by an attempt that had a reference to X and commits after
 * S: A was not the first. If A began before S and commits after it, then what it has read is
 * validated when it commits: the reference was there at its clock load, after S; again somebody has
 * put it there. If A only reads, it may use an older state, in which X is reachable: X is freed by
 * a commit of its own, which A meets as any commit, or does not see. But A may <em>pin</em> X, and
 * rightly: so the pins are looked at only after all attempts that ran at S have ended.
 *
 * <p>(2) The pins are those that are there when they are looked at, and those that were closed
 * since S: see {@link Pins}. A pin that is made after the look is made by an attempt that began
 * after S, of an object that it has found: (1); or by one that has made the object since S.
 *
 * <p><b>What is linked or born after S</b> is thus either reached from the roots of S, or younger
 * than S, and not freed. It may be garbage the next time.
 *
 * <p>Source: snapshot at the beginning (Yuasa 1990). We differ in one point: the snapshot is not
 * kept by a write barrier but by the before-images that readers have too. Model: Collect.tla.
 */
final class Collection extends Collector {
    private static final boolean WAITS = !Seam.without("collectQuiescence");

    /** For {@link #run}: words between two looks at whether the engine was closed. */
    private static final int STEP = 10_000;

    private enum Phase {
        MARK_FROM_ROOTS,
        MARK_FROM_PINS,
        SWEEP,
        ENDED
    }

    private final Engine engine;
    private final Turn turn;
    private final Cleaner.Cleanable cleanable;
    private final OpenSnapshot snapshot;
    private final Quiescence atSnapshot;
    private final Marking marking;
    private final Sweeping sweeping;
    private final long beganNanos = System.nanoTime();
    private Phase phase = Phase.MARK_FROM_ROOTS;
    private boolean progress;
    private boolean complete;
    private long endedNanos;

    /**
     * What is left of a collection that nobody can reach: its snapshot, and that it keeps all
     * others from collecting.
     *
     * <p>An Error can keep it from its end, again and again. It stays the turn until it has let go
     * of all; meanwhile it says so, without a call, and whoever wants the turn next ends it first.
     */
    static final class Turn implements Runnable {
        private final Engine engine;
        private final Throwable opening = new Throwable("opened here");

        /**
         * The id of the thread that has begun the collection or taken its latest step: it must not
         * wait for the end, since it is the one to go on.
         */
        private volatile long thread = Thread.currentThread().threadId();

        private volatile OpenSnapshot snapshot;

        private volatile boolean ends;

        /** Whether an Error has kept it from its end: then anybody may see to that. */
        private volatile boolean struck;

        Turn(Engine engine) {
            this.engine = engine;
        }

        /** This thread takes the next step. */
        void goesOn() {
            thread = Thread.currentThread().threadId();
        }

        /** Whether this thread is to take the next step. */
        boolean isOwn() {
            return !ends && thread == Thread.currentThread().threadId();
        }

        boolean isStruck() {
            return struck;
        }

        /** Lets go of all; a second call does what an Error has kept the first from doing. */
        synchronized void end() {
            ends = true;
            boolean done = false;
            try {
                if (snapshot != null) {
                    snapshot.close();
                }
                engine.upkeep.collected(this);
                done = true;
            } finally {
                struck = !done;
            }
        }

        @Override
        public void run() {
            boolean isLeaked = !ends;
            end();
            if (isLeaked) {
                Leaks.report("collection", engine, opening);
            }
        }
    }

    /** Begins one, in a turn that the caller has; who gives it back if this fails. */
    Collection(Engine engine, Turn turn) {
        this.engine = engine;
        this.turn = turn;
        // Before the snapshot: who closes a pin and sees no collection has linked its object
        // before.
        engine.upkeep.pins.hold();
        snapshot = (OpenSnapshot) engine.openSnapshot();
        turn.snapshot = snapshot;
        atSnapshot = Quiescence.of(engine);
        marking = new Marking(engine.region);
        sweeping = new Sweeping(engine, marking, snapshot.seen());
        cleanable = Leaks.watch(this, turn);
    }

    /** Goes on to the end, or gives up if those who ran when it began run on for so long. */
    Collected run(long patienceNanos) {
        while (!step(STEP)) {
            if (!progress && !Standstill.awaitUntil(this::mayGoOn, patienceNanos)) {
                close();
            }
        }
        return result();
    }

    private boolean mayGoOn() {
        return engine.isClosed() || atSnapshot.isReached();
    }

    @Override
    public boolean step(int words) {
        engine.refuseInside("collection");
        if (words < 1) {
            throw new IllegalArgumentException(
                    "step refused: words=" + words + "; a step looks at 1 word or more");
        }
        if (phase == Phase.ENDED) {
            return true;
        }
        turn.goesOn();
        try {
            proceed(words);
        } catch (SnapshotEndedException | StaleReferenceException e) {
            giveUpOr(e);
        } finally {
            Reference.reachabilityFence(this); // Or it could be found leaked in its last step.
        }
        return phase == Phase.ENDED;
    }

    private void proceed(int words) {
        progress = true;
        switch (phase) {
            case MARK_FROM_ROOTS -> {
                if (mark(words)) {
                    phase = Phase.MARK_FROM_PINS;
                }
            }
            case MARK_FROM_PINS -> {
                progress = !WAITS || atSnapshot.isReached();
                if (progress && reachPinned() && mark(words)) {
                    snapshot.checkNotEnded();
                    phase = Phase.SWEEP;
                    snapshot.close();
                }
            }
            case SWEEP -> {
                sweeping.proceed(words);
                if (sweeping.isDone()) {
                    end(sweeping.isComplete());
                }
            }
            case ENDED -> throw new AssertionError("a step after the end");
        }
    }

    /**
     * What has been marked in a snapshot that was ended counts for nothing: what it saw may be
     * gone, so that a reference was taken for a number, or led to nothing.
     */
    private void giveUpOr(RuntimeException e) {
        if (phase == Phase.SWEEP || !snapshot.isEnded()) {
            throw e;
        }
        end(false);
    }

    /** Whether all that has been reached so far was followed. */
    private boolean mark(int words) {
        return snapshot.readOnlyLong(tx -> marking.proceed((Attempt) tx, words)) > 0;
    }

    /** Marks what is pinned; to do so again changes nothing. */
    private boolean reachPinned() {
        snapshot.readOnly(
                tx -> engine.upkeep.pins.forEach(ref -> marking.reach((Attempt) tx, ref)));
        return true;
    }

    @Override
    public Collected result() {
        long end = phase == Phase.ENDED ? endedNanos : System.nanoTime();
        return new Collected(
                marking.reached(),
                sweeping.freed(),
                sweeping.freedBytes(),
                complete,
                end - beganNanos);
    }

    @Override
    public void close() {
        end(false);
    }

    private void end(boolean wasComplete) {
        if (phase != Phase.ENDED) {
            complete = wasComplete;
            endedNanos = System.nanoTime();
            phase = Phase.ENDED;
        }
        letGo();
    }

    /** Does nothing if it was done, and no Error has struck. */
    private void letGo() {
        turn.end();
        cleanable.clean();
    }
}
