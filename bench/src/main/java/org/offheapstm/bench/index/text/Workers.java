package org.offheapstm.bench.index.text;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * Threads that share the numbers from 0 to a count: each takes the next one that nobody has taken.
 * All parallel parts of the job, of every indexer, run through here, so that none is better served.
 */
public final class Workers {
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final int count;

    private Workers(int count) {
        this.count = count;
    }

    /**
     * Runs a body for each number below a count, and returns when all have ended.
     *
     * @param threads how many platform threads to start; with 1 there is also one apart
     * @param count the numbers are 0 to {@code count - 1}
     * @param bodies called once by each thread, for a body that may keep state of its own
     * @throws RuntimeException or an error, the first that a body threw; the other threads then
     *     take no further number, and what they threw is suppressed
     */
    public static void run(int threads, int count, Supplier<IntConsumer> bodies) {
        new Workers(count).run(threads, bodies);
    }

    private void run(int threads, Supplier<IntConsumer> bodies) {
        List<Thread> started = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            started.add(Thread.ofPlatform().name("index-worker-", i).start(() -> work(bodies)));
        }
        boolean interrupted = false;
        for (Thread thread : started) {
            interrupted |= !join(thread);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        switch (failure.get()) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new AssertionError("a body cannot throw checked", e);
        }
    }

    private void work(Supplier<IntConsumer> bodies) {
        try {
            IntConsumer body = bodies.get();
            for (int number; failure.get() == null && (number = next.getAndIncrement()) < count; ) {
                body.accept(number);
            }
        } catch (Throwable e) {
            if (!failure.compareAndSet(null, e) && failure.get() != e) {
                failure.get().addSuppressed(e);
            }
        }
    }

    /**
     * Waits for a thread; false if this one was interrupted meanwhile, which ends the work early.
     */
    private boolean join(Thread thread) {
        boolean undisturbed = true;
        while (true) {
            try {
                thread.join();
                return undisturbed;
            } catch (InterruptedException e) {
                undisturbed = false;
                failure.compareAndSet(null, new IllegalStateException("job interrupted", e));
            }
        }
    }
}
