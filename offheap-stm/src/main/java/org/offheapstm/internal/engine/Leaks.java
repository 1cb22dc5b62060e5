package org.offheapstm.internal.engine;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;

/**
 * What a user has opened and let go of without closing it: the garbage collector finds it, it is
 * logged with the place where it was opened, and closed.
 */
final class Leaks {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final Logger LOGGER = System.getLogger("org.offheapstm");

    private Leaks() {}

    /**
     * Waits until nobody can reach it.
     *
     * @param opened what its user should close
     * @param remains what to do then, and nothing if it was closed; must not refer to it
     * @return to be cleaned once it was closed
     */
    static Cleaner.Cleanable watch(Object opened, Runnable remains) {
        return CLEANER.register(opened, remains);
    }

    /**
     * Says that something was leaked.
     *
     * @param what it is
     * @param opening where it was opened
     */
    static void report(String what, Engine engine, Throwable opening) {
        LOGGER.log(
                Level.WARNING,
                what + " leaked: name=" + engine.options.name()
                        + "; close it, best by try-with-resources",
                opening);
    }
}
