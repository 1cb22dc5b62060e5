package org.offheapstm.explore;

import org.offheapstm.internal.memory.Seam;

import java.util.List;
import java.util.function.Supplier;

/**
 * One run of a scenario: what each thread does, what must hold when all have ended, and which
 * aborts are forced.
 */
record Story(List<Runnable> threads, Runnable afterwards, Seam.Aborts aborts) {
    Story(List<Runnable> threads, Runnable afterwards) {
        this(threads, afterwards, null);
    }

    /** What must hold, inside a transaction or after all. */
    static void hold(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /** As above, with what is dear to say. */
    static void hold(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }

    static void repeat(int times, Runnable action) {
        for (int i = 0; i < times; i++) {
            action.run();
        }
    }
}
