package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.offheapstm.explore.Story.hold;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.offheapstm.AbortCause;
import org.offheapstm.Merge;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.internal.memory.Seam;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Goal: opacity under real concurrency; the sum of all accounts is the same inside every
 * transaction, also in those that will be aborted, and aborts happen at every step. Method: threads
 * at full speed, transfers in several ways, sums in two; a forced abort every few steps.
 */
final class BankTest {
    private static final int ACCOUNTS = 12;
    private static final long START = 1000;
    private static final int THREADS = 3;

    @AfterEach
    void stopAborts() {
        Seam.forceAborts(null);
    }

    @Test
    void sumIsTheSameInsideEveryTransaction() throws Exception {
        run(TimeUnit.MILLISECONDS.toNanos(1500), 0);
    }

    @Test
    void sumIsTheSameWithAbortsAtEveryStep() throws Exception {
        run(TimeUnit.MILLISECONDS.toNanos(1500), 16);
    }

    @Tag("stress")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    @Test
    void sumIsTheSameForLong() throws Exception {
        run(TimeUnit.SECONDS.toNanos(60), 0);
        run(TimeUnit.SECONDS.toNanos(60), 2);
        run(TimeUnit.SECONDS.toNanos(60), 64);
    }

    private static void run(long nanos, int aborts)
            throws InterruptedException, ExecutionException {
        try (Stm stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(8L << 20))) {
            Cells accounts = Cells.make(stm, ACCOUNTS);
            stm.atomic(tx -> {
                for (int i = 0; i < ACCOUNTS; i++) {
                    accounts.set(tx, i, START);
                }
            });
            if (aborts != 0) {
                Seam.forceAborts(step -> ThreadLocalRandom.current().nextInt(aborts) == 0);
            }
            long end = System.nanoTime() + nanos;
            List<Future<?>> running = new ArrayList<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
                for (int i = 0; i < THREADS; i++) {
                    running.add(threads.submit(() -> {
                        while (System.nanoTime() < end) {
                            step(stm, accounts, ThreadLocalRandom.current());
                        }
                    }));
                }
            }
            for (Future<?> each : running) {
                each.get();
            }
            Seam.forceAborts(null);
            stm.readOnly(tx -> holdSum(accounts, tx));
            long forced = stm.statistics().aborts().get(AbortCause.FORCED);
            assertEquals(aborts != 0, forced > 0);
            assertTrue(stm.statistics().commits() > 100, () -> stm.statistics().toString());
        }
    }

    private static void step(Stm stm, Cells accounts, ThreadLocalRandom random) {
        int from = random.nextInt(ACCOUNTS);
        int to = random.nextInt(ACCOUNTS);
        switch (random.nextInt(6)) {
            case 0 -> stm.readOnly(tx -> holdSum(accounts, tx));
            case 1 ->
                stm.atomic(tx -> {
                    accounts.add(tx, from, -1);
                    accounts.add(tx, to, 1);
                    holdSum(accounts, tx);
                });
            case 2 ->
                stm.atomic(tx -> {
                    merge(accounts, tx, from, -1);
                    merge(accounts, tx, to, 1);
                });
            case 3 ->
                stm.atomic(tx -> {
                    accounts.add(tx, from, -1);
                    replace(accounts, tx, to);
                });
            default ->
                stm.atomic(tx -> {
                    accounts.add(tx, from, -1);
                    accounts.add(tx, to, 1);
                });
        }
    }

    /** Adds one in a new object, which is freed again: its place will be used by another. */
    private static void replace(Cells accounts, Transaction tx, int to) {
        long copy = tx.allocate(Cells.CELL);
        tx.setLong(Cells.CELL, copy, 0, accounts.get(tx, to) + 1);
        accounts.set(tx, to, tx.getLong(Cells.CELL, copy, 0));
        tx.free(Cells.CELL, copy);
    }

    private static void merge(Cells accounts, Transaction tx, int cell, long delta) {
        tx.merge(Cells.CELL, accounts.refs()[cell], 0, Merge.ADD_LONG, delta);
    }

    private static void holdSum(Cells accounts, Transaction tx) {
        long sum = 0;
        for (int i = 0; i < ACCOUNTS; i++) {
            sum += accounts.get(tx, i);
        }
        hold(sum == ACCOUNTS * START, "sum inside a transaction: " + sum);
    }
}
