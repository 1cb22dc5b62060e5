package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.offheapstm.AbortCause;
import org.offheapstm.ArrayType;
import org.offheapstm.Merge;
import org.offheapstm.MisuseException;
import org.offheapstm.StaleReferenceException;

import java.util.concurrent.Future;

/**
 * Goal: merges change what they should, and conflict with nothing but reads and writes. Method:
 * another thread commits between a merge and its commit; aborts are counted.
 */
final class MergeTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);

    private void mergeElsewhere(long cell, long delta) {
        other.run(() -> stm.atomic(tx -> tx.addLong(CELL, cell, 0, delta)));
    }

    @ParameterizedTest
    @CsvSource({
        "ADD_LONG, 5, 3, 8",
        "MAX_LONG, 5, 3, 5",
        "MAX_LONG, 5, 9, 9",
        "MIN_LONG, 5, 3, 3",
        "MIN_LONG, 5, 9, 5",
        "OR, 5, 3, 7",
        "AND, 5, 3, 1",
    })
    void kindsMergeTheirOwnWay(Merge kind, long word, long operand, long merged) {
        long a = cell(word);
        stm.atomic(tx -> tx.merge(CELL, a, 0, kind, operand));
        assertEquals(merged, get(a));
        assertEquals(merged, kind.apply(word, operand));
    }

    @Test
    void doublesAdd() {
        long a = cell(Double.doubleToRawLongBits(1.5));
        long operand = Double.doubleToRawLongBits(2.25);
        stm.atomic(tx -> {
            tx.merge(CELL, a, 0, Merge.ADD_DOUBLE, operand);
            tx.merge(CELL, a, 0, Merge.ADD_DOUBLE, operand);
        });
        assertEquals(6.0, Double.longBitsToDouble(get(a)));
    }

    /** The order of different kinds on one word is that of the calls. */
    @Test
    void kindsAreAppliedInTheOrderOfTheCalls() {
        long t = stm.atomicLong(tx -> tx.allocate(TRIPLE));
        stm.atomic(tx -> {
            tx.addLong(TRIPLE, t, 8, 3);
            tx.merge(TRIPLE, t, 8, Merge.MIN_LONG, 1);
            tx.addLong(TRIPLE, t, 16, 100);
            tx.addLong(TRIPLE, t, 8, 6);
            tx.addLong(TRIPLE, t, 8, 6);
            tx.merge(TRIPLE, t, 8, Merge.OR, 16);
        });
        assertEquals(13 | 16, stm.atomicLong(tx -> tx.getLong(TRIPLE, t, 8)));
        assertEquals(100, stm.atomicLong(tx -> tx.getLong(TRIPLE, t, 16)));
        assertEquals(0, stm.atomicLong(tx -> tx.getLong(TRIPLE, t, 0)));
    }

    @Test
    void mergesIntoOneObjectDoNotConflict() {
        long a = cell(0);
        stm.atomic(tx -> {
            tx.addLong(CELL, a, 0, 1);
            for (int i = 0; i < 10; i++) {
                mergeElsewhere(a, 10);
            }
            tx.addLong(CELL, a, 0, 1);
        });
        assertEquals(102, get(a));
        assertNoConflicts();
    }

    @Test
    void mergeDoesNotMindAWriteMeanwhile() {
        long a = cell(0);
        stm.atomic(tx -> {
            tx.addLong(CELL, a, 0, 1);
            setElsewhere(a, 100);
        });
        assertEquals(101, get(a));
        assertNoConflicts();
    }

    @Test
    void mergeThenReadSeesTheMergedWord() {
        long a = cell(5);
        stm.atomic(tx -> {
            tx.addLong(CELL, a, 0, 1);
            assertEquals(6, tx.getLong(CELL, a, 0));
            tx.addLong(CELL, a, 0, 1);
            assertEquals(7, tx.getLong(CELL, a, 0));
            assertEquals(5, getElsewhere(a));
        });
        assertEquals(7, get(a));
    }

    @Test
    void mergeThenReadIsARead() {
        long a = cell(5);
        long b = cell(0);
        stm.atomic(tx -> {
            tx.addLong(CELL, a, 0, 1);
            tx.setLong(CELL, b, 0, tx.getLong(CELL, a, 0));
            if (tx.attempt() == 1) {
                mergeElsewhere(a, 10);
            }
        });
        assertEquals(16, get(a));
        assertEquals(16, get(b));
        assertOneConflict(AbortCause.WRITE_CONFLICT);
    }

    /** What was merged before it is read must be of the snapshot of the other reads. */
    @Test
    void mergeThenReadIsOfOneSnapshot() {
        long a = cell(1);
        long b = cell(-1);
        stm.atomic(tx -> {
            long seen = tx.getLong(CELL, b, 0);
            tx.addLong(CELL, a, 0, 0);
            if (tx.attempt() == 1) {
                other.run(() -> stm.atomic(o -> {
                    o.setLong(CELL, a, 0, 2);
                    o.setLong(CELL, b, 0, -2);
                }));
            }
            assertEquals(0, seen + tx.getLong(CELL, a, 0));
        });
        assertOneConflict(AbortCause.READ_CONFLICT);
    }

    @Test
    void readThenMergeIsARead() {
        long a = cell(5);
        long b = cell(0);
        stm.atomic(tx -> {
            tx.setLong(CELL, b, 0, tx.getLong(CELL, a, 0));
            tx.addLong(CELL, a, 0, 1);
            if (tx.attempt() == 1) {
                mergeElsewhere(a, 10);
            }
        });
        assertEquals(16, get(a));
        assertEquals(15, get(b), "committed what was no longer true");
        assertOneConflict(AbortCause.READ_CONFLICT);
    }

    @Test
    void readThenMergeOfAnUnchangedObjectCommits() {
        long a = cell(5);
        stm.atomic(tx -> {
            assertEquals(5, tx.getLong(CELL, a, 0));
            tx.addLong(CELL, a, 0, 1);
        });
        other.run(() -> stm.atomic(tx -> {
            assertEquals(6, tx.getLong(CELL, a, 0));
            tx.addLong(CELL, a, 0, 1);
        }));
        assertEquals(7, get(a));
        assertNoConflicts();
    }

    @Test
    void mergeAfterWriteChangesWhatWasWritten() {
        long a = cell(5);
        stm.atomic(tx -> {
            tx.setLong(CELL, a, 0, 10);
            tx.addLong(CELL, a, 0, 1);
            assertEquals(11, tx.getLong(CELL, a, 0));
        });
        assertEquals(11, get(a));
    }

    @Test
    void writeAfterMergeWins() {
        long t = stm.atomicLong(tx -> tx.allocate(TRIPLE));
        stm.atomic(tx -> {
            tx.addLong(TRIPLE, t, 0, 1);
            tx.addLong(TRIPLE, t, 8, 1);
            tx.setLong(TRIPLE, t, 0, 10);
            tx.addLong(TRIPLE, t, 0, 2);
        });
        assertEquals(12, stm.atomicLong(tx -> tx.getLong(TRIPLE, t, 0)));
        assertEquals(1, stm.atomicLong(tx -> tx.getLong(TRIPLE, t, 8)));
    }

    @Test
    void mergeIntoANewObject() {
        long a = stm.atomicLong(tx -> {
            long made = tx.allocate(CELL);
            tx.addLong(CELL, made, 0, 4);
            tx.merge(CELL, made, 0, Merge.MAX_LONG, 9);
            return made;
        });
        assertEquals(9, get(a));
    }

    @Test
    void mergeIntoAFreedObjectIsRefused() {
        long a = cell(0);
        stm.atomic(tx -> tx.free(CELL, a));
        assertThrows(
                StaleReferenceException.class, () -> stm.atomic(tx -> tx.addLong(CELL, a, 0, 1)));
        long b = cell(1);
        assertThrows(
                StaleReferenceException.class, () -> stm.atomic(tx -> tx.addLong(CELL, a, 0, 1)));
        assertEquals(1, get(b), "merged into another object");
    }

    @Test
    void mergeIntoAnObjectFreedMeanwhileIsRefused() {
        long a = cell(0);
        long[] b = new long[1];
        assertThrows(
                StaleReferenceException.class,
                () -> stm.atomic(tx -> {
                    tx.addLong(CELL, a, 0, 1);
                    if (tx.attempt() == 1) {
                        other.run(() -> stm.atomic(o -> o.free(CELL, a)));
                        b[0] = other.get(() -> cell(100));
                    }
                }));
        assertEquals(a >>> 24, b[0] >>> 24, "the place was used again");
        assertEquals(100, get(b[0]), "merged into another object");
    }

    @Test
    void freeAfterMergeFrees() {
        long a = cell(0);
        stm.atomic(tx -> {
            tx.addLong(CELL, a, 0, 1);
            tx.free(CELL, a);
            assertFalse(tx.exists(CELL, a));
            assertThrows(StaleReferenceException.class, () -> tx.addLong(CELL, a, 0, 1));
        });
        assertFalse(exists(CELL, a));
    }

    @Test
    void existsIsTrueOfAMergedObject() {
        long a = cell(0);
        stm.atomic(tx -> {
            tx.addLong(CELL, a, 0, 1);
            assertTrue(tx.exists(CELL, a));
        });
    }

    @ParameterizedTest
    @EnumSource
    void readOnlyBlockRefusesMerges(Merge kind) {
        long a = cell(0);
        assertThrows(
                MisuseException.class, () -> stm.readOnly(tx -> tx.merge(CELL, a, 0, kind, 1)));
    }

    @Test
    void mergesIntoStripesDoNotConflict() {
        long array = stm.atomicLong(tx -> tx.allocate(WORDS, 100));
        stm.atomic(tx -> {
            tx.merge(WORDS, array, 3, 0, Merge.ADD_LONG, 1);
            other.run(() -> stm.atomic(o -> {
                o.merge(WORDS, array, 3, 0, Merge.ADD_LONG, 10);
                o.merge(WORDS, array, 4, 0, Merge.ADD_LONG, 10);
            }));
            tx.merge(WORDS, array, 99, 0, Merge.ADD_LONG, 1);
        });
        assertEquals(11, stm.atomicLong(tx -> tx.getLong(WORDS, array, 3, 0)));
        assertEquals(10, stm.atomicLong(tx -> tx.getLong(WORDS, array, 4, 0)));
        assertEquals(1, stm.atomicLong(tx -> tx.getLong(WORDS, array, 99, 0)));
        assertNoConflicts();
    }

    @Test
    void mergeIntoAStripeOfAFreedArrayIsRefused() {
        long array = stm.atomicLong(tx -> tx.allocate(WORDS, 100));
        long[] again = new long[1];
        assertThrows(
                StaleReferenceException.class,
                () -> stm.atomic(tx -> {
                    tx.merge(WORDS, array, 3, 0, Merge.ADD_LONG, 1);
                    if (tx.attempt() == 1) {
                        other.run(() -> stm.atomic(o -> o.free(WORDS, array)));
                        again[0] = other.get(() -> stm.atomicLong(o -> o.allocate(WORDS, 100)));
                    }
                }));
        assertEquals(array >>> 24, again[0] >>> 24);
        assertEquals(0, stm.atomicLong(tx -> tx.getLong(WORDS, again[0], 3, 0)));
    }

    /** Merges of two threads into many words of few objects, all counted. */
    @Test
    void noMergeIsLostUnderLoad() {
        int rounds = 20_000;
        long[] cells = {cell(0), cell(0)};
        long t = stm.atomicLong(tx -> tx.allocate(TRIPLE));
        Future<Void> one = other.start(() -> mergeOften(cells, t, rounds));
        Future<Void> two =
                third.start(() -> mergeOften(new long[] {cells[1], cells[0]}, t, rounds));
        Elsewhere.await(one);
        Elsewhere.await(two);
        assertEquals(2L * rounds, get(cells[0]));
        assertEquals(2L * rounds, get(cells[1]));
        assertEquals(-2L * rounds, stm.atomicLong(tx -> tx.getLong(TRIPLE, t, 16)));
    }

    private void mergeOften(long[] cells, long t, int rounds) {
        for (int i = 0; i < rounds; i++) {
            stm.atomic(tx -> {
                tx.addLong(CELL, cells[0], 0, 1);
                tx.addLong(TRIPLE, t, 16, -1);
                tx.addLong(CELL, cells[1], 0, 1);
            });
        }
    }
}
