package org.offheapstm.internal.engine;

import org.offheapstm.internal.memory.Seam;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A gate at the begin of every attempt: shut for good when the engine is closed, and for a moment
 * when somebody must look at what belongs to slots while nobody uses them.
 *
 * <p>An attempt announces itself in its slot and then looks at the gate; whoever shuts it issues a
 * barrier on all threads and then looks at the slots ({@link Quiescence}). So an attempt that is
 * not seen running finds the gate shut, steps back, and waits. What the one who has shut it writes
 * into the Java fields of a slot happens before its next attempt, by {@link #barred}.
 *
 * <p>While the gate is shut one must not wait for attempts without a limit: the body of one may
 * wait for another that stands at the gate.
 */
final class Standstill {
    private static final long POLL_NANOS = 20_000;

    /** Read at each begin: whether to ask any further. */
    private volatile boolean barred;

    /** Both under the monitor. */
    private boolean closed;

    private boolean shut;

    /** Whether somebody may shut the gate; one at a time. */
    private final AtomicBoolean taken = new AtomicBoolean();

    // ---- for attempts

    boolean isBarred() {
        return barred;
    }

    /** Waits until the gate is open; false if it never will be. */
    boolean awaitEnd() {
        awaitUntil(() -> !isShut(), Long.MAX_VALUE);
        return !isClosed();
    }

    private synchronized boolean isShut() {
        return shut;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    // ---- for those who shut it

    /** Shuts it for good. */
    synchronized void close() {
        closed = true;
        barred = true;
    }

    /** Waits for the right to shut the gate; to be taken outside of attempts. */
    void take() {
        awaitUntil(() -> taken.compareAndSet(false, true), Long.MAX_VALUE);
    }

    /** As {@link #take}, if nobody has it. */
    boolean tryTake() {
        return taken.compareAndSet(false, true);
    }

    /** Gives the right back. */
    void release() {
        taken.set(false);
    }

    /**
     * Shuts the gate, looks, and opens it again; the caller has {@link #take taken} it, and runs in
     * an attempt, or the region could be unmapped meanwhile.
     *
     * @param own the caller's attempt, which is not counted among those that run
     * @param look what to do; told who ran when the gate was shut
     */
    void run(Attempt own, Consumer<Quiescence> look) {
        shut(true);
        try {
            look.accept(Quiescence.of(own.engine, own.slot));
        } finally {
            shut(false);
        }
    }

    private synchronized void shut(boolean now) {
        shut = now;
        barred = shut || closed;
    }

    /** Waits until it is so, or the time is over; an interrupt is kept for the caller. */
    static boolean awaitUntil(BooleanSupplier isSo, long nanos) {
        long start = System.nanoTime();
        boolean interrupted = false;
        boolean is = isSo.getAsBoolean();
        while (!is && System.nanoTime() - start < nanos) {
            if (Seam.parks()) {
                LockSupport.parkNanos(POLL_NANOS);
            }
            interrupted |= Thread.interrupted();
            is = isSo.getAsBoolean();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return is;
    }
}
