package org.offheapstm.internal.engine;

import org.offheapstm.AbortCause;
import org.offheapstm.AtomicBlock;
import org.offheapstm.HistoryPolicy;
import org.offheapstm.RegionFullException;
import org.offheapstm.internal.heap.History;
import org.offheapstm.internal.heap.HistoryBudget;
import org.offheapstm.internal.memory.Seam;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * What happens when there is no room for before-images: see {@link HistoryPolicy}.
 *
 * <p><b>To end the oldest</b> takes a compare-and-set of its view and is done in the commit, under
 * its locks: nobody waits for it. If that gives nothing back, the next one is ended; if there is
 * none the commit passes the limit, for what it adds comes back soon. In a full region no snapshot
 * is ended beside a collection, which makes room by one.
 *
 * <p><b>Who is entering</b> keeps everything from being given back, as long as he does not know
 * what he sees: a few instructions, unless he loses his processor in the middle of them. So before
 * anything else is done, the commit looks {@link #LOOKS} times whether somebody is entering still,
 * and then ends whoever is: that costs only that he begins again. (For a while commits passed the
 * limit meanwhile: beside busy processors they kept 9 to 19 MB where 4 were allowed.)
 *
 * <p><b>To be delayed</b> a commit lets go of its locks, loses, and waits without a slot. No
 * wake-up is lost: it notes the count of departures before it looks at the snapshots, enters the
 * queue, and sleeps if the count is what it was; who departs leaves its view, then counts, then
 * looks at the queue. A writer whose own thread has opened the oldest snapshot would wait for
 * itself, and is refused.
 */
final class HistoryLimit {
    /**
     * How often to look for somebody who is entering before he is ended, and then once more: with
     * few snapshots some microseconds, under the locks of the commit. He needs no lock.
     */
    private static final int LOOKS = 100;

    private final Engine engine;
    private final HistoryBudget budget;
    private final HistoryPolicy policy;

    /** How many snapshots have left. */
    private final AtomicLong departures = new AtomicLong();

    private final AtomicLong ended = new AtomicLong();
    private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();

    HistoryLimit(Engine engine) {
        this.engine = engine;
        this.budget = engine.historyBudget;
        this.policy = engine.options.historyPolicy();
    }

    // ---- in a commit

    /** Notes who has left, before a look at the snapshots and at the room. */
    void noteDepartures(Attempt attempt) {
        attempt.progress.departures = departures.get();
    }

    /**
     * Looks for room, or sees to it that there will be some.
     *
     * @param refusal what {@link History#reserve} has said
     * @return whether the commit may pass the limit now
     * @throws RegionFullException if there is none in the region, and no snapshot to be ended, or
     *     none may be
     * @throws Signal if the commit is to wait or to run again; it has let go of its locks
     */
    boolean makeRoom(Attempt attempt, WriteLog log, long refusal) {
        long returns = budget.returns();
        engine.openSnapshots.forEach(each -> each.release(attempt)); // Left by Errors.
        if (isGivenBack(attempt, returns)) {
            return false;
        }
        boolean full = refusal == History.REGION_FULL;
        if (policy == HistoryPolicy.END_OLDEST && !(full && engine.upkeep.isCollecting())) {
            if (endOldest(refusal)) {
                isGivenBack(attempt, returns);
                return false;
            }
            if (full) {
                return false; // To look again: the last one has left meanwhile.
            }
        }
        if (full) {
            Commit.unlock(attempt, log); // Whoever looks for room now takes his time.
            throw engine.region.full("before-images for snapshots", 0);
        }
        if (policy == HistoryPolicy.END_OLDEST || attempt.isEscalated()) {
            return true;
        }
        Commit.unlock(attempt, log);
        throw attempt.lose(AbortCause.HISTORY_FULL, 0, 0);
    }

    /** Gives back what nobody needs; whether anything has been given back since a count. */
    private boolean isGivenBack(Attempt attempt, long returns) {
        for (int looks = 0; looks < 2 * LOOKS && engine.registry.isAnyEntering(); looks++) {
            if (looks >= LOOKS) {
                engine.registry.endEntering();
            }
            Thread.onSpinWait();
        }
        engine.reclaim(attempt);
        return budget.returns() != returns || attempt.history.renew(engine.registry.oldest());
    }

    /**
     * Ends the oldest snapshot, if it does not leave by itself meanwhile.
     *
     * @return whether there was one
     */
    private boolean endOldest(long refusal) {
        long seen = engine.registry.oldestLive();
        long view = engine.registry.viewSeeing(seen);
        if (view == Registry.NONE) {
            return false;
        }
        OpenSnapshot.Registration opened = opened(view);
        if (opened != null) {
            opened.isBeingEnded(describe(refusal)); // Before: who finds it ended reads that.
        }
        ended.addAndGet(engine.registry.end(view, seen) ? 1 : 0);
        return true;
    }

    private String describe(long refusal) {
        return "historyLimitBytes=" + budget.limitBytes() + ", keptBytes=" + budget.countedBytes()
                + (refusal == History.REGION_FULL
                        ? ", while the region was full, capacityBytes="
                                + engine.region.capacityBytes()
                        : "");
    }

    private OpenSnapshot.Registration opened(long view) {
        for (OpenSnapshot.Registration each : engine.openSnapshots) {
            if (each.has(view)) {
                return each;
            }
        }
        return null;
    }

    // ---- to be delayed

    /** A snapshot has left. */
    void departed() {
        departures.incrementAndGet();
        wakeAll();
    }

    /** Wakes all that wait: a snapshot has left, or the engine was closed. */
    void wakeAll() {
        waiting.forEach(LockSupport::unpark);
    }

    /**
     * Waits until a snapshot has left, the engine is closed, the thread interrupted, or the time
     * over.
     *
     * @param noted departures before the look at the snapshots
     * @throws org.offheapstm.MisuseException if this thread has opened the oldest snapshot
     */
    void await(AtomicBlock block, long noted, long deadlineNanos) {
        Thread thread = Thread.currentThread();
        waiting.add(thread);
        try {
            while (departures.get() == noted && !engine.isClosed() && !thread.isInterrupted()) {
                refuseToWaitForItself(block);
                long left = deadlineNanos - System.nanoTime();
                if (left <= 0) {
                    return;
                }
                if (Seam.parks()) {
                    LockSupport.parkNanos(this, left);
                }
            }
        } finally {
            waiting.remove(thread);
        }
    }

    private void refuseToWaitForItself(AtomicBlock block) {
        OpenSnapshot.Registration oldest =
                opened(engine.registry.viewSeeing(engine.registry.oldestLive()));
        if (oldest != null && oldest.openerThread == Thread.currentThread().threadId()) {
            throw Refusal.waitsForItself(block, describeShortage());
        }
    }

    // ---- gauges

    /** How many snapshots were ended. */
    long ended() {
        return ended.get();
    }

    /**
     * A live snapshot.
     *
     * @param opener who has opened it, "" if there is none
     */
    record Live(String opener, long ageNanos) {}

    /** The oldest live snapshot. */
    Live oldest() {
        long view = engine.registry.viewSeeing(engine.registry.oldestLive());
        if (view == Registry.NONE) {
            return new Live("", 0);
        }
        int slot = Registry.slotOf(view);
        if (slot >= 0) {
            long age = System.nanoTime() - engine.slots.attempt(slot).registeredNanos;
            return new Live(engine.describeSlot(slot), age);
        }
        OpenSnapshot.Registration opened = opened(view);
        return opened == null
                ? new Live("somebody who is opening it", 0)
                : new Live(opened.opener(), opened.ageNanos());
    }

    /** The limit, what is kept, and who is to blame, for messages. */
    String describeShortage() {
        Live oldest = oldest();
        return describe(History.AT_LIMIT) + ", oldest snapshot=" + oldest.opener + ", age="
                + oldest.ageNanos / 1_000_000 + " ms";
    }
}
