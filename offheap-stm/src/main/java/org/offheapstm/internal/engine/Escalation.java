package org.offheapstm.internal.engine;

import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * The token that one attempt at a time holds, so that it may own objects while user code runs: who
 * has lost too often asks for it, and the oldest gets it.
 *
 * <p>A transaction takes a ticket, its age, at its first loss. To ask, it puts the ticket into a
 * free request word; it may take the token, by compare-and-set from 0, when no request is older.
 * All words are in the control area, so that processes can share them; only the parking of threads
 * is this process's own.
 *
 * <p>One at a time, because two that own would wait for each other (model: twoInevitable).
 */
final class Escalation {
    private static final boolean EXCLUSIVE = !Seam.without("tokenExclusive");
    private static final int SPINS = 500;
    private static final int NONE = -1;

    /** How long to park for a request word to come free; who has one is woken. */
    private static final long POLL_NANOS = 1_000_000;

    private final Engine engine;
    private final long control;
    private final AtomicReferenceArray<Thread> asking =
            new AtomicReferenceArray<>(Control.REQUEST_COUNT);

    Escalation(Engine engine) {
        this.engine = engine;
        this.control = engine.control.address();
    }

    /** The next ticket; later ones are larger. */
    long ticket() {
        return Memory.getAndAdd(control + Control.TICKETS, 1) + 1;
    }

    /**
     * Waits for the token; false if the engine is closed, the thread interrupted, or the time over
     * first.
     *
     * <p>No wake-up is lost: a waiter enters its request and its thread, then looks at the token,
     * then parks; {@link #release} frees the token, then looks for the oldest request. And no
     * request is left behind, or nobody younger would ever get the token.
     */
    boolean acquire(long ticket, long deadlineNanos) {
        Thread thread = Thread.currentThread();
        int request = NONE;
        boolean taken = false;
        try {
            for (int spins = 0; !taken; spins++) {
                if (request == NONE) {
                    request = ask(ticket);
                }
                taken = request != NONE && take(ticket);
                if (spins < SPINS) {
                    Thread.onSpinWait();
                    continue;
                }
                long left = deadlineNanos - System.nanoTime();
                if (taken || engine.isClosed() || thread.isInterrupted() || left <= 0) {
                    break;
                }
                if (Seam.parks()) {
                    LockSupport.parkNanos(this, request == NONE ? POLL_NANOS : left);
                }
            }
            return taken;
        } finally {
            if (request != NONE) {
                withdraw(request);
            }
            if (!taken) {
                wakeOldest();
            }
        }
    }

    private boolean take(long ticket) {
        return (Memory.getVolatile(control + Control.TOKEN) == 0 || !EXCLUSIVE)
                && isOldest(ticket)
                && (Memory.compareAndSet(control + Control.TOKEN, 0, ticket) || !EXCLUSIVE);
    }

    private int ask(long ticket) {
        for (int request = 0; request < Control.REQUEST_COUNT; request++) {
            if (Memory.getOpaque(word(request)) == 0
                    && Memory.compareAndSet(word(request), 0, ticket)) {
                asking.set(request, Thread.currentThread());
                return request;
            }
        }
        return NONE;
    }

    private void withdraw(int request) {
        asking.set(request, null);
        Memory.setRelease(word(request), 0);
    }

    private boolean isOldest(long ticket) {
        for (int request = 0; request < Control.REQUEST_COUNT; request++) {
            long other = Memory.getAcquire(word(request));
            if (other != 0 && other < ticket) {
                return false;
            }
        }
        return true;
    }

    private long word(int request) {
        return control + Control.REQUESTS + 8L * request;
    }

    /** Gives the token back, if it is held under this ticket; so it may be done twice. */
    void release(long ticket) {
        Memory.compareAndSet(control + Control.TOKEN, ticket, 0);
        wakeOldest();
    }

    private void wakeOldest() {
        int oldest = -1;
        long age = Long.MAX_VALUE;
        for (int request = 0; request < Control.REQUEST_COUNT; request++) {
            long ticket = Memory.getAcquire(word(request));
            if (ticket != 0 && ticket < age) {
                age = ticket;
                oldest = request;
            }
        }
        if (oldest >= 0) {
            LockSupport.unpark(asking.get(oldest));
        }
    }

    /** Wakes all that wait, because the engine is closed. */
    void close() {
        for (int request = 0; request < Control.REQUEST_COUNT; request++) {
            LockSupport.unpark(asking.get(request));
        }
    }

    /** Waits a while for the token to be given back. */
    void awaitRelease() {
        for (int spins = 0; Memory.getAcquire(control + Control.TOKEN) != 0; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                giveWay();
                if (spins > 2 * SPINS) {
                    return;
                }
            }
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // Why: yielding only saves time.
    private static void giveWay() {
        Thread.yield();
    }
}
