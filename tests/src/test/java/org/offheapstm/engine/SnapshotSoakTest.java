package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.offheapstm.ArrayType;
import org.offheapstm.HistoryPolicy;
import org.offheapstm.RegionFullException;
import org.offheapstm.Snapshot;
import org.offheapstm.StmOptions;

import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Goal: nothing is lost, however often objects are allocated and freed beside snapshots. Method:
 * two threads replace their objects, small ones, arrays and large arrays, over and over; each has
 * one or two snapshots open all the time, and counts in them what the other has. The bytes in use
 * are those of the same program after a short run.
 */
final class SnapshotSoakTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);

    /** Objects of each thread, and how many of them a transaction replaces. */
    private static final int OBJECTS = 64;

    private static final int TOGETHER = 16;

    /** Transactions between two openings of a thread, and how many openings until it counts. */
    private static final int PERIOD = 500;

    private static final int OPENINGS = 20;
    private static final int SPAN_LENGTH = 9_000;

    private static final long FIRST_PAIRS = 2_000_000;

    /** Pairs of allocate and free from one line that says how far it is to the next. */
    private static final long PAIRS_PER_LINE = 25_000_000;

    private final AtomicLong pairsDone = new AtomicLong();

    @Override
    StmOptions options() {
        // Room for what is kept while one of the two has lost its processor.
        return StmOptions.DEFAULT
                .withCapacityBytes(64L << 20)
                .withMaxRunning(4)
                .withHistoryLimit(64L << 20, HistoryPolicy.END_OLDEST);
    }

    /** One thread's objects. */
    private final class Owner {
        private final long[] objects = new long[OBJECTS];
        private long array;
        private long span;
        private int next;
        private Snapshot younger;

        void replace(long pairs) {
            long transactions = pairs / TOGETHER;
            for (long i = 0; i < transactions; i++) {
                stm.atomic(tx -> {
                    for (int k = 0; k < TOGETHER; k++) {
                        int at = (next + k) % OBJECTS;
                        tx.free(CELL, objects[at]);
                        objects[at] = tx.allocate(CELL);
                        tx.setLong(CELL, objects[at], 0, 1);
                    }
                });
                next = (next + TOGETHER) % OBJECTS;
                if (i % PERIOD == 0) {
                    openAnother(i / PERIOD);
                    advance(PERIOD * TOGETHER);
                }
            }
            younger.close(); // The other may go on for long, and what it frees would be kept.
            younger = null;
        }

        private void openAnother(long number) {
            Snapshot older = younger;
            younger = stm.openSnapshot();
            stm.atomic(tx -> {
                tx.free(WORDS, array);
                array = tx.allocate(WORDS, 20 + number % 100);
                if (number % OPENINGS == 0) {
                    tx.free(WORDS, span);
                    span = tx.allocate(WORDS, SPAN_LENGTH);
                }
            });
            if (number % OPENINGS == 0) {
                long[] sum = {0};
                younger.forEach(CELL, (tx, ref) -> sum[0] += tx.getLong(CELL, ref, 0));
                assertEquals(2 * OBJECTS, sum[0]);
            }
            if (older != null) {
                older.close();
            }
        }

        void begin() {
            stm.atomic(tx -> {
                for (int i = 0; i < OBJECTS; i++) {
                    objects[i] = tx.allocate(CELL);
                    tx.setLong(CELL, objects[i], 0, 1);
                }
                array = tx.allocate(WORDS, 20);
                span = tx.allocate(WORDS, SPAN_LENGTH);
            });
        }

        void end() {
            stm.atomic(tx -> {
                for (long each : objects) {
                    tx.free(CELL, each);
                }
                tx.free(WORDS, array);
                tx.free(WORDS, span);
            });
        }
    }

    /** Prints a line now and then; the bytes are those of the most that was in use at once. */
    private void advance(long pairs) {
        long now = pairsDone.addAndGet(pairs);
        if (now / PAIRS_PER_LINE != (now - pairs) / PAIRS_PER_LINE) {
            System.out.printf(
                    "%,d pairs, %,d bytes in use%n", now, stm.statistics().usedBytes());
        }
    }

    /** Runs both threads, and returns the bytes in use when they have freed all. */
    private long usedAfter(long pairs) throws Exception {
        List<Owner> owners = List.of(new Owner(), new Owner());
        owners.forEach(Owner::begin);
        List<Future<Void>> ends = List.of(
                other.start(() -> owners.get(0).replace(pairs / 2)),
                third.start(() -> owners.get(1).replace(pairs / 2)));
        for (Future<Void> end : ends) {
            end.get(); // Longer than a step: the test has a limit of its own.
        }
        owners.forEach(Owner::end);
        // Who finds the region full looks for all that can come back, and slots give up spare room.
        for (int i = 0; i < 3; i++) {
            assertThrows(
                    RegionFullException.class,
                    () -> stm.atomic(tx -> tx.allocate(WORDS, stm.options().capacityBytes() / 9)));
        }
        assertEquals(0, stm.statistics().liveSnapshots());
        assertEquals(0, stm.statistics().limboBytes());
        assertEquals(0, stm.statistics().endedSnapshots());
        return stm.statistics().usedBytes();
    }

    private void soak(long pairs) throws Exception {
        long first = usedAfter(FIRST_PAIRS);
        assertEquals(first, usedAfter(pairs), () -> "bytes in use after " + pairs + " pairs");
    }

    @Test
    void allComesBack() throws Exception {
        soak(4_000_000);
    }

    @Test
    @Tag("soak")
    @Timeout(value = 3, unit = TimeUnit.HOURS)
    void allComesBackAfterABillion() throws Exception {
        soak(1_000_000_000);
    }
}
