package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.offheapstm.AbortCause;

import java.util.ArrayList;
import java.util.List;

/**
 * Goal: every branch of a read: fresh, own, extended, extension refused, restarted. Method: another
 * thread commits between two reads of one block; attempts and causes are counted.
 */
final class ReadTest extends EngineTest {
    @Test
    void committedValueIsReadByEverybody() {
        long a = cell(7);
        assertEquals(7, get(a));
        assertEquals(7, getElsewhere(a));
        assertEquals(7, stm.readOnlyLong(tx -> tx.getLong(CELL, a, 0)));
        assertNoConflicts();
    }

    @Test
    void newObjectIsZero() {
        long first = stm.atomicLong(tx -> tx.allocate(TRIPLE));
        stm.atomic(tx -> {
            tx.setLong(TRIPLE, first, 16, 9);
            tx.free(TRIPLE, first);
        });
        long again = stm.atomicLong(tx -> tx.allocate(TRIPLE));
        for (int offset = 0; offset < 24; offset += 8) {
            int at = offset;
            assertEquals(0, stm.atomicLong(tx -> tx.getLong(TRIPLE, again, at)));
        }
    }

    @Test
    void newerObjectIsReadIfNothingReadBeforeHasChanged() {
        long a = cell(1);
        long b = cell(1);
        List<Integer> attempts = new ArrayList<>();
        long sum = stm.atomicLong(tx -> {
            attempts.add(tx.attempt());
            long first = tx.getLong(CELL, a, 0);
            setElsewhere(b, 5);
            return first + tx.getLong(CELL, b, 0);
        });
        assertEquals(6, sum);
        assertEquals(List.of(1), attempts);
        assertNoConflicts();
    }

    @Test
    void newerObjectIsRefusedIfSomethingReadBeforeHasChanged() {
        long a = cell(1);
        long b = cell(-1);
        List<Long> sums = new ArrayList<>();
        stm.atomic(tx -> {
            long first = tx.getLong(CELL, a, 0);
            if (tx.attempt() == 1) {
                other.run(() -> stm.atomic(inner -> {
                    inner.setLong(CELL, a, 0, 2);
                    inner.setLong(CELL, b, 0, -2);
                }));
            }
            sums.add(first + tx.getLong(CELL, b, 0));
        });
        assertEquals(List.of(0L), sums, "a running body saw a before and b after the commit");
        assertOneConflict(AbortCause.READ_CONFLICT);
    }

    @Test
    void secondReadOfAChangedObjectIsRefused() {
        long a = cell(1);
        List<Long> differences = new ArrayList<>();
        stm.atomic(tx -> {
            long first = tx.getLong(CELL, a, 0);
            if (tx.attempt() == 1) {
                setElsewhere(a, 2);
            }
            differences.add(tx.getLong(CELL, a, 0) - first);
        });
        assertEquals(List.of(0L), differences);
        assertOneConflict(AbortCause.READ_CONFLICT);
    }

