package org.offheapstm.internal.engine;

import org.offheapstm.Collected;
import org.offheapstm.Collector;
import org.offheapstm.SnapshotEndedException;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Verification;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What is done to a region as a whole, one at a time, beside or between transactions. */
final class Upkeep {
    /** How long a transaction that has found no room waits for a collection. */
    private static final long COLLECTION_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How long runs are waited for that are on their way to being free. */
    private static final long RECYCLING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Words that are followed in one transaction. */
    private static final int STEP = 10_000;

    /** No id of a thread. */
    private static final long NOBODY = 0;

    private final Engine engine;
    final Pins pins = new Pins();

    /**
     * The id of the thread that has begun a collection or taken its latest step, until it ends: the
     * thread must not wait for the end, since it is the one to go on.
     */
    private final AtomicLong collecting = new AtomicLong(NOBODY);

    Upkeep(Engine engine) {
        this.engine = engine;
    }

    // ---- collections

    Collector collector() {
        engine.refuseInside("collection");
        if (!begins()) {
            throw Refusal.collecting(engine.options.name());
        }
        return new Collection(engine);
    }

    /** Collects, after the collection that may go on. */
    Collected collect() {
        engine.refuseInside("collection");
        if (isOwn()) {
            throw Refusal.collectingItself(engine.options.name());
        }
        Standstill.awaitUntil(() -> engine.isClosed() || begins(), Long.MAX_VALUE);
        engine.checkOpen();
        try (Collection collection = new Collection(engine)) {
            return collection.run(Long.MAX_VALUE);
        }
    }

    private static long self() {
        return Thread.currentThread().threadId();
    }

    /** Begins a collection, if there is none. */
    private boolean begins() {
        return collecting.compareAndSet(NOBODY, self());
    }

    /** This thread takes the next step of the collection. */
    void goesOn() {
        collecting.set(self());
    }

    /** Whether there is one that this thread is to go on with. */
    private boolean isOwn() {
        return collecting.get() == self();
    }

    /** Whether somebody collects. */
    boolean isCollecting() {
        return collecting.get() != NOBODY;
    }

    /** A collection has ended. */
    void collected() {
        pins.letGo();
        collecting.set(NOBODY);
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
        boolean taken =
                Standstill.awaitUntil(() -> engine.isClosed() || begins(), COLLECTION_NANOS);
        if (taken && !engine.isClosed()) {
            try (Collection collection = new Collection(engine)) {
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
