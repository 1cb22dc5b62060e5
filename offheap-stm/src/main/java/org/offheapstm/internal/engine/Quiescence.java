package org.offheapstm.internal.engine;

import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.ProcessBarrier;

/**
 * The attempts that were running at one instant, and whether all of them have ended since: then
 * nobody holds what was taken away before that instant.
 *
 * <p>Each attempt stores its number in its slot, odd at begin and even at end, without a fence.
 * Whoever takes something away does so, issues a barrier on all threads of the process, and then
 * looks: an attempt that is not seen as running has its announcement still to come, thus all its
 * loads too, and they find the thing gone.
 *
 * <p>So the thing must be gone <em>before</em> the look: closing sets {@code closed}, by which
 * every attempt is refused at its begin; {@link Spans} takes the entry out of the run table, by
 * which every access to the array is. Something that later attempts still find, such as a header
 * that says FREED, is not taken away, and a grace period says nothing about who looks at it.
 */
final class Quiescence {
    private final long control;
    private final long[] numbers;
    private int next = 1;

    private Quiescence(long control, long[] numbers) {
        this.control = control;
        this.numbers = numbers;
    }

    /** Notes who runs now. */
    static Quiescence of(Engine engine) {
        return of(engine, 0);
    }

    /**
     * Notes who runs now.
     *
     * @param but the slot of an attempt of this thread that is not waited for; 0 for none
     */
    static Quiescence of(Engine engine, int but) {
        ProcessBarrier.issue();
        long control = engine.control.address();
        long[] numbers = new long[engine.slotsInUse() + 1];
        for (int slot = 1; slot < numbers.length; slot++) {
            numbers[slot] = slot == but ? 0 : Memory.getAcquire(control + Control.slot(slot));
        }
        return new Quiescence(control, numbers);
    }

    /** Whether all of them have ended. */
    boolean isReached() {
        while (next < numbers.length && isReached(next)) {
            next++;
        }
        return next >= numbers.length;
    }

    /** Whether no attempt ran in a slot when it was looked at, or it has ended since. */
    boolean isReached(int slot) {
        return slot >= numbers.length
                || (numbers[slot] & 1) == 0
                || Memory.getAcquire(control + Control.slot(slot)) != numbers[slot];
    }

    /**
     * Waits, however long their user code takes; an interrupt is kept for the caller.
     *
     * @param meanwhile what to do, again and again, before the next look
     */
    void await(Runnable meanwhile) {
        Standstill.awaitUntil(
                () -> {
                    meanwhile.run();
                    return isReached();
                },
                Long.MAX_VALUE);
    }
}
