package org.offheapstm.internal.engine;

import org.offheapstm.AbortCause;
import org.offheapstm.AtomicBlock;
import org.offheapstm.MisuseException;
import org.offheapstm.RegionFullException;

import java.util.List;
import java.util.function.LongConsumer;

/**
 * What happens between two attempts of a transaction: undo, count, wait, and perhaps escalate.
 *
 * <p>After a loss the transaction waits a little: see {@link BackOff}; after {@link
 * #ESCALATE_AFTER} losses it asks for the token and cannot lose any more. After {@code
 * retry} it waits in {@link WaitRoom}, with its slot given back; and so it does at {@link
 * HistoryLimit}, if writers are to give way there.
 */
final class Contention {
    /** How often a transaction loses before it asks for the token. */
    static final int ESCALATE_AFTER = 8;

    /** Longer than any program runs, and short enough to be added to a time. */
    private static final long FOREVER_NANOS = Long.MAX_VALUE / 4;

    private final Engine engine;
    private final BackOff backOff;

    Contention(Engine engine) {
        this.engine = engine;
        backOff = new BackOff(engine.escalation);
    }

    /**
     * After an attempt has ended in a throwable: returns the attempt to run next, of the same
     * transaction, or throws what the caller shall see.
     */
    Attempt recover(Attempt attempt, Throwable thrown) {
        WaitRoom.Waiter waiter = null;
        try {
            if (!attempt.isRunning()) {
                attempt.returnToken();
                throw thrown; // begin found the engine closed
            }
            Signal signal = attempt.signal();
            Throwable refusal = signal == null ? thrown : null;
            if (signal == Signal.RETRY) {
                try {
                    waiter = attempt.prepareToWait();
                } catch (MisuseException | OutOfMemoryError e) {
                    refusal = e;
                }
            }
            if (refusal instanceof RegionFullException
                    && (canSearch(attempt) || canMove(attempt))) {
                attempt.progress.lost(AbortCause.NO_ROOM, 0, 0, 0);
                refusal = null;
            }
            boolean committed = attempt.rollBack();
            count(attempt, committed, refusal); // Before the hooks, which may throw.
            Attempt next =
                    attempt.hooks.areUsed() ? runHooks(attempt, committed, refusal) : attempt;
            if (refusal != null) {
                throw refusal;
            }
            return again(next, waiter);
        } catch (Throwable t) {
            Attempt current = engine.slots.current();
            if (current != null && !current.isRunning()) { // Why: nobody may have one cut off.
                engine.slots.settle(current);
            }
            throw Contention.<RuntimeException>sneak(t);
        } finally {
            if (waiter != null) {
                engine.waitRoom.leave(waiter);
            }
        }
    }

    /** Counts an attempt that was lost, or whose transaction a refusal ends. */
    private static void count(Attempt attempt, boolean committed, Throwable refusal) {
        Progress progress = attempt.progress;
        if (refusal == null) {
            attempt.counters.aborted(progress.cause, progress.attemptStartNanos, System.nanoTime());
        } else if (!committed) {
            attempt.counters.rollbacks++;
        }
    }

    /** Whether a search for room, once in a transaction, may find some. */
    private boolean canSearch(Attempt attempt) {
        Progress progress = attempt.progress;
        boolean can = !progress.hasSearched
                && progress.attempts < attempt.block.maxAttempts()
                && engine.upkeep.hasHope(attempt);
        progress.searches = can;
        progress.hasSearched |= can;
        return can;
    }

    /** Whether an attempt lacks what the spare slot has. */
    private boolean canMove(Attempt attempt) {
        return !engine.slots.isSpare(attempt)
                && attempt.progress.attempts < attempt.block.maxAttempts()
                && !attempt.isEquipped();
    }

    /**
     * Runs the actions that are due after a rollback. They may start transactions on this thread,
     * so this one has no slot meanwhile.
     *
     * @param committed whether the attempt has committed all the same
     * @param refusal what the caller will see, or null if the transaction goes on
     */
    private Attempt runHooks(Attempt attempt, boolean committed, Throwable refusal) {
        List<Runnable> due = attempt.hooks.end(committed);
        Progress progress = attempt.progress;
        AtomicBlock block = attempt.block;
        boolean readOnly = attempt.readOnly;
        release(attempt);
        try {
            Hooks.run(due);
        } catch (Throwable t) { // Why: as there.
            throw sneak(refusal == null ? t : Hooks.suppress(refusal, t));
        }
        return refusal == null ? lease(block, readOnly, progress) : null;
    }

