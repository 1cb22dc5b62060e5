package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.offheapstm.ArrayType;
import org.offheapstm.HistoryPolicy;
import org.offheapstm.Snapshot;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.tests.Seed;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Goal: a snapshot is one instant also while many threads commit and open others. Method: writers
 * keep the sum of the cells, and give each cell a new box and a new array with its value; readers
 * scan twice, and follow each reference; they visit the boxes part by part.
 */
final class SnapshotStressTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);
    private static final int CELLS = 200;
    private static final long EACH = 1_000;
    private static final int PARTS = 3;

    /** Offsets in a TRIPLE: its value, a CELL with the same value, an array that ends in it. */
    private static final int VALUE = 0;

    private static final int BOX = 8;
    private static final int ARRAY = 16;

    private final Seed seed = Seed.of(SnapshotStressTest.class);
    private final AtomicLong scans = new AtomicLong();
    private final long[] cells = new long[CELLS];
    private long end;

    @Override
    StmOptions options() {
        // Room for what is kept while a reader has lost its processor.
        return super.options()
                .withCapacityBytes(256L << 20)
                .withHistoryLimit(256L << 20, HistoryPolicy.END_OLDEST);
    }

    private boolean goesOn() {
        return System.nanoTime() - end < 0;
    }

    private void fill() {
        stm.atomic(tx -> {
            for (int i = 0; i < CELLS; i++) {
                cells[i] = tx.allocate(TRIPLE);
                put(tx, cells[i], EACH, 1 + i % 40);
            }
        });
    }

    /** Sets a value, and allocates what belongs to it. */
    private static void put(Transaction tx, long cell, long value, long length) {
        long box = tx.allocate(CELL);
        tx.setLong(CELL, box, 0, value);
        long array = tx.allocate(WORDS, length);
        tx.setLong(WORDS, array, length - 1, 0, value);
        tx.setLong(TRIPLE, cell, VALUE, value);
        tx.setLong(TRIPLE, cell, BOX, box);
        tx.setLong(TRIPLE, cell, ARRAY, array);
    }

    private void write(SplittableRandom random) {
        while (goesOn()) {
            long from = cells[random.nextInt(CELLS)];
            long to = cells[random.nextInt(CELLS)];
            boolean anew = random.nextInt(4) == 0;
            long length = random.nextInt(500) == 0 ? 2_500 : 1 + random.nextInt(80);
            stm.atomic(tx -> {
                change(tx, from, -1, anew ? length : 0);
                change(tx, to, 1, anew ? 1 + length / 2 : 0);
            });
        }
    }

    /** Changes a value: in place, or with a new box and array in place of the old ones. */
    private static void change(Transaction tx, long cell, long delta, long newLength) {
        long value = tx.getLong(TRIPLE, cell, VALUE) + delta;
        long box = tx.getLong(TRIPLE, cell, BOX);
        long array = tx.getLong(TRIPLE, cell, ARRAY);
        if (newLength == 0) {
            tx.addLong(CELL, box, 0, delta);
            tx.setLong(WORDS, array, tx.length(WORDS, array) - 1, 0, value);
            tx.setLong(TRIPLE, cell, VALUE, value);
        } else {
            tx.free(CELL, box);
            tx.free(WORDS, array);
            put(tx, cell, value, newLength);
        }
    }

    private void read() {
        while (goesOn()) {
            try (Snapshot snapshot = stm.openSnapshot()) {
                long[] first = snapshot.readOnlyGet(this::scan);
                stm.readOnly(this::scan); // The present; often promoted.
                assertArrayEquals(first, snapshot.readOnlyGet(this::scan));
                long[] boxes = new long[1];
                long[] sum = new long[1];
                for (int part = 0; part < PARTS; part++) {
                    snapshot.forEach(CELL, part, PARTS, (tx, ref) -> {
                        boxes[0]++;
                        sum[0] += tx.getLong(CELL, ref, 0);
                    });
                }
                assertEquals(CELLS, boxes[0]);
                assertEquals(CELLS * EACH, sum[0]);
                long[] arrays = new long[1];
                snapshot.forEach(WORDS, (tx, ref) -> {
                    arrays[0] += tx.getLong(WORDS, ref, tx.length(WORDS, ref) - 1, 0);
                });
                assertEquals(CELLS * EACH, arrays[0]);
            }
            scans.incrementAndGet();
        }
    }

    /** All values and references. */
    private long[] scan(Transaction tx) {
        long[] seen = new long[3 * CELLS];
        long sum = 0;
        for (int i = 0; i < CELLS; i++) {
            long value = tx.getLong(TRIPLE, cells[i], VALUE);
            long box = tx.getLong(TRIPLE, cells[i], BOX);
            long array = tx.getLong(TRIPLE, cells[i], ARRAY);
            assertTrue(tx.exists(CELL, box) && tx.exists(WORDS, array));
            assertEquals(value, tx.getLong(CELL, box, 0));
            assertEquals(value, tx.getLong(WORDS, array, tx.length(WORDS, array) - 1, 0));
            sum += value;
            seen[3 * i] = value;
            seen[3 * i + 1] = box;
            seen[3 * i + 2] = array;
        }
        assertEquals(CELLS * EACH, sum);
        return seen;
    }

    private void runFor(long nanos) {
        fill();
        end = System.nanoTime() + nanos;
        List<Elsewhere> hands = new ArrayList<>();
        List<Future<Void>> ends = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Elsewhere hand = new Elsewhere("hand " + i);
            hands.add(hand);
            SplittableRandom random = new SplittableRandom(seed.value() + i);
            ends.add(hand.start(i < 2 ? () -> write(random) : this::read));
        }
        try {
            ends.forEach(Elsewhere::await);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(seed + ", after " + scans + " snapshots", e);
        } finally {
            hands.forEach(Elsewhere::close);
        }
        assertTrue(scans.get() >= 2, "too few: " + scans);
        assertTrue(stm.statistics().promotions() >= 1, "nobody was promoted");
        assertEquals(0, stm.statistics().liveSnapshots());
    }

    @Test
    void snapshotsOfManyThreads() {
        runFor(TimeUnit.SECONDS.toNanos(2));
    }

    @Test
    @Tag("stress")
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void snapshotsOfManyThreadsForLong() {
        runFor(TimeUnit.SECONDS.toNanos(50));
    }
}
