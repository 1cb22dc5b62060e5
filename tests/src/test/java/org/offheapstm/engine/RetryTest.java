package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.AbortCause;
import org.offheapstm.AtomicBlock;
import org.offheapstm.MisuseException;
import org.offheapstm.StmClosedException;
import org.offheapstm.Transaction;
import org.offheapstm.TransactionAbortedException;
import org.offheapstm.TransactionInterruptedException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Goal: retry blocks until something read has changed, and for nothing else; everything that can
 * end the wait does. Method: a waiting block's rollback action runs when the block is registered
 * already, so a test that has seen it may change, interrupt or close at once. A permit per start of
 * the body counts the wake-ups.
 */
final class RetryTest extends EngineTest {
    /** A permit each time a block is about to wait. */
    private final Semaphore waits = new Semaphore(0);

    private final AtomicInteger starts = new AtomicInteger();

    private void awaitWaiting() {
        try {
            assertTrue(waits.tryAcquire(60, TimeUnit.SECONDS), "nobody waits");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void starting(Transaction tx) {
        starts.incrementAndGet();
        tx.afterRollback(waits::release);
    }

    /** A block, elsewhere, that waits until a cell is not 0, and returns its value. */
    private Future<Void> waitFor(long cell, long result) {
        return third.start(() -> stm.atomic(tx -> {
            starting(tx);
            if (tx.getLong(CELL, cell, 0) == 0) {
                throw tx.retry();
            }
            tx.setLong(CELL, result, 0, tx.getLong(CELL, cell, 0));
        }));
    }

    @Test
    void waiterWakesWhenWhatItReadChanges() {
        long a = cell(0);
        long b = cell(0);
        Future<Void> waiter = waitFor(a, b);
        awaitWaiting();
        set(a, 7);
        Elsewhere.await(waiter);
        assertEquals(7, get(b));
        assertEquals(2, starts.get());
        assertEquals(1, aborts(AbortCause.RETRY));
    }

    @Test
    void waiterDoesNotWakeForWhatItHasNotRead() {
        long a = cell(0);
        long b = cell(0);
        List<Long> unread = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            unread.add(cell(0));
        }
        Future<Void> waiter = waitFor(a, b);
        awaitWaiting();
        unread.forEach(each -> set(each, 1));
        set(a, 1);
        Elsewhere.await(waiter);
        assertEquals(2, starts.get(), "woken for something else");
    }

    @Test
    void waiterDoesNotWakeForARollback() {
        long a = cell(0);
        long b = cell(0);
        Future<Void> waiter = waitFor(a, b);
        awaitWaiting();
        assertThrows(
                IllegalStateException.class,
                () -> stm.atomic(tx -> {
                    tx.setLong(CELL, a, 0, 1);
                    throw new IllegalStateException("undo");
                }));
        set(a, 2);
        Elsewhere.await(waiter);
        assertEquals(2, get(b));
        assertEquals(2, starts.get());
    }

    @Test
    void waiterWaitsAgainIfTheChangeIsNotTheOneItWants() {
        long a = cell(0);
        long b = cell(0);
        Future<Void> waiter = third.start(() -> stm.atomic(tx -> {
            starting(tx);
            if (tx.getLong(CELL, a, 0) < 3) {
                throw tx.retry();
            }
            tx.setLong(CELL, b, 0, 1);
        }));
        for (int value = 1; value <= 3; value++) {
            awaitWaiting();
            assertFalse(waiter.isDone());
            set(a, value);
        }
        Elsewhere.await(waiter);
        assertEquals(4, starts.get());
    }

    @Test
    void mergeWakesToo() {
        long a = cell(0);
        long b = cell(0);
        Future<Void> waiter = waitFor(a, b);
        awaitWaiting();
        stm.atomic(tx -> tx.addLong(CELL, a, 0, 4));
        Elsewhere.await(waiter);
        assertEquals(4, get(b));
    }

    @Test
    void freeWakesToo() {
        long a = cell(0);
        Future<Void> waiter = third.start(() -> stm.atomic(tx -> {
            starting(tx);
            if (tx.exists(CELL, a)) {
                throw tx.retry();
            }
        }));
        awaitWaiting();
        stm.atomic(tx -> tx.free(CELL, a));
        Elsewhere.await(waiter);
        assertEquals(2, starts.get());
    }

    @Test
    void waiterThatHasOnlyWrittenWakesForAChangeOfThat() {
        long a = cell(0);
        Future<Void> waiter = third.start(() -> stm.atomic(tx -> {
            starting(tx);
            tx.setLong(CELL, a, 0, 5);
            if (tx.attempt() == 1) {
                throw tx.retry();
            }
        }));
        awaitWaiting();
        set(a, 1);
        Elsewhere.await(waiter);
        assertEquals(5, get(a));
    }

    @Test
    void changeBetweenTheReadAndTheWaitIsNotMissed() {
        long a = cell(0);
        List<Integer> attempts = new ArrayList<>();
        stm.atomic(tx -> {
            attempts.add(tx.attempt());
            if (tx.getLong(CELL, a, 0) == 0) {
                setElsewhere(a, 1);
                throw tx.retry();
            }
        });
        assertEquals(List.of(1, 2), attempts);
    }

    @Test
    void readOnlyBlockWaitsToo() {
        long a = cell(0);
        third.run(() -> get(a)); // or the first read would be too new
        Future<Void> waiter = third.start(() -> stm.readOnly(tx -> {
            starting(tx);
            if (tx.getLong(CELL, a, 0) == 0) {
                throw tx.retry();
            }
        }));
        awaitWaiting(); // runs once more, to keep a read set
        awaitWaiting();
        assertFalse(waiter.isDone());
        set(a, 1);
        Elsewhere.await(waiter);
        assertEquals(3, starts.get());
    }

    @Test
    void retryWithNothingReadIsRefused() {
        MisuseException refused = assertThrows(
                MisuseException.class,
                () -> stm.atomic(AtomicBlock.named("deaf"), tx -> {
                    throw tx.retry();
                }));
        assertTrue(refused.getMessage().contains("block=deaf"), refused.getMessage());
        MisuseException readOnly = assertThrows(
                MisuseException.class,
                () -> stm.readOnly(tx -> {
                    throw tx.retry();
                }));
        assertTrue(readOnly.getMessage().contains("nothing was read"), readOnly.getMessage());
    }

    @Test
    void retryUndoesWhatTheAttemptDid() {
        long a = cell(0);
        long b = cell(0);
        long[] made = new long[1];
        Future<Void> waiter = third.start(() -> stm.atomic(tx -> {
            starting(tx);
            tx.setLong(CELL, b, 0, 9);
            made[0] = tx.allocate(CELL);
            if (tx.getLong(CELL, a, 0) == 0) {
                throw tx.retry();
            }
            tx.setLong(CELL, b, 0, 1);
        }));
        awaitWaiting();
        assertEquals(0, get(b));
        assertFalse(exists(CELL, made[0]));
        set(a, 1);
        Elsewhere.await(waiter);
        assertEquals(1, get(b));
    }

    // ---- orElse

    @Test
    void orElseTakesTheFirstThatDoesNotRetry() {
        long a = cell(0);
        long b = cell(1);
        assertEquals("second", firstFull(a, b));
        set(a, 1);
        assertEquals("first", firstFull(a, b));
        assertEquals(0, aborts(AbortCause.RETRY));
    }

    private String firstFull(long a, long b) {
        return stm.atomicGet(tx -> orElse(tx, a, b));
    }

    private static String orElse(Transaction tx, long a, long b) {
        return tx.orElse(inner -> full(inner, a, "first"), inner -> full(inner, b, "second"));
    }

    private static String full(Transaction tx, long cell, String name) {
        long value = tx.getLong(CELL, cell, 0);
        tx.setLong(CELL, cell, 0, value + 100);
        if (value == 0) {
            throw tx.retry();
        }
        return name;
    }

    @Test
    void firstAlternativeIsUndoneBeforeTheSecond() {
        long a = cell(0);
        long b = cell(1);
        long[] made = new long[1];
        stm.atomic(tx -> {
            tx.setLong(CELL, a, 0, 5);
            tx.orElse(
                    first -> {
                        first.setLong(CELL, a, 0, 6);
                        first.addLong(CELL, b, 0, 6);
                        made[0] = first.allocate(CELL);
                        throw first.retry();
                    },
                    second -> {
                        assertEquals(5, second.getLong(CELL, a, 0));
                        assertEquals(1, second.getLong(CELL, b, 0));
                        assertFalse(second.exists(CELL, made[0]));
                        second.setLong(CELL, b, 0, 7);
                        return null;
                    });
        });
        assertEquals(5, get(a));
        assertEquals(7, get(b));
    }

    @Test
    void whatTheFirstAlternativeReadStillCounts() {
        long a = cell(0);
        long b = cell(0);
        stm.atomic(tx -> tx.orElse(
                first -> {
                    if (first.getLong(CELL, a, 0) == 0) {
                        throw first.retry();
                    }
                    return null;
                },
                second -> {
                    if (second.attempt() == 1) {
                        setElsewhere(a, 1);
                    }
                    second.setLong(CELL, b, 0, 1);
                    return null;
                }));
        assertEquals(0, get(b), "took the second alternative although the first was open");
        assertEquals(1, aborts(AbortCause.READ_CONFLICT));
    }

    @Test
    void waiterOfBothAlternativesWakesForEither() {
        for (int which = 0; which < 2; which++) {
            long a = cell(0);
            long b = cell(0);
            AtomicReference<String> taken = new AtomicReference<>();
            Future<Void> waiter = third.start(() -> taken.set(stm.atomicGet(tx -> {
                starting(tx);
                return orElse(tx, a, b);
            })));
            awaitWaiting();
            set(which == 0 ? a : b, 1);
            Elsewhere.await(waiter);
            assertEquals(which == 0 ? "first" : "second", taken.get());
        }
        assertEquals(4, starts.get());
    }

    @Test
    void threeAlternativesNest() {
        long a = cell(0);
        long b = cell(0);
        long c = cell(1);
        String taken = stm.atomicGet(tx -> tx.<String, RuntimeException>orElse(
                first -> orElse(first, a, b), second -> full(second, c, "third")));
        assertEquals("third", taken);
        assertEquals(List.of(0L, 0L, 101L), List.of(get(a), get(b), get(c)));
    }

    @Test
    void retryInAPlainNestedBlockIsOneOfTheWhole() {
        long a = cell(0);
        long b = cell(0);
        Future<Void> waiter = third.start(() -> stm.atomic(tx -> {
            starting(tx);
            tx.getLong(CELL, b, 0);
            tx.nested(inner -> {
                if (inner.getLong(CELL, a, 0) == 0) {
                    throw inner.retry();
                }
                return null;
            });
        }));
        awaitWaiting();
        set(b, 1);
        awaitWaiting();
        set(a, 1);
        Elsewhere.await(waiter);
        assertEquals(3, starts.get());
    }

    // ---- what ends a wait

    @Test
    void retryForReturnsWhenTheTimeIsOver() {
        long a = cell(0);
        long began = System.nanoTime();
        long waited = stm.atomicLong(tx -> {
            starting(tx);
            if (tx.getLong(CELL, a, 0) == 0) {
                tx.retryFor(20_000_000);
            }
            return tx.attempt();
        });
        assertEquals(2, waited);
        assertTrue(System.nanoTime() - began >= 20_000_000);
    }

    @Test
    void retryForWakesForAChange() {
        long a = cell(0);
        Future<Void> waiter = third.start(() -> stm.atomic(tx -> {
            starting(tx);
            if (tx.getLong(CELL, a, 0) == 0) {
                tx.retryFor(TimeUnit.HOURS.toNanos(1));
            }
        }));
        awaitWaiting();
        set(a, 1);
        Elsewhere.await(waiter);
    }

    @Test
    void retryForCountsFromTheFirstWait() {
        long a = cell(0);
        Future<Void> waiter = third.start(() -> stm.atomic(tx -> {
            starting(tx);
            tx.getLong(CELL, a, 0);
            tx.retryFor(50_000_000);
        }));
        int changes = 0;
        while (!waiter.isDone()) {
            set(a, ++changes);
        }
        Elsewhere.await(waiter);
    }

    @Test
    void retryForNoTimeReturnsAtOnce() {
        long a = cell(0);
        stm.atomic(tx -> {
            tx.getLong(CELL, a, 0);
            tx.retryFor(0);
            tx.retryFor(-1);
            assertEquals(1, tx.attempt());
        });
        stm.atomic(tx -> assertEquals(1, tx.attempt()));
    }

    @Test
    void orElseWithATimePrefersTheFirstUntilThen() {
        long a = cell(0);
        long b = cell(1);
        String late = stm.atomicGet(tx -> tx.<String, RuntimeException>orElse(
                20_000_000, i -> full(i, a, "first"), i -> full(i, b, "second")));
        assertEquals("second", late);
        assertEquals(1, aborts(AbortCause.RETRY), "did not wait for the first");
        AtomicReference<String> taken = new AtomicReference<>();
        Future<Void> waiter = third.start(() -> taken.set(stm.atomicGet(tx -> {
            starting(tx);
            return tx.<String, RuntimeException>orElse(
                    TimeUnit.HOURS.toNanos(1), i -> full(i, a, "first"), i -> full(i, b, "second"));
        })));
        awaitWaiting();
        set(a, 1);
        Elsewhere.await(waiter);
        assertEquals("first", taken.get());
    }

    @Test
    void interruptEndsTheWaitAndIsKept() {
        long a = cell(0);
        AtomicReference<Thread> thread = new AtomicReference<>();
        Future<Boolean> waiter = start(() -> {
            thread.set(Thread.currentThread());
            assertThrows(
                    TransactionInterruptedException.class,
                    () -> stm.atomic(tx -> {
                        starting(tx);
                        tx.getLong(CELL, a, 0);
                        throw tx.retry();
                    }));
            return Thread.interrupted();
        });
        awaitWaiting();
        thread.get().interrupt();
        assertTrue(Elsewhere.await(waiter), "the status was lost");
        set(a, 1);
    }

    private Future<Boolean> start(Callable<Boolean> step) {
        FutureTask<Boolean> task = new FutureTask<>(step);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    @Test
    void timeOfTheBlockEndsTheWait() {
        long a = cell(0);
        AtomicBlock block = AtomicBlock.named("patient").withTimeoutNanos(20_000_000);
        TransactionAbortedException refused = assertThrows(
                TransactionAbortedException.class,
                () -> stm.atomic(block, tx -> {
                    tx.getLong(CELL, a, 0);
                    throw tx.retry();
                }));
        assertEquals(AbortCause.RETRY, refused.abortCause());
        assertTrue(refused.elapsedNanos() >= 20_000_000);
        assertTrue(refused.getMessage().contains("block=patient"), refused.getMessage());
    }

    @Test
    void closeEndsTheWait() {
        long a = cell(0);
        Future<Void> waiter = waitFor(a, a);
        awaitWaiting();
        stm.close();
        assertThrows(StmClosedException.class, () -> Elsewhere.await(waiter));
    }
}
