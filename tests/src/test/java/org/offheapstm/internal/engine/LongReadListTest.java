package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.offheapstm.AbortCause;
import org.offheapstm.ObjectType;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.engine.Elsewhere;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

/**
 * Goal: a read set so large that the list of it is sorted and freed of duplicates still holds
 * everything that was read. Method: more objects than that are read, to and fro over the region,
 * and most of them twice; another thread then changes one of them.
 */
final class LongReadListTest {
    private static final ObjectType CELL = ObjectType.of("Cell", 8);

    /** As in the list. */
    private static final int MANY_READS = 1 << 20;

    private static final int CELLS = MANY_READS + (1 << 16);
    private static final int LAST = CELLS - 1;

    /** Where the lowest and the highest offset are read: once, before the first sort. */
    private static final int LOWEST = CELLS / 2 + 1;

    private static final int HIGHEST = CELLS / 2 + 2;

    /** Shares no factor with {@link #CELLS}, so that these strides reach every cell once. */
    private static final int STRIDE = 611_953;

    private static final int CELLS_PER_BLOCK = 1 << 12;

    private static Stm stm;
    private static Elsewhere other;

    /** In the order in which they are read. */
    private static long[] cells;

    private static long target;

    @BeforeAll
    static void open() {
        stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(128L << 20).withMaxRunning(4));
        other = new Elsewhere("other");
        cells = new long[CELLS];
        for (int from = 0; from < CELLS; from += CELLS_PER_BLOCK) {
            int first = from;
            stm.atomic(tx -> {
                for (int i = first; i < Math.min(CELLS, first + CELLS_PER_BLOCK); i++) {
                    cells[(int) ((long) i * STRIDE % CELLS)] = tx.allocate(CELL);
                }
            });
        }
        long[] sorted = cells.clone();
        Arrays.sort(sorted);
        moveTo(LOWEST, sorted[0]);
        moveTo(HIGHEST, sorted[LAST]);
        target = stm.atomicLong(tx -> tx.allocate(CELL));
    }

    private static void moveTo(int place, long cell) {
        int at = 0;
        while (cells[at] != cell) {
            at++;
        }
        cells[at] = cells[place];
        cells[place] = cell;
    }

    @AfterAll
    static void close() {
        other.close();
        stm.close();
    }

    /** Most of them twice: half a second time early on, a quarter at the end. */
    private static long readAll(Transaction tx) {
        long sum = 0;
        for (int i = 0; i < CELLS; i++) {
            sum += tx.getLong(CELL, cells[i], 0);
            if (i % 2 == 0) {
                sum += tx.getLong(CELL, cells[i / 2], 0);
            }
        }
        for (int i = CELLS / 4 * 3; i < CELLS; i++) {
            sum += tx.getLong(CELL, cells[i], 0);
        }
        return sum;
    }

    private static long get(long cell) {
        return stm.readOnlyLong(tx -> tx.getLong(CELL, cell, 0));
    }

    private static void bump(Transaction tx, long cell) {
        tx.setLong(CELL, cell, 0, tx.getLong(CELL, cell, 0) + 1);
    }

    private static long conflicts() {
        return stm.statistics().aborts().get(AbortCause.READ_CONFLICT);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, LOWEST, HIGHEST, MANY_READS - 1, MANY_READS, LAST})
    void changeIsSeenByTheCommitWhereverItWasRead(int changed) {
        long before = conflicts();
        long[] sum = {0};
        stm.atomic(tx -> {
            sum[0] = readAll(tx);
            assertTrue(((Attempt) tx).readCount() > MANY_READS, "the list is not long");
            if (tx.attempt() == 1) {
                other.run(() -> stm.atomic(inner -> bump(inner, cells[changed])));
            }
            tx.setLong(CELL, target, 0, sum[0]);
        });
        assertEquals(1, conflicts() - before);
        assertEquals(get(target), stm.readOnlyLong(LongReadListTest::readAll));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, LOWEST, HIGHEST, MANY_READS - 1, LAST})
    void changeIsSeenByAnExtensionWhereverItWasRead(int changed) {
        List<Integer> complete = new ArrayList<>();
        stm.atomic(tx -> {
            readAll(tx);
            if (tx.attempt() == 1) {
                other.run(() -> stm.atomic(inner -> {
                    bump(inner, cells[changed]);
                    bump(inner, target);
                }));
            }
            tx.getLong(CELL, target, 0);
            complete.add(tx.attempt());
        });
        assertEquals(List.of(2), complete);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, LAST})
    void changeWakesAWaiterWhereverItWasRead(int changed) {
        CountDownLatch waits = new CountDownLatch(1);
        long before = get(cells[changed]);
        Future<Void> waiter = other.start(() -> stm.atomic(tx -> {
            tx.afterRollback(waits::countDown);
            readAll(tx);
            if (tx.getLong(CELL, cells[changed], 0) == before) {
                throw tx.retry();
            }
        }));
        Elsewhere.await(waits);
        stm.atomic(tx -> bump(tx, cells[changed]));
        Elsewhere.await(waiter);
    }

    /**
     * Method: what the outer block reads is at the highest offset, so that it does not stay at the
     * front when a nested block makes the list long; then it changes, with what that block reads.
     */
    @Test
    void nestedBlockThatMadeTheListLongIsNotRunAgainAlone() {
        long highest = cells[HIGHEST];
        int[] runs = {0};
        List<Integer> attempts = new ArrayList<>();
        List<Long> differences = new ArrayList<>();
        stm.atomic(tx -> {
            attempts.add(tx.attempt());
            long outside = tx.getLong(CELL, highest, 0);
            tx.nested(inner -> {
                readAll(inner);
                if (runs[0]++ == 0) {
                    other.run(() -> stm.atomic(o -> {
                        bump(o, highest);
                        bump(o, target);
                    }));
                }
                inner.getLong(CELL, target, 0);
                differences.add(inner.getLong(CELL, highest, 0) - outside);
                return null;
            });
        });
        assertEquals(List.of(0L), differences);
        assertEquals(List.of(1, 2), attempts);
    }

    @Test
    void blockThatGoesToAndFroNeedsNoLongerList() {
        stm.atomic(tx -> {
            for (int i = 0; i < 3 * MANY_READS; i++) {
                tx.getLong(CELL, cells[i & 1], 0);
            }
            assertEquals(MANY_READS, ((Attempt) tx).allReads().length);
        });
    }
}
