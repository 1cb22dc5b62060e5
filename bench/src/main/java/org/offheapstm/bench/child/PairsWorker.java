package org.offheapstm.bench.child;

import org.HdrHistogram.Histogram;
import org.offheapstm.bench.contender.Contender;
import org.offheapstm.bench.workload.Loop;
import org.offheapstm.bench.workload.ReversePairs;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The process that measures {@link ReversePairs} for one contender: two threads, each of which
 * times every operation from the end of the one before; then the control, in which the same threads
 * spin for as long as an operation usually took, share nothing, and time themselves in the same
 * way. What the control's tail shows, the machine's scheduler does by itself.
 */
final class PairsWorker {
    private static final int WARMUP_MILLIS = 2_000;
    private static final long LONGEST_NANOS = 100_000_000_000L;
    private static final int DIGITS = 3;

    private PairsWorker() {}

    /**
     * Arguments: contender, and for how many milliseconds to measure. Answers with two lines: pairs
     * and control.
     */
    public static void main(String[] arguments) throws ExecutionException, InterruptedException {
        Contender contender = Contender.named(arguments[0]).orElseThrow();
        int millis = Integer.parseInt(arguments[1]);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (ReversePairs pairs = new ReversePairs(contender)) {
            measure(threads, pairs.loops(), WARMUP_MILLIS);
            Pairs measured = measure(threads, pairs.loops(), millis);
            System.out.println(measured.asLine());

            List<Loop> control = ReversePairs.control(measured.percentileNanos("p50"));
            measure(threads, control, WARMUP_MILLIS);
            System.out.println(measure(threads, control, millis).asLine());
        } finally {
            threads.shutdown();
        }
    }

    private static Pairs measure(ExecutorService threads, List<Loop> loops, int millis)
            throws ExecutionException, InterruptedException {
        AtomicInteger absent = new AtomicInteger(loops.size());
        List<Future<Histogram>> parts = new ArrayList<>();
        for (Loop loop : loops) {
            parts.add(threads.submit(() -> {
                absent.decrementAndGet();
                while (absent.get() > 0) {
                    Thread.onSpinWait();
                }
                return latencies(loop, millis * 1_000_000L);
            }));
        }
        return Pairs.of(parts.get(0).get(), parts.get(1).get());
    }

    private static Histogram latencies(Loop loop, long nanos) {
        Histogram latencies = new Histogram(LONGEST_NANOS, DIGITS);
        long before = System.nanoTime();
        long end = before + nanos;
        do {
            loop.run(1);
            long now = System.nanoTime();
            latencies.recordValue(now - before);
            before = now;
        } while (before - end < 0);
        return latencies;
    }
}
