package org.offheapstm.internal.engine;

import org.offheapstm.Collected;
import org.offheapstm.Collector;
import org.offheapstm.SnapshotEndedException;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Verification;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** What is done to a region as a whole, one at a time, beside or between transactions. */
final class Upkeep {
    /** How long a transaction that has found no room waits for a collection. */
    private static final long COLLECTION_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How long runs are waited for that are on their way to being free. */
    private static final long RECYCLING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Words that are followed in one transaction. */
    private static final int STEP = 10_000;

    private final Engine engine;
    final Pins pins = new Pins();

    /** The turn of the collection that goes on, or null. */
    private final AtomicReference<Collection.Turn> collecting = new AtomicReference<>();

    Upkeep(Engine engine) {
        this.engine = engine;
    }

    // ---- collections

    Collector collector() {
        engine.refuseInside("collection");
        return begin(turn -> {
            if (!begins(turn)) {
                throw Refusal.collecting(engine.options.name());
            }
            return true;
        });
    }

    /** Begins a collection, if the turn to do so is taken; else null. */
    private Collection begin(Predicate<Collection.Turn> taking) {
        Collection.Turn turn = new Collection.Turn(engine);
        Collection begun = null;
        try {
            begun = taking.test(turn) ? new Collection(engine, turn) : null;
            return begun;
        } finally {
            if (begun == null) {
                turn.end();
            }
        }
    }

    /** Collects, after the collection that may go on. */
    Collected collect() {
        engine.refuseInside("collection");
        if (isOwn()) {
            throw Refusal.collectingItself(engine.options.name());
        }
        try (Collection collection = begin(turn -> takesSoon(turn, Long.MAX_VALUE))) {
            engine.checkOpen();
            return collection.run(Long.MAX_VALUE);
        }
    }

    /** Waits for the turn, not longer than this; false if the engine was closed before. */
    private boolean takesSoon(Collection.Turn turn, long nanos) {
        return Standstill.awaitUntil(() -> engine.isClosed() || begins(turn), nanos)
                && !engine.isClosed();
    }

    /** Takes the turn, if there is no collection, or one that an Error has kept from its end. */
    private boolean begins(Collection.Turn turn) {
        Collection.Turn before = collecting.get();
        if (before != null && before.isStruck()) {
            before.end();
        }
        return collecting.compareAndSet(null, turn);
    }

    /** Whether there is one that this thread is to go on with. */
    private boolean isOwn() {
        Collection.Turn turn = collecting.get();
        return turn != null && turn.isOwn();
    }

    /** Whether somebody collects. */
    boolean isCollecting() {
        return collecting.get() != null;
    }

    /** The collection of this turn has ended. */
    void collected(Collection.Turn turn) {
        if (collecting.get() == turn) {
            pins.letGo();
            collecting.set(null);
        }
    }

    // ---- room

    /** Gives back what is empty: to all types, and to the operating system. */
    long trim() {
        engine.refuseInside("trimming");
        recycle();
        return engine.readOnlyLong(tx -> engine.region.discardFree());
    }

    /** Whether a search for room may find some, for an attempt that has found none. */
    boolean hasHope(Attempt attempt) {
        return mayCollect() || Recycling.hasHope(attempt);
    }

    /**
     * Looks for room in a region that is full, outside of attempts: collects, if that is wanted,
     * and takes empty runs away from their types. Waits for others, but not for long: they may wait
     * for this thread.
     */
    void findRoom() {
        if (mayCollect()) {
            collectSoon();
        }
        recycle();
    }

    private boolean mayCollect() {
        return engine.options.collectsWhenFull() && !isOwn();
    }

    private void collectSoon() {
        try (Collection collection = begin(turn -> takesSoon(turn, COLLECTION_NANOS))) {
            if (collection != null) {
                collection.run(COLLECTION_NANOS);
            }
        }
    }

    private void recycle() {
        engine.standstill.take();
        try {
            engine.readOnlyLong(tx -> Recycling.run((Attempt) tx));
        } finally {
            engine.standstill.release();
        }
        Standstill.awaitUntil(
                () -> engine.readOnlyLong(tx -> {
                            engine.spans.reclaim();
                            return engine.spans.areWaiting() ? 0 : 1;
                        })
                        == 1,
                RECYCLING_NANOS);
    }

    // ---- checks

    Verification verify() {
        engine.refuseInside("verification");
        engine.standstill.take();
        Verification found;
        try {
            found = engine.readOnlyGet(tx -> Inspection.beside((Attempt) tx));
        } finally {
            engine.standstill.release();
        }
        return found.isSound() ? follow(found) : found;
    }

    /** Follows all references; only where nothing is wrong with what they lead to. */
    private Verification follow(Verification found) {
        try (OpenSnapshot snapshot = (OpenSnapshot) engine.openSnapshot()) {
            Verification followed = found;
            try {
                followed = follow(found, snapshot);
            } catch (SnapshotEndedException | StaleReferenceException gone) {
                if (!snapshot.isEnded()) {
                    throw gone;
                }
            }
            return snapshot.isEnded() ? found : followed; // To make room: what it saw may be gone.
        }
    }

    private Verification follow(Verification found, OpenSnapshot snapshot) {
        Marking marking = new Marking(engine.region);
        snapshot.readOnly(tx -> pins.forEach(ref -> marking.reach((Attempt) tx, ref)));
        long left = 0;
        while (left <= 0) {
            left = snapshot.readOnlyLong(tx -> marking.proceed((Attempt) tx, STEP));
        }
        return new Verification(
                found.name(),
                found.wasQuiet(),
                found.usedRuns(),
                found.objects(),
                found.objectBytes(),
                found.freeBlocks(),
                found.retiredBlocks(),
                marking.reached(),
                snapshot.readOnlyGet(engine.roots::faults));
    }
}
