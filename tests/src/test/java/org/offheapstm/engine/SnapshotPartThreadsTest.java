package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.ArrayType;
import org.offheapstm.MisuseException;
import org.offheapstm.Snapshot;
import org.offheapstm.Snapshot.Change;
import org.offheapstm.StmType;
import org.offheapstm.Transaction;
import org.offheapstm.tests.Seed;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Goal: threads that divide a visit see one instant, whatever others write, and its close. Method:
 * several are inside a part at once, and beside each a thread commits at every few objects; what
 * they tell, together, is compared with the values at the opening.
 */
final class SnapshotPartThreadsTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);

    /** Small arrays of one and of some stripes, and spans of one run and of some. */
    private static final int[] LENGTHS = {1, 32, 33, 500, 2_100, 8_000};

    /** Fills about ten runs. */
    private static final int MANY = 20_000;

    private static final int THREADS = 3;

    /** Objects from one commit to the next. */
    private static final int EVERY = 20;

    private final Seed seed = Seed.of(SnapshotPartThreadsTest.class);

    /** Each visits parts, when all are inside one; beside each a thread writes as it goes. */
    private void visitTogether(
            Snapshot snapshot, StmType type, IntFunction<Runnable> writing, Visited visited) {
        CountDownLatch inside = new CountDownLatch(THREADS);
        AtomicInteger next = new AtomicInteger();
        List<Elsewhere> hands = new ArrayList<>();
        List<Future<Void>> ends = new ArrayList<>();
        int parts = 2 * THREADS;
        for (int i = 0; i < THREADS; i++) {
            Elsewhere visitor = new Elsewhere("visitor " + i);
            Elsewhere writer = new Elsewhere("writer " + i);
            hands.add(visitor);
            hands.add(writer);
            Runnable write = writing.apply(i);
            int[] told = {0};
            ends.add(visitor.start(() -> {
                for (int p = next.getAndIncrement(); p < parts; p = next.getAndIncrement()) {
                    snapshot.forEach(type, p, parts, (tx, ref) -> {
                        if (told[0]++ == 0) {
                            inside.countDown();
                            Elsewhere.await(inside);
                        }
                        if (told[0] % EVERY == 1) {
                            writer.run(write::run);
                        }
                        visited.visit(tx, ref);
                    });
                }
            }));
        }
        try {
            ends.forEach(Elsewhere::await);
        } finally {
            hands.forEach(Elsewhere::close);
        }
    }

    /** Told by all threads. */
    private interface Visited {
        void visit(Transaction tx, long ref);
    }

    @Test
    void threadsThatDivideAVisitSeeOneInstant() {
        List<Long> cells = cells(MANY);
        Map<Long, Long> told = new ConcurrentHashMap<>();
        try (Snapshot snapshot = stm.openSnapshot()) {
            visitTogether(
                    snapshot,
                    CELL,
                    number -> {
                        SplittableRandom random = new SplittableRandom(seed.value() + number);
                        return () -> stm.atomic(tx -> writeAnywhere(tx, cells, random));
                    },
                    (tx, ref) -> assertNull(told.put(ref, tx.getLong(CELL, ref, 0)), "told twice"));
            Map<Long, Long> expected = new HashMap<>();
            for (int i = 0; i < MANY; i++) {
                expected.put(cells.get(i), (long) i);
            }
            assertTrue(expected.equals(told), () -> "seen " + told.size() + ", " + seed);
            try (Snapshot now = stm.openSnapshot()) {
                Map<Long, Change> changed = new HashMap<>();
                now.forEachChange(snapshot, CELL, changed::put);
                for (Change each : Change.values()) {
                    assertTrue(changed.containsValue(each), "writers did nothing: " + each);
                }
            }
        }
    }

    private static void writeAnywhere(Transaction tx, List<Long> cells, SplittableRandom random) {
        for (int i = 0; i < 10; i++) {
            long some = cells.get(random.nextInt(MANY));
            if (tx.exists(CELL, some)) {
                if (i % 3 == 0) {
                    tx.free(CELL, some);
                } else {
                    tx.setLong(CELL, some, 0, -1);
                }
            }
            tx.setLong(CELL, tx.allocate(CELL), 0, -2);
        }
    }

    @Test
    void arraysThatAreReplacedMeanwhile() {
        List<Long> arrays = stm.atomicGet(tx -> {
            List<Long> made = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                int length = LENGTHS[i % LENGTHS.length];
                made.add(tx.allocate(WORDS, length));
                tx.setLong(WORDS, made.get(i), length - 1, 0, i);
            }
            return made;
        });
        Map<Long, Long> expected = new HashMap<>();
        arrays.forEach(ref -> expected.put(ref, stm.readOnlyLong(tx -> last(tx, ref))));
        AtomicInteger next = new AtomicInteger();
        Map<Long, Long> told = new ConcurrentHashMap<>();
        try (Snapshot snapshot = stm.openSnapshot()) {
            visitTogether(
                    snapshot,
                    WORDS,
                    number -> () -> {
                        long old = arrays.get(next.getAndAdd(7) % arrays.size());
                        stm.atomic(tx -> {
                            long length = tx.length(WORDS, old);
                            tx.free(WORDS, old);
                            tx.setLong(WORDS, tx.allocate(WORDS, length + 1), length, 0, -1);
                        });
                    },
                    (tx, ref) -> assertNull(told.put(ref, last(tx, ref)), "told twice"));
            assertEquals(expected, told);
        }
        assertTrue(next.get() > 30, "writers did nothing");
    }

    private static long last(Transaction tx, long ref) {
        return tx.getLong(WORDS, ref, tx.length(WORDS, ref) - 1, 0);
    }

    @Test
    void partsThatWereBegunBeforeTheCloseAreVisitedToTheirEnds() {
        List<Long> cells = cells(MANY);
        Snapshot snapshot = stm.openSnapshot();
        CountDownLatch inside = new CountDownLatch(2);
        CountDownLatch closed = new CountDownLatch(1);
        List<Future<Void>> ends = new ArrayList<>();
        Map<Long, Long> told = new ConcurrentHashMap<>();
        for (Elsewhere hand : List.of(other, third)) {
            int[] seen = {0};
            ends.add(hand.start(() -> {
                snapshot.forEach(CELL, hand == other ? 0 : 1, 3, (tx, ref) -> {
                    if (seen[0]++ == 0) {
                        inside.countDown();
                        Elsewhere.await(closed);
                    }
                    told.put(ref, tx.getLong(CELL, ref, 0));
                });
            }));
        }
        Elsewhere.await(inside);
        snapshot.close();
        MisuseException refused = assertThrows(
                MisuseException.class,
                () -> snapshot.forEach(CELL, 2, 3, (tx, ref) -> told.put(ref, -1L)));
        assertTrue(refused.getMessage().contains("closed"), refused.getMessage());
        stm.atomic(tx -> {
            for (int i = 0; i < MANY; i += 2) {
                tx.setLong(CELL, cells.get(i), 0, -1);
                tx.free(CELL, cells.get(i + 1));
            }
        });
        closed.countDown();
        ends.forEach(Elsewhere::await);
        told.forEach((ref, value) -> assertEquals(ref, cells.get(value.intValue())));
        assertTrue(told.size() > MANY / 3 && told.size() < MANY, "seen " + told.size());
        assertEquals(0, stm.statistics().liveSnapshots());
        assertEquals(0, stm.statistics().limboBytes());
    }
}
