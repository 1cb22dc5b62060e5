package org.offheapstm.bench.child;

import com.sun.management.ThreadMXBean;

import org.offheapstm.bench.contender.Contender;
import org.offheapstm.bench.workload.Loop;
import org.offheapstm.bench.workload.Stage;
import org.offheapstm.bench.workload.Workload;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The process of one side: opens one workload for one contender, then runs a slice whenever a line
 * on its input asks for it ({@code threads millis}), answers with a line, and waits for the next.
 * Between slices it does nothing.
 *
 * <p>The threads of a slice start together, each measures the time and the bytes of its own loop,
 * and the first {@link #SETTLING_NANOS} of each are thrown away: they belong to the caches that the
 * other side has left behind.
 */
final class Worker {
    private static final long SETTLING_NANOS = 2_000_000;
    private static final int MOST_THREADS = 2;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final List<ExecutorService> threads = new ArrayList<>();
    private final List<Loop> loops = new ArrayList<>();
    private final int batch;
    private volatile long seen;

    private Worker(Workload workload, Stage stage) throws ExecutionException, InterruptedException {
        batch = workload.batch();
        for (int i = 0; i < MOST_THREADS; i++) {
            int thread = i;
            ExecutorService executor = Executors.newSingleThreadExecutor(Worker::daemon);
            threads.add(executor);
            loops.add(executor.submit(() -> stage.loop(thread)).get());
        }
    }

    private static Thread daemon(Runnable body) {
        Thread thread = new Thread(body, "bench");
        thread.setDaemon(true);
        return thread;
    }

    public static void main(String[] arguments) throws Exception {
        Workload workload = Workload.named(arguments[0]).orElseThrow();
        Contender contender = Contender.named(arguments[1]).orElseThrow();
        try (Stage stage = workload.open(contender)) {
            new Worker(workload, stage).serve();
        }
    }

    private void serve() throws IOException, ExecutionException, InterruptedException {
        BufferedReader requests =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            String[] fields = line.split(" ");
            System.out.println(slice(Integer.parseInt(fields[0]), Integer.parseInt(fields[1]))
                    .asLine());
        }
    }

    private Slice slice(int count, int millis) throws ExecutionException, InterruptedException {
        AtomicInteger absent = new AtomicInteger(count);
        List<Future<Part>> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Loop loop = loops.get(i);
            parts.add(threads.get(i).submit(() -> part(loop, absent, millis * 1_000_000L)));
        }
        double operationsPerNano = 0;
        long operations = 0;
        long bytes = 0;
        for (Future<Part> future : parts) {
            Part part = future.get();
            operationsPerNano += (double) part.operations / part.nanos;
            operations += part.operations;
            bytes += part.bytes;
        }
        return new Slice(1 / operationsPerNano, operations, bytes);
    }

    /** One thread's part of a slice. */
    private record Part(long operations, long nanos, long bytes) {}

    private Part part(Loop loop, AtomicInteger absent, long nanos) {
        absent.decrementAndGet();
        while (absent.get() > 0) {
            Thread.onSpinWait();
        }
        work(loop, SETTLING_NANOS);
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long from = System.nanoTime();
        long operations = work(loop, nanos);
        long to = System.nanoTime();
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - bytes;
        return new Part(operations, to - from, allocated);
    }

    /** Runs batches for so long; returns how many operations that made. */
    private long work(Loop loop, long nanos) {
        long end = System.nanoTime() + nanos;
        long operations = 0;
        long sum = 0;
        do {
            sum += loop.run(batch);
            operations += batch;
        } while (System.nanoTime() - end < 0);
        seen = sum;
        return operations;
    }
}