    @Test
    void wordsOfOneObjectAreOfOneCommit() {
        long t = stm.atomicLong(tx -> tx.allocate(TRIPLE));
        List<Long> differences = new ArrayList<>();
        stm.atomic(tx -> {
            long first = tx.getLong(TRIPLE, t, 0);
            if (tx.attempt() == 1) {
                other.run(() -> stm.atomic(inner -> {
                    inner.setLong(TRIPLE, t, 0, 4);
                    inner.setLong(TRIPLE, t, 16, 4);
                }));
            }
            differences.add(tx.getLong(TRIPLE, t, 16) - first);
        });
        assertEquals(List.of(0L), differences);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 499, 998})
    void changeAnywhereInALongReadSetIsSeen(int changed) {
        long[] cells = new long[1000];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = cell(0);
        }
        List<Integer> complete = new ArrayList<>();
        stm.atomic(tx -> {
            for (int i = 0; i < cells.length - 1; i++) {
                tx.getLong(CELL, cells[i], 0);
            }
            if (tx.attempt() == 1) {
                other.run(() -> stm.atomic(inner -> {
                    inner.setLong(CELL, cells[changed], 0, 1);
                    inner.setLong(CELL, cells[999], 0, 1);
                }));
            }
            long changedNow = tx.getLong(CELL, cells[999], 0);
            complete.add(tx.attempt());
            assertEquals(1, changedNow);
        });
        assertEquals(List.of(2), complete);
        assertOneConflict(AbortCause.READ_CONFLICT);
    }

    @Test
    void readOnlyBlockRestartsOnceWithANewerSnapshot() {
        long a = cell(1);
        long b = cell(-1);
        List<Integer> attempts = new ArrayList<>();
        long sum = stm.readOnlyLong(tx -> {
            attempts.add(tx.attempt());
            long first = tx.getLong(CELL, a, 0);
            if (tx.attempt() == 1) {
                other.run(() -> stm.atomic(inner -> {
                    inner.setLong(CELL, a, 0, 2);
                    inner.setLong(CELL, b, 0, -2);
                }));
            }
            return first + tx.getLong(CELL, b, 0);
        });
        assertEquals(0, sum);
        assertEquals(List.of(1, 2), attempts);
        assertOneConflict(AbortCause.SNAPSHOT_TOO_OLD);
    }

    @Test
    void readOnlyBlockIsNotDisturbedByChangesOfWhatItDoesNotRead() {
        long a = cell(1);
        long b = cell(1);
        stm.readOnly(tx -> {
            tx.getLong(CELL, a, 0);
            setElsewhere(b, 2);
            tx.getLong(CELL, a, 0);
        });
        assertNoConflicts();
    }

    @Test
    void readOnlyBlockMayFinishOnAnOldSnapshot() {
        long a = cell(1);
        long b = cell(1);
        long sum = stm.readOnlyLong(tx -> {
            long both = tx.getLong(CELL, a, 0) + tx.getLong(CELL, b, 0);
            setElsewhere(a, 10);
            return both;
        });
        assertEquals(2, sum);
        assertNoConflicts();
    }

    @Test
    void ownWriteIsSeen() {
        long a = cell(1);
        stm.atomic(tx -> {
            tx.setLong(CELL, a, 0, 2);
            assertEquals(2, tx.getLong(CELL, a, 0));
            assertEquals(1, getElsewhere(a));
        });
        assertEquals(2, get(a));
    }

    @Test
    void writeAfterReadKeepsTheOtherWords() {
        long t = stm.atomicLong(tx -> tx.allocate(TRIPLE));
        stm.atomic(tx -> {
            tx.setLong(TRIPLE, t, 0, 1);
            tx.setLong(TRIPLE, t, 8, 2);
            tx.setLong(TRIPLE, t, 16, 3);
        });
        stm.atomic(tx -> {
            assertEquals(2, tx.getLong(TRIPLE, t, 8));
            tx.setLong(TRIPLE, t, 8, 20);
            assertEquals(1, tx.getLong(TRIPLE, t, 0));
            assertEquals(20, tx.getLong(TRIPLE, t, 8));
            assertEquals(3, tx.getLong(TRIPLE, t, 16));
        });
        assertEquals(3, stm.atomicLong(tx -> tx.getLong(TRIPLE, t, 16)));
    }

    @Test
    void lastOfRepeatedWritesCounts() {
        long a = cell(0);
        long b = cell(0);
        stm.atomic(tx -> {
            for (int i = 1; i <= 100; i++) {
                tx.setLong(CELL, a, 0, i);
                tx.setLong(CELL, b, 0, tx.getLong(CELL, a, 0) + 1);
            }
        });
        assertEquals(100, get(a));
        assertEquals(101, get(b));
    }

    @Test
    void thousandsOfWritesInOneBlockAreFoundAgain() {
        long[] cells = new long[5_000];
        stm.atomic(tx -> {
            for (int i = 0; i < cells.length; i++) {
                cells[i] = tx.allocate(CELL);
            }
        });
        stm.atomic(tx -> {
            for (int i = 0; i < cells.length; i++) {
                tx.setLong(CELL, cells[i], 0, i);
            }
            for (int i = 0; i < cells.length; i++) {
                assertEquals(i, tx.getLong(CELL, cells[i], 0));
            }
        });
        for (int i = 0; i < cells.length; i += 499) {
            assertEquals(i, get(cells[i]));
        }
    }

    @Test
    void existenceIsReadToo() {
        long a = cell(1);
        long b = cell(1);
        List<Boolean> seen = new ArrayList<>();
        stm.atomic(tx -> {
            seen.add(tx.exists(CELL, a));
            if (tx.attempt() == 1) {
                other.run(() -> stm.atomic(inner -> inner.free(CELL, a)));
            }
            tx.setLong(CELL, b, 0, 2);
        });
        assertEquals(List.of(true, false), seen);
        assertOneConflict(AbortCause.READ_CONFLICT);
        assertFalse(exists(CELL, a));
        assertTrue(exists(CELL, b));
    }

    @Test
    void objectThatThisThreadFreedIsSeenToBeGoneWithoutAConflict() {
        long a = cell(1);
        long gone = cell(2);
        stm.atomic(tx -> tx.free(CELL, gone));
        stm.atomic(tx -> {
            assertFalse(tx.exists(CELL, gone));
            tx.setLong(CELL, a, 0, 3);
        });
        assertEquals(3, get(a));
        assertNoConflicts();
    }
}