    /** Throws anything: the body declared it, or it is unchecked. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <X extends Throwable> X sneak(Throwable t) throws X {
        throw (X) t;
    }

    private Attempt again(Attempt attempt, WaitRoom.Waiter waiter) {
        Progress progress = attempt.progress;
        AtomicBlock block = attempt.block;
        long now = System.nanoTime();
        progress.starts(now);
        checkLimits(block, progress, now);
        Attempt next = attempt;
        if (waiter != null) {
            next = await(attempt, "in retry", limit -> await(waiter, progress, limit));
        } else if (progress.cause == AbortCause.HISTORY_FULL) {
            next = await(
                    attempt,
                    "for snapshots to end",
                    limit -> engine.historyLimit.await(block, progress.departures, limit));
        } else if (progress.cause == AbortCause.NO_ROOM) {
            boolean readOnly = attempt.readOnly;
            release(attempt);
            if (progress.searches) {
                progress.searches = false;
                engine.upkeep.findRoom();
            } else {
                progress.inSpare = true;
            }
            next = lease(block, readOnly, progress);
        } else if (progress.cause != AbortCause.RETRY) {
            progress.losses++;
            if (progress.ticket == 0) {
                progress.ticket = engine.escalation.ticket();
            }
            if (progress.losses < ESCALATE_AFTER) {
                backOff.await(attempt);
            } else {
                next = escalate(attempt);
            }
        }
        progress.next(System.nanoTime());
        return next;
    }

    private void checkLimits(AtomicBlock block, Progress progress, long now) {
        long elapsed = now - progress.sinceNanos;
        if (progress.attempts >= block.maxAttempts()) {
            throw Refusal.aborted(engine, block, progress, elapsed, "maxAttempts");
        }
        if (elapsed >= block.timeoutNanos()) {
            throw Refusal.aborted(engine, block, progress, elapsed, "timeoutNanos");
        }
    }

    private static long deadline(AtomicBlock block, Progress progress) {
        long end = progress.sinceNanos + block.timeoutNanos();
        return block.timeoutNanos() >= Long.MAX_VALUE - Math.abs(progress.sinceNanos)
                ? progress.sinceNanos + FOREVER_NANOS
                : end;
    }

    /** Whether an attempt of this thread only seemed to run: if so, it is rolled back now. */
    boolean wasCutOff(Attempt attempt) {
        if (!attempt.wasCutOff()) {
            return false;
        }
        engine.slots.endCutOff(attempt);
        return true;
    }

    /** Leases a slot for a transaction, and opens it there. */
    Attempt enter(AtomicBlock block, boolean readOnly) {
        Attempt attempt = engine.slots.tryLease();
        if (attempt != null) {
            attempt.open(block, readOnly);
            return attempt;
        }
        Progress progress = new Progress();
        progress.waitsForSlot(System.nanoTime());
        Attempt next = awaitSlot(block, progress);
        progress.hasSlot();
        next.adopt(block, readOnly, progress);
        return next;
    }

    /** Waits for the token, without a slot. */
    private Attempt escalate(Attempt attempt) {
        Progress progress = attempt.progress;
        AtomicBlock block = attempt.block;
        boolean readOnly = attempt.readOnly;
        release(attempt);
        boolean leased = false;
        try {
            if (!engine.escalation.acquire(progress.ticket, deadline(block, progress))) {
                throw waitEnded(
                        block, progress, "while it waited to run as the one that cannot lose");
            }
            Attempt next = lease(block, readOnly, progress);
            next.escalated = true;
            next.counters.escalations++;
            leased = true;
            return next;
        } finally {
            if (!leased) {
                engine.escalation.release(progress.ticket);
            }
        }
    }

    /** Waits without a slot. */
    private Attempt await(Attempt attempt, String what, LongConsumer wait) {
        Progress progress = attempt.progress;
        AtomicBlock block = attempt.block;
        boolean readOnly = attempt.readOnly;
        release(attempt);
        long limit = deadline(block, progress);
        wait.accept(limit);
        if (Thread.currentThread().isInterrupted()
                || engine.isClosed()
                || System.nanoTime() - limit >= 0) {
            throw waitEnded(block, progress, what);
        }
        return lease(block, readOnly, progress);
    }

    private void await(WaitRoom.Waiter waiter, Progress progress, long limit) {
        engine.waitRoom.await(waiter, progress.wakeNanos(limit));
    }

    /** What has ended a wait, if not what was waited for. */
    private RuntimeException waitEnded(AtomicBlock block, Progress progress, String wait) {
        if (engine.isClosed()) {
            return engine.closedException();
        }
        if (Thread.currentThread().isInterrupted()) {
            return Refusal.interrupted(block, wait);
        }
        long elapsed = System.nanoTime() - progress.sinceNanos;
        return Refusal.aborted(engine, block, progress, elapsed, "timeoutNanos");
    }

    private void release(Attempt attempt) {
        attempt.progress = new Progress();
        engine.slots.giveBack(attempt);
    }

    private Attempt lease(AtomicBlock block, boolean readOnly, Progress progress) {
        // An action after rollback may have left this thread a lease to keep.
        Attempt next = engine.slots.current();
        if (next != null && progress.inSpare) {
            engine.slots.giveBack(next);
            next = null;
        }
        if (next == null && !progress.inSpare) {
            next = engine.slots.tryLease();
        }
        if (next == null) {
            next = awaitSlot(block, progress);
        }
        next.adopt(block, readOnly, progress);
        return next;
    }

    private Attempt awaitSlot(AtomicBlock block, Progress progress) {
        progress.starts(System.nanoTime());
        long limit = deadline(block, progress);
        Attempt next =
                progress.inSpare ? engine.slots.leaseSpare(limit) : engine.slots.lease(limit);
        if (next == null) {
            int running = engine.options.maxRunning();
            throw waitEnded(block, progress, "while it waited for a slot, maxRunning=" + running);
        }
        return next;
    }
}
