package org.offheapstm.collection;

import org.offheapstm.AbortCause;
import org.offheapstm.Stm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.IntConsumer;

/** Two threads that start at one moment. */
final class Pair {
    static final int THREADS = 2;

    private Pair() {}

    /** Runs a body on both, told which it is, and throws what one of them threw. */
    static void run(IntConsumer body) throws InterruptedException {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (int each = 0; each < THREADS; each++) {
            int which = each;
            FutureTask<Void> task = new FutureTask<>(() -> {
                start.await();
                body.accept(which);
                return null;
            });
            tasks.add(task);
            Thread.ofPlatform().name("pair-" + which).start(task);
        }
        for (FutureTask<Void> task : tasks) {
            try {
                task.get();
            } catch (ExecutionException failure) {
                throw new AssertionError("one of two threads failed", failure.getCause());
            }
        }
    }

    /**
     * Attempts lost to another's write. Those lost to a lock are left out: a thread that loses its
     * processor inside a commit holds its locks meanwhile, on a busy machine for long.
     */
    static long overwritten(Stm stm) {
        Map<AbortCause, Long> aborts = stm.statistics().aborts();
        return aborts.get(AbortCause.READ_CONFLICT) + aborts.get(AbortCause.WRITE_CONFLICT);
    }
}
