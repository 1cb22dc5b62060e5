package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.offheapstm.AbortCause;
import org.offheapstm.Transaction;

import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Goal: the first alternative that does not retry is taken, the others are undone, and what they
 * have read counts. Method: alternatives that write before they retry; a block that waits for both.
 */
final class OrElseTest extends WaitingTest {
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
}
