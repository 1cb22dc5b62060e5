package org.offheapstm.internal.engine;

import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.ProcessBarrier;

import java.util.concurrent.locks.LockSupport;

/**
 * The attempts that were running at one instant, and whether all of them have ended since: then
 * nobody holds what was taken away before that instant.
 *
 * <p>Each attempt stores its number in its slot, odd at begin and even at end, without a fence.
 * Whoever takes something away (closes the engine, unlinks memory) does so, issues a barrier on all
 * threads of the process, and then looks: an attempt that is not seen as running has its
 * announcement still to come, thus all its loads too, and they find the thing gone.
 */
final class Quiescence {
    private static final long POLL_NANOS = 50_000;

    private final long control;
    private final long[] numbers;
    private int next = 1;

    private Quiescence(long control, long[] numbers) {
        this.control = control;
        this.numbers = numbers;
    }

    /** Notes who runs now. */
    static Quiescence of(Engine engine) {
        ProcessBarrier.issue();
        long control = engine.control.address();
        long[] numbers = new long[engine.slotsInUse() + 1];
        for (int slot = 1; slot < numbers.length; slot++) {
            numbers[slot] = Memory.getAcquire(control + Control.slot(slot));
        }
        return new Quiescence(control, numbers);
    }

    /** Whether all of them have ended. */
    boolean isReached() {
        while (next < numbers.length) {
            boolean running = (numbers[next] & 1) != 0;
            if (running && Memory.getAcquire(control + Control.slot(next)) == numbers[next]) {
                return false;
            }
            next++;
        }
        return true;
    }

    /** Waits, however long their user code takes; an interrupt is kept for the caller. */
    void await() {
        boolean interrupted = false;
        while (!isReached()) {
            LockSupport.parkNanos(POLL_NANOS);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
