package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.AbortCause;
import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.RegionFullException;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Goal: memory comes back: from frees, aborts and full regions, and old references notice. Method:
 * a region of a few runs, so that anything that does not come back fills it; used bytes compared.
 */
final class MemoryTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);
    private static final ObjectType LATE = ObjectType.of("Late", 40);
    private static final ObjectType LARGE = ObjectType.of("Large", ObjectType.MAX_PAYLOAD_BYTES);

    @Override
    StmOptions options() {
        return StmOptions.DEFAULT.withCapacityBytes(2L << 20).withMaxRunning(8);
    }

    private long used() {
        return stm.statistics().usedBytes();
    }

    @Test
    void reusedPlaceHasANewReference() {
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            long a = cell(i);
            assertTrue(seen.add(a), "a reference came back");
            stm.atomic(tx -> tx.free(CELL, a));
        }
        for (long old : seen) {
            assertFalse(exists(CELL, old));
        }
        // The high bits say where: one place was used over and over.
        assertEquals(1, seen.stream().map(ref -> ref >>> 24).distinct().count());
    }

    @Test
    void freedAndReusedObjectIsRefused() {
        long a = cell(1);
        stm.atomic(tx -> tx.free(CELL, a));
        long b = cell(2);
        StaleReferenceException refused = assertThrows(
                StaleReferenceException.class, () -> stm.atomic(tx -> tx.setLong(CELL, a, 0, 3)));
        assertTrue(refused.getMessage().contains("Cell"), refused.getMessage());
        assertEquals(2, get(b));
    }

    @Test
    void readerOfAnObjectFreedAndReusedMeanwhileStartsAgain() {
        long a = cell(1);
        List<Integer> attempts = new ArrayList<>();
        assertThrows(
                StaleReferenceException.class,
                () -> stm.atomic(tx -> {
                    attempts.add(tx.attempt());
                    tx.getLong(CELL, a, 0);
                    if (tx.attempt() == 1) {
                        other.run(() -> {
                            stm.atomic(o -> o.free(CELL, a));
                            cell(2);
                        });
                    }
                    tx.getLong(CELL, a, 0);
                }));
        assertEquals(List.of(1, 2), attempts, "one snapshot has the object, or has it not");
    }

    @Test
    void abortedAllocationsComeBack() {
        long a = cell(0);
        cell(1);
        long before = -1;
        for (int i = 0; i < 2_000; i++) {
            assertThrows(
                    IllegalStateException.class,
                    () -> stm.atomic(tx -> {
                        for (int n = 0; n < 50; n++) {
                            tx.allocate(CELL);
                        }
                        tx.allocate(WORDS, 100);
                        tx.allocate(WORDS, 10_000);
                        tx.setLong(CELL, a, 0, 1);
                        throw new IllegalStateException("undo");
                    }));
            if (i == 10) {
                before = used();
            }
        }
        assertEquals(before, used());
    }

    @Test
    void abortedAllocationIsNeverAnother() {
        long[] made = new long[1];
        assertThrows(
                IllegalStateException.class,
                () -> stm.atomic(tx -> {
                    made[0] = tx.allocate(CELL);
                    throw new IllegalStateException("undo");
                }));
        long next = cell(5);
        assertEquals(made[0] >>> 24, next >>> 24, "the place is used again");
        assertNotEquals(made[0], next);
        assertThrows(
                StaleReferenceException.class,
                () -> stm.atomic(tx -> tx.getLong(CELL, made[0], 0)));
    }

    @Test
    void objectsAllocatedAndFreedInOneBlockComeBack() {
        long before = -1;
        for (int i = 0; i < 1_000; i++) {
            stm.atomic(tx -> {
                for (int n = 0; n < 20; n++) {
                    tx.free(LARGE, tx.allocate(LARGE));
                }
                tx.free(WORDS, tx.allocate(WORDS, 10_000));
            });
            if (i == 10) {
                before = used();
            }
        }
        assertEquals(before, used());
    }

    @Test
    void fullRegionRollsBackAndStaysUsable() {
        long a = cell(0);
        set(a, 1);
        List<Long> kept = new ArrayList<>();
        fill(kept);
        RegionFullException full = assertThrows(
                RegionFullException.class,
                () -> stm.atomic(tx -> {
                    tx.setLong(CELL, a, 0, 2);
                    while (true) {
                        tx.allocate(LARGE);
                    }
                }));
        assertTrue(full.getMessage().contains("capacityBytes=2097152"), full.getMessage());
        assertEquals(1, get(a));
        set(a, 3);
        assertEquals(3, get(a));
        for (long each : kept) {
            assertTrue(exists(LARGE, each));
        }
        stm.atomic(tx -> kept.forEach(each -> tx.free(LARGE, each)));
        List<Long> again = new ArrayList<>();
        fill(again);
        assertTrue(again.size() >= kept.size(), "less room after everything was freed");
    }

    private void fill(List<Long> kept) {
        try {
            while (true) {
                kept.add(stm.atomicLong(tx -> tx.allocate(LARGE)));
            }
        } catch (RegionFullException expected) {
            assertTrue(kept.size() > 100, () -> "full after " + kept.size());
        }
    }

    /** A slot that has never written needs an area of its own, also when there is no room. */
    @Test
    void newThreadCanWriteAndFreeInAFullRegion() {
        long a = cell(1);
        List<Long> kept = new ArrayList<>();
        fill(kept);
        other.run(() -> set(a, 2));
        other.run(() -> stm.atomic(tx -> kept.forEach(each -> tx.free(LARGE, each))));
        assertEquals(2, get(a));
        assertFalse(exists(LARGE, kept.get(0)));
    }

    /** Method: more new threads than areas can be claimed; each lives on, so each keeps its own. */
    @Test
    void everyNewThreadCanWriteAndFreeInAFullRegion() {
        long a = cell(0);
        List<Long> kept = new ArrayList<>();
        fill(kept);
        List<Elsewhere> hands = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Elsewhere hand = new Elsewhere("hand " + i);
            hands.add(hand);
            long mine = kept.get(i);
            hand.run(() -> stm.atomic(tx -> {
                tx.setLong(CELL, a, 0, tx.getLong(CELL, a, 0) + 1);
                tx.free(LARGE, mine);
            }));
            assertFalse(exists(LARGE, mine));
        }
        assertEquals(12, get(a));
        assertTrue(aborts(AbortCause.NO_ROOM) > 0, "there was room for all of them");
        hands.forEach(Elsewhere::close);
    }

    @Test
    void moreThreadsThanARegionHasRoomForTakeTurns() throws InterruptedException {
        try (Stm small = Stm.open(StmOptions.DEFAULT.withCapacityBytes(1L << 20))) {
            long a = small.atomicLong(tx -> tx.allocate(CELL));
            List<Thread> threads = new ArrayList<>();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            CountDownLatch end = new CountDownLatch(1);
            CountDownLatch done = new CountDownLatch(30);
            for (int i = 0; i < 30; i++) {
                threads.add(Thread.ofPlatform().daemon().start(() -> {
                    try {
                        for (int n = 0; n < 50; n++) {
                            small.atomic(tx -> tx.setLong(CELL, a, 0, tx.getLong(CELL, a, 0) + 1));
                        }
                        done.countDown();
                        end.await();
                    } catch (Throwable t) {
                        failure.set(t);
                        done.countDown();
                    }
                }));
            }
            done.await();
            end.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertNull(failure.get());
            assertEquals(1_500, small.readOnlyLong(tx -> tx.getLong(CELL, a, 0)));
        }
    }

    @Test
    void regionFullOfOneArrayIsUsableOnceItIsFreed() {
        cell(1);
        long length = 200_000;
        while (true) {
            long tried = length;
            try {
                long array = stm.atomicLong(tx -> tx.allocate(WORDS, tried));
                fillWithRuns();
                stm.atomic(tx -> tx.free(WORDS, array));
                break;
            } catch (RegionFullException tooLong) {
                length -= 1_000;
            }
        }
        long late = stm.atomicLong(tx -> tx.allocate(LATE));
        assertTrue(exists(LATE, late), "runs of a freed array serve other objects");
    }

    private void fillWithRuns() {
        List<Long> kept = new ArrayList<>();
        try {
            while (true) {
                kept.add(stm.atomicLong(tx -> tx.allocate(LARGE)));
            }
        } catch (RegionFullException expected) {
            // Whatever room the array has left is taken now.
        }
    }

    @Test
    void nestedBlockSurvivesAFullRegion() {
        long a = cell(1);
        stm.atomic(tx -> {
            tx.setLong(CELL, a, 0, 2);
            assertThrows(
                    RegionFullException.class,
                    () -> tx.nested(inner -> inner.allocate(WORDS, 250_000)));
            tx.setLong(CELL, a, 0, tx.getLong(CELL, a, 0) + 1);
        });
        assertEquals(3, get(a));
    }

    @Test
    void tooLargeATransactionIsRefusedAndLeavesRoom() {
        long words = stm.atomicLong(tx -> tx.allocate(WORDS, 150_000));
        assertThrows(
                RegionFullException.class,
                () -> stm.atomic(tx -> {
                    for (int i = 0; i < 150_000; i++) {
                        tx.setLong(WORDS, words, i, 0, 1);
                    }
                }));
        assertEquals(0, stm.atomicLong(tx -> tx.getLong(WORDS, words, 0, 0)));
        stm.atomic(tx -> tx.setLong(WORDS, words, 0, 0, 1));
        stm.atomic(tx -> tx.free(WORDS, words));
        assertTrue(stm.atomicLong(tx -> tx.allocate(WORDS, 150_000)) != 0);
    }

    /** Method: what one thread frees has to serve the other, or the region is full at once. */
    @Test
    void oneAllocatesAnotherFreesInASteadyState() throws InterruptedException {
        SynchronousQueue<Long> handOver = new SynchronousQueue<>();
        int batch = 200;
        int batches = 300;
        Future<Void> consumer = other.start(() -> {
            for (int i = 0; i < batch * batches; i++) {
                long each = handOver.take();
                stm.atomic(tx -> tx.free(LARGE, each));
            }
        });
        for (int i = 0; i < batch * batches; i++) {
            handOver.put(stm.atomicLong(tx -> tx.allocate(LARGE)));
        }
        Elsewhere.await(consumer);
    }

    @Test
    void largeArraysComeBackOnceNobodyCanReadThem() {
        long before = 0;
        for (int i = 0; i < 2_000; i++) {
            long length = 9_000 + 37L * (i % 50);
            long array = stm.atomicLong(tx -> {
                long made = tx.allocate(WORDS, length);
                tx.setLong(WORDS, made, length - 1, 0, 7);
                return made;
            });
            assertEquals(7, stm.atomicLong(tx -> tx.getLong(WORDS, array, length - 1, 0)));
            stm.atomic(tx -> tx.free(WORDS, array));
            assertFalse(exists(WORDS, array));
            if (i == 100) {
                before = used();
            }
        }
        assertEquals(before, used());
    }

    /** Method: an array of more than half of the region: only its place can serve another. */
    @Test
    void freedLargeArrayIsNotReusedWhileAnOldAttemptRuns() {
        long length = 130_000;
        long array = stm.atomicLong(tx -> tx.allocate(WORDS, length));
        List<Integer> attempts = new ArrayList<>();
        stm.readOnly(tx -> {
            attempts.add(tx.attempt());
            tx.length(WORDS, array);
            other.run(() -> stm.atomic(o -> o.free(WORDS, array)));
            assertThrows(
                    RegionFullException.class,
                    () -> other.run(() -> stm.atomic(o -> o.allocate(WORDS, length))),
                    "memory changed under a reader");
        });
        assertEquals(List.of(1), attempts);
        long again = other.get(() -> stm.atomicLong(o -> o.allocate(WORDS, length)));
        assertNotEquals(array, again);
        assertFalse(exists(WORDS, array));
    }

    @Test
    void freshArrayIsZeroWhateverWasThere() {
        for (int length : new int[] {1, 5, 31, 32, 33, 100, 1_000, 8_000}) {
            for (int round = 0; round < 3; round++) {
                int count = length;
                long array = stm.atomicLong(tx -> tx.allocate(WORDS, count));
                stm.atomic(tx -> {
                    for (int i = 0; i < count; i++) {
                        assertEquals(0, tx.getLong(WORDS, array, i, 0));
                        tx.setLong(WORDS, array, i, 0, -1);
                    }
                });
                stm.atomic(tx -> tx.free(WORDS, array));
            }
        }
    }
}
