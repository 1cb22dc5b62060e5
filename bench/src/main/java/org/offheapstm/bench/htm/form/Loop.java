package org.offheapstm.bench.htm.form;

/** One thread's way to do a kernel again and again. */
interface Loop {
    /**
     * What it came to.
     *
     * @param done operations that were done; those that found a difference, or were given up, not
     * @param counts how this thread's attempts ended, if it is known of a thread
     */
    record Tally(long done, long nanos, Counts counts) {}

    /**
     * Does operations until there are so many or the word says stop, which is looked at every 64.
     *
     * @param seed of the choices, not 0
     */
    Tally run(Job job, long seed, long operations, Stop stop);
}
