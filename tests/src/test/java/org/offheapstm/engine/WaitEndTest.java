package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.offheapstm.AbortCause;
import org.offheapstm.AtomicBlock;
import org.offheapstm.StmClosedException;
import org.offheapstm.TransactionAbortedException;
import org.offheapstm.TransactionInterruptedException;
import org.offheapstm.TxAction;

import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Goal: everything that can end a wait does, and leaves the interrupt status as it should be.
 * Method: a block waits elsewhere, and is interrupted, closed, or left until its time is over.
 */
final class WaitEndTest extends WaitingTest {
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
            tx.retryFor(Long.MIN_VALUE);
            assertEquals(1, tx.attempt());
        });
        stm.atomic(tx -> assertEquals(1, tx.attempt()));
    }

    /** Of two waits in one attempt, the one that ends first ends the attempt, and only itself. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void eachOfTwoTimedWaitsEndsAtItsTime(boolean innerFirst) {
        long hour = TimeUnit.HOURS.toNanos(1);
        long soon = 20_000_000;
        long a = cell(0);
        long began = System.nanoTime();
        String ended = stm.atomicGet(tx -> tx.orElse(
                innerFirst ? hour : soon,
                outer -> outer.orElse(
                        innerFirst ? soon : hour,
                        inner -> {
                            inner.getLong(CELL, a, 0);
                            throw inner.retry();
                        },
                        inner -> "inner"),
                outer -> "outer"));
        assertEquals(innerFirst ? "inner" : "outer", ended);
        assertTrue(System.nanoTime() - began >= soon);
    }

    @Test
    void interruptEndsTheWaitAndIsKept() {
        assertInterruptible(tx -> {
            throw tx.retry();
        });
    }

    @Test
    void interruptEndsTimedWaits() {
        long hour = TimeUnit.HOURS.toNanos(1);
        assertInterruptible(tx -> tx.retryFor(hour));
        assertInterruptible(tx -> tx.orElse(
                hour,
                first -> {
                    throw first.retry();
                },
                second -> ""));
    }

    private void assertInterruptible(TxAction<RuntimeException> wait) {
        long a = cell(0);
        AtomicReference<Thread> thread = new AtomicReference<>();
        Future<Boolean> waiter = start(() -> {
            thread.set(Thread.currentThread());
            assertThrows(
                    TransactionInterruptedException.class,
                    () -> stm.atomic(tx -> {
                        starting(tx);
                        tx.getLong(CELL, a, 0);
                        wait.run(tx);
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
