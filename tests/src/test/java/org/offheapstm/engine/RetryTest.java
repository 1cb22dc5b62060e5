package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.api.Test;
import org.offheapstm.AbortCause;
import org.offheapstm.AtomicBlock;
import org.offheapstm.MisuseException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

/**
 * Goal: retry blocks until something read has changed, and for nothing else. Method: a block waits
 * elsewhere while this thread changes things; the starts of its body count the wake-ups.
 */
final class RetryTest extends WaitingTest {
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

    /** An action before commit is the last part of its block. */
    @Test
    void retryBeforeCommitWaitsAndRunsTheWholeBlockAgain() {
        long a = cell(0);
        long b = cell(0);
        Future<Void> waiter = third.start(() -> stm.atomic(tx -> {
            starting(tx);
            tx.setLong(CELL, b, 0, tx.getLong(CELL, b, 0) + 1);
            tx.orElse(
                    first -> {
                        first.beforeCommit(last -> {
                            if (last.getLong(CELL, a, 0) == 0) {
                                throw last.retry();
                            }
                        });
                        return null;
                    },
                    second -> fail("the first has not retried"));
        }));
        awaitWaiting();
        assertFalse(waiter.isDone());
        assertEquals(0, get(b));
        set(a, 1);
        Elsewhere.await(waiter);
        assertEquals(1, get(b));
        assertEquals(2, starts.get());
        assertEquals(1, aborts(AbortCause.RETRY));
    }
}
