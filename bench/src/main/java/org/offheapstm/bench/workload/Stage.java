package org.offheapstm.bench.workload;

/** One contender's data for one workload, shared by the threads that run it. */
public interface Stage extends AutoCloseable {
    /**
     * What the thread with this number does. Called once by each thread, which then keeps the loop
     * to itself.
     *
     * @param thread 0 for the first thread, 1 for the second
     */
    Loop loop(int thread);

    @Override
    void close();
}
