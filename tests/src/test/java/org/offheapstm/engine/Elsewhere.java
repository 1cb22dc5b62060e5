package org.offheapstm.engine;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A second thread that does what it is told, one thing after the other: the other hand. */
public final class Elsewhere implements AutoCloseable {
    /** Longer than any step takes on a loaded machine. */
    private static final int PATIENCE_SECONDS = 60;

    private final ExecutorService thread;

    /**
     * A thread of its own.
     *
     * @param name what messages call it
     */
    public Elsewhere(String name) {
        thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
    }

    /** What can be done elsewhere. */
    @FunctionalInterface
    public interface Step {
        /**
         * Does it.
         *
         * @throws Exception if it fails
         */
        void run() throws Exception;
    }

    /**
     * Does it and waits for the end; what it throws is thrown here.
     *
     * @param step what to do
     */
    public void run(Step step) {
        await(start(step));
    }

    /**
     * Does it and waits for the result.
     *
     * @param step what to do
     * @param <T> the result
     * @return the result
     */
    public <T> T get(Callable<T> step) {
        return await(thread.submit(step));
    }

    /**
     * Starts it.
     *
     * @param step what to do
     * @return its end
     */
    public Future<Void> start(Step step) {
        return thread.submit(() -> {
            step.run();
            return null;
        });
    }

    /**
     * Waits for an end; what was thrown there is thrown here.
     *
     * @param future the end
     * @param <T> the result
     * @return the result
     */
    public static <T> T await(Future<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw Elsewhere.<RuntimeException>sneak(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("a step did not end: " + e, e);
        }
    }

    /**
     * Waits for a signal.
     *
     * @param signal what will be completed
     */
    public static void await(CompletableFuture<?> signal) {
        await((Future<?>) signal);
    }

    /**
     * Waits for a latch.
     *
     * @param latch what others will count down
     */
    public static void await(CountDownLatch latch) {
        try {
            if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody came: " + latch);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting: " + latch, e);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X sneak(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
