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
 * <p>One at a time, because two that own would wait for each other (model: live-eager2).
 */
final class Escalation {
    private static final boolean EXCLUSIVE = !Seam.without("tokenExclusive");
    private static final int SPINS = 500;
    private static final long PARK_NANOS = 100_000;

    private final long control;
    private final AtomicReferenceArray<Thread> parked =
            new AtomicReferenceArray<>(Control.REQUEST_COUNT);

    Escalation(long control) {
        this.control = control;
    }

    /** The next ticket; later ones are larger. */
    long ticket() {
        return Memory.getAndAdd(control + Control.TICKETS, 1) + 1;
    }

    @SuppressWarnings("ThreadPriorityCheck") // Why: yielding only saves time.
    private static void giveWay() {
        Thread.yield();
    }

    /** Waits for the token; false if the time is over first. */
    boolean acquire(long ticket, long deadlineNanos) {
        int request = -1;
        for (int spins = 0; ; spins++) {
            if (request < 0) {
                request = ask(ticket);
            }
            if (request >= 0
                    && (Memory.getAcquire(control + Control.TOKEN) == 0 || !EXCLUSIVE)
                    && isOldest(ticket)
                    && (Memory.compareAndSet(control + Control.TOKEN, 0, ticket) || !EXCLUSIVE)) {
                withdraw(request);
                return true;
            }
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else if (deadlineNanos - System.nanoTime() <= 0) {
                if (request >= 0) {
                    withdraw(request);
                    wakeOldest();
                }
                return false;
            } else {
                park(request);
            }
        }
    }

    private void park(int request) {
        if (request >= 0) {
            parked.set(request, Thread.currentThread());
        }
        if (Memory.getVolatile(control + Control.TOKEN) != 0) {
            LockSupport.parkNanos(this, PARK_NANOS);
        } else {
            giveWay();
        }
    }

    private int ask(long ticket) {
        for (int request = 0; request < Control.REQUEST_COUNT; request++) {
            if (Memory.getOpaque(word(request)) == 0
                    && Memory.compareAndSet(word(request), 0, ticket)) {
                return request;
            }
        }
        return -1;
    }

    private void withdraw(int request) {
        parked.set(request, null);
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

    /** Gives the token back. */
    void release() {
        Memory.setVolatile(control + Control.TOKEN, 0);
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
            LockSupport.unpark(parked.get(oldest));
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
}
