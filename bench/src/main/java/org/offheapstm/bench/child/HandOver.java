package org.offheapstm.bench.child;

import org.offheapstm.bench.report.Samples;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.DoubleStream;

/**
 * How long a cache line takes from one core to the other: two threads in turn add 1 to one word.
 * Each waits by reading it, without a pause instruction, which takes as long as a hand-over.
 *
 * <p>The least over short batches: in others a thread may have lost its core, or both shared one.
 */
public final class HandOver {
    private static final int HANDED = 500;
    private static final long NANOS = 300_000_000;
    private static final long OVER = -1;

    private HandOver() {}

    /** Nanoseconds one way, by two threads of these. */
    public static double nanos(ExecutorService threads)
            throws ExecutionException, InterruptedException {
        AtomicLong word = new AtomicLong();
        Future<Double> leader = threads.submit(() -> lead(word));
        Future<?> follower = threads.submit(() -> follow(word));
        follower.get();
        return leader.get();
    }

    /** Makes even words odd. */
    private static double lead(AtomicLong word) {
        DoubleStream.Builder batches = DoubleStream.builder();
        long before = System.nanoTime();
        long end = before + NANOS;
        long turn = 0;
        do {
            for (int i = 0; i < HANDED; i += 2) {
                word.set(turn + 1);
                turn += 2;
                while (word.get() != turn) {}
            }
            long now = System.nanoTime();
            batches.add((double) (now - before) / HANDED);
            before = now;
        } while (before - end < 0);
        word.set(OVER);
        return new Samples(batches.build().toArray()).least();
    }

    /** Makes odd words even, until it is over. */
    private static void follow(AtomicLong word) {
        for (long turn = 1; ; turn += 2) {
            long now = word.get();
            while (now != turn) {
                if (now == OVER) {
                    return;
                }
                now = word.get();
            }
            word.set(turn + 1);
        }
    }
}
