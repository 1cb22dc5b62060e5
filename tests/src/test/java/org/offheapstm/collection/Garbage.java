package org.offheapstm.collection;

import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;

/** How much a piece of code allocates on the Java heap. */
final class Garbage {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int ROUNDS = 20;

    private Garbage() {}

    /** Bytes of the best of some rounds; the first ones warm up and let the compiler finish. */
    static long ofSteadyState(Runnable round) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            round.run();
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }
}
