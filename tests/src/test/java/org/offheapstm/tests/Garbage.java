package org.offheapstm.tests;

import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;

/** How much a piece of code allocates on the Java heap. */
public final class Garbage {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int ROUNDS = 20;

    private Garbage() {}

    /**
     * Bytes of the best of some rounds; the first ones warm up and let the compiler finish.
     *
     * @param round what to do in a round: some thousand operations
     * @return the bytes
     */
    public static long ofSteadyState(Runnable round) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS && least > 0; i++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            round.run();
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }
}
