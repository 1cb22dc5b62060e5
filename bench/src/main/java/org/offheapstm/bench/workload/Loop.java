package org.offheapstm.bench.workload;

/** What one thread does in a workload, over and over, each time from where it left off. */
public abstract class Loop {
    /**
     * Does the operation this many times.
     *
     * @return a number that depends on everything that was read, so that no read can be optimised
     *     away
     */
    public abstract long run(int operations);
}
