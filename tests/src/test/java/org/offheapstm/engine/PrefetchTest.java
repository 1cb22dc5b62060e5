package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.offheapstm.ArrayType;
import org.offheapstm.Snapshot;
import org.offheapstm.tests.Seed;

import java.util.Random;

/**
 * Goal: a prefetch is a hint: no transaction, whatever it prefetches, reads, waits, loses or fails
 * by it. What it loads is looked at in PrefetchTraceTest, what it gains in the benchmarks.
 */
final class PrefetchTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);

    @Test
    void prefetchedObjectsAreNotRead() {
        long a = cell(1);
        long b = cell(1);
        stm.atomic(tx -> {
            tx.prefetch(new long[] {a}, 0, 1);
            if (tx.attempt() == 1) {
                setElsewhere(a, 2);
            }
            tx.setLong(CELL, b, 0, 3);
        });
        assertNoConflicts();
        assertEquals(2, get(a));
        assertEquals(3, get(b));
    }

    @Test
    void readOnlyBlocksAndSnapshotsPrefetch() {
        long a = cell(1);
        stm.readOnly(tx -> tx.prefetch(new long[] {a}, 0, 1));
        try (Snapshot snapshot = stm.openSnapshot()) {
            set(a, 2);
            long seen = snapshot.readOnlyLong(tx -> {
                tx.prefetch(new long[] {a}, 0, 1);
                return tx.getLong(CELL, a, 0);
            });
            assertEquals(1, seen);
        }
    }

    @Test
    void ownObjectsAreReadAsWritten() {
        long a = cell(1);
        long seen = stm.atomicLong(tx -> {
            tx.setLong(CELL, a, 0, 2);
            long born = tx.allocate(CELL);
            tx.setLong(CELL, born, 0, 3);
            tx.prefetch(new long[] {a, born}, 0, 2);
            return tx.getLong(CELL, a, 0) + tx.getLong(CELL, born, 0);
        });
        assertEquals(5, seen);
    }

    @Test
    void referencesToNothingArePassedOver() {
        long freed = cell(1);
        long array = stm.atomicLong(tx -> tx.allocate(WORDS, 20_000));
        stm.atomic(tx -> tx.free(CELL, freed));
        Seed seed = Seed.of(PrefetchTest.class);
        Random random = new Random(seed.value());
        long[] refs = new long[30_000];
        for (int i = 0; i < refs.length; i++) {
            refs[i] = switch (i % 4) {
                case 0 -> random.nextLong();
                case 1 -> random.nextLong() >>> random.nextInt(64);
                case 2 -> freed ^ 1L << random.nextInt(64);
                default -> array ^ 1L << random.nextInt(64);
            };
        }
        stm.readOnly(tx -> tx.prefetch(refs, 0, refs.length));
        stm.atomic(tx -> tx.prefetch(new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}, 0, 4));
        assertNoConflicts();
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "0, -1", "0, 4", "3, 1", "4, 0", "2147483647, 2", "1, 2147483647"})
    void rangesOutsideTheArrayAreRefused(int from, int count) {
        long[] refs = {cell(1), cell(2), cell(3)};
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> stm.atomic(tx -> tx.prefetch(refs, from, count)));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "3, 0", "0, 3", "2, 1"})
    void rangesInsideTheArrayAreNot(int from, int count) {
        long[] refs = {cell(1), cell(2), cell(3)};
        stm.atomic(tx -> tx.prefetch(refs, from, count));
    }
}
