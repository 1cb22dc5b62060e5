package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.AbortCause;
import org.offheapstm.AtomicBlock;
import org.offheapstm.StaleReferenceException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

/**
 * Goal: a read-only block that meets a newer version runs once again, on a snapshot, and never a
 * third time. Method: others commit between its reads, at each start.
 */
final class SnapshotPromotionTest extends EngineTest {
    private static final int CELLS = 50;

    private long[] cells() {
        long[] cells = new long[CELLS];
        for (int i = 0; i < CELLS; i++) {
            cells[i] = cell(i);
        }
        return cells;
    }

    private void assertPromotions(long expected) {
        assertEquals(expected, stm.statistics().promotions());
        assertEquals(0, stm.statistics().liveSnapshots());
    }

    /** Method: before each read of an attempt, all cells are moved on by one, elsewhere. */
    @Test
    void itRunsOnceAgainHoweverOftenOthersCommit() {
        long[] cells = cells();
        List<Integer> starts = new ArrayList<>();
        stm.readOnly(tx -> {
            starts.add(tx.attempt());
            long first = tx.getLong(CELL, cells[0], 0);
            for (int i = 1; i < CELLS; i++) {
                other.run(() -> stm.atomic(o -> {
                    for (long each : cells) {
                        o.setLong(CELL, each, 0, o.getLong(CELL, each, 0) + 1);
                    }
                }));
                assertEquals(first + i, tx.getLong(CELL, cells[i], 0), "not of one instant");
                assertEquals(first, tx.getLong(CELL, cells[0], 0), "has moved");
            }
        });
        assertEquals(List.of(1, 2), starts);
        assertPromotions(1);
        assertOneConflict(AbortCause.SNAPSHOT_TOO_OLD);
    }

    @Test
    void itSeesWhatItHasLostTo() {
        long a = cell(0);
        long b = cell(0);
        long seen = stm.readOnlyLong(tx -> {
            long first = tx.getLong(CELL, a, 0);
            if (tx.attempt() == 1) {
                setElsewhere(b, 1);
            }
            return first + tx.getLong(CELL, b, 0);
        });
        assertEquals(1, seen);
        assertPromotions(1);
    }

    @Test
    void whoMeetsNothingNewerIsNotPromoted() {
        long[] cells = cells();
        setElsewhere(cells[0], 1);
        stm.readOnlyLong(tx -> tx.getLong(CELL, cells[0], 0)); // Ticks.
        long before = stm.statistics().promotions();
        stm.readOnly(tx -> {
            for (long each : cells) {
                tx.getLong(CELL, each, 0);
                setElsewhere(each, 7);
            }
        });
        assertPromotions(before);
    }

    @Test
    void eachPromotionCounts() {
        long a = cell(0);
        for (int i = 1; i <= 10; i++) {
            int value = i;
            Elsewhere reader = i % 2 == 0 ? other : third;
            reader.run(() -> stm.readOnly(tx -> {
                if (tx.attempt() == 1) {
                    set(reader == other ? third : other, a, value);
                }
                assertEquals(value, tx.getLong(CELL, a, 0));
            }));
            assertPromotions(i);
        }
    }

    private void set(Elsewhere hand, long cell, long value) {
        hand.run(() -> set(cell, value));
    }

    @Test
    void freedAndBornMeanwhile() {
        long root = cell(0);
        long old = cell(1);
        set(root, old);
        List<Integer> starts = new ArrayList<>();
        stm.readOnly(tx -> {
            starts.add(tx.attempt());
            if (tx.attempt() == 1) {
                setElsewhere(root, old);
            }
            long seen = tx.getLong(CELL, root, 0);
            other.run(() -> stm.atomic(o -> {
                o.free(CELL, o.getLong(CELL, root, 0));
                long born = o.allocate(CELL);
                o.setLong(CELL, born, 0, 1);
                o.setLong(CELL, root, 0, born);
            }));
            assertEquals(1, tx.getLong(CELL, seen, 0));
            assertTrue(tx.exists(CELL, seen));
            assertEquals(seen, tx.getLong(CELL, root, 0));
            long born = getElsewhere(root);
            assertFalse(tx.exists(CELL, born));
            assertThrows(StaleReferenceException.class, () -> tx.getLong(CELL, born, 0));
        });
        assertEquals(List.of(1, 2), starts);
        assertPromotions(1);
    }

    @Test
    void exceptionInItEndsTheSnapshot() {
        long a = cell(0);
        assertThrows(
                IllegalStateException.class,
                () -> stm.readOnly(tx -> {
                    setElsewhere(a, tx.attempt());
                    tx.getLong(CELL, a, 0);
                    throw new IllegalStateException("in attempt " + tx.attempt());
                }));
        assertPromotions(1);
        set(a, 5);
        assertEquals(5, get(a), "the thread's next block reads the present");
        assertEquals(5, stm.readOnlyLong(tx -> tx.getLong(CELL, a, 0)));
    }

    @Test
    void limitOfOneAttemptLeavesNoSnapshot() {
        long a = cell(0);
        assertThrows(
                org.offheapstm.TransactionAbortedException.class,
                () -> stm.readOnlyLong(AtomicBlock.named("once").withMaxAttempts(1), tx -> {
                    setElsewhere(a, 1);
                    return tx.getLong(CELL, a, 0);
                }));
        assertPromotions(0);
        assertEquals(1, stm.readOnlyLong(tx -> tx.getLong(CELL, a, 0)));
    }

    @Test
    void retryInAPromotedBlockWaitsForTheChange() {
        long a = cell(0);
        long flag = cell(0);
        CountDownLatch waits = new CountDownLatch(3);
        Future<Void> reader = third.start(() -> stm.readOnly(tx -> {
            if (tx.attempt() == 1) {
                setElsewhere(a, 1);
            }
            assertEquals(1, tx.getLong(CELL, a, 0));
            long seen = tx.getLong(CELL, flag, 0);
            waits.countDown();
            if (seen == 0) {
                throw tx.retry();
            }
            assertEquals(7, seen);
        }));
        while (stm.statistics().aborts().get(AbortCause.RETRY) == 0) {
            Thread.onSpinWait();
        }
        set(flag, 7);
        Elsewhere.await(reader);
        assertPromotions(1);
    }

    @Test
    void orElseInAPromotedBlockReadsTheSameInstant() {
        long a = cell(0);
        List<Integer> starts = new ArrayList<>();
        long seen = stm.readOnlyGet(tx -> {
            starts.add(tx.attempt());
            setElsewhere(a, tx.attempt());
            return tx.orElse(
                    first -> {
                        if (first.getLong(CELL, a, 0) != 0) {
                            setElsewhere(a, 50);
                            throw first.retry();
                        }
                        return -1L;
                    },
                    second -> 10 + second.getLong(CELL, a, 0));
        });
        assertEquals(11, seen);
        assertEquals(List.of(1, 2), starts);
        assertPromotions(1);
    }

    /** Method: two call sites in turn, each of which loses if it does not begin on a snapshot. */
    @Test
    void callSitesThatWerePromotedBeginOnASnapshot() {
        long a = cell(0);
        long b = cell(0);
        for (int i = 1; i <= 20; i++) {
            int value = i;
            stm.readOnly(tx -> {
                setElsewhere(a, value);
                tx.getLong(CELL, a, 0);
            });
            stm.readOnly(tx -> {
                setElsewhere(b, value);
                tx.getLong(CELL, b, 0);
            });
        }
        assertPromotions(2);
    }
}
