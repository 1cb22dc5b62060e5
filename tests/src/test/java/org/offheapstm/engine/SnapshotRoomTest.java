package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.ArrayType;
import org.offheapstm.HistoryPolicy;
import org.offheapstm.ObjectType;
import org.offheapstm.RegionFullException;
import org.offheapstm.Snapshot;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Goal: what is kept for snapshots comes back when they are closed, not before; and a region that
 * it has filled is usable again then. Method: a region of a few runs, and no limit within it; bytes
 * and places compared.
 */
final class SnapshotRoomTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);
    private static final ObjectType BROAD = ObjectType.of("Broad", 1024);
    private static final long RUN_BYTES = 64 << 10;

    @Override
    StmOptions options() {
        return StmOptions.DEFAULT
                .withCapacityBytes(4L << 20)
                .withMaxRunning(8)
                .withHistoryLimit(4L << 20, HistoryPolicy.DELAY_WRITERS);
    }

    private long[] broad(int count) {
        long[] made = new long[count];
        stm.atomic(tx -> {
            for (int i = 0; i < count; i++) {
                made[i] = tx.allocate(BROAD);
                tx.setLong(BROAD, made[i], 8, i);
            }
        });
        return made;
    }

    private long history() {
        return stm.statistics().historyBytes();
    }

    private long used() {
        return stm.statistics().usedBytes();
    }

    private static long place(long ref) {
        return ref >>> 24;
    }

    private static void setAll(Transaction tx, long[] broad, long value) {
        for (long each : broad) {
            tx.setLong(BROAD, each, 8, value);
        }
    }

    @Test
    void withoutASnapshotNothingIsKept() {
        long[] broad = broad(500);
        stm.atomic(tx -> setAll(tx, broad, 1));
        assertEquals(0, history());
        stm.openSnapshot().close();
        stm.atomic(tx -> setAll(tx, broad, 2));
        assertEquals(0, history());
    }

    @Test
    void oneImageOfEachObjectIsKeptForASnapshot() {
        long[] broad = broad(300);
        try (Snapshot snapshot = stm.openSnapshot()) {
            stm.atomic(tx -> setAll(tx, broad, 1));
            long kept = history();
            assertTrue(kept >= 300 * 1024, () -> "kept " + kept);
            assertTrue(kept <= 300 * 1100 + 2 * RUN_BYTES, () -> "kept " + kept);
            for (int i = 2; i < 50; i++) {
                int value = i;
                stm.atomic(tx -> setAll(tx, broad, value));
            }
            assertEquals(kept, history(), "kept more than one");
            // Born since: of no interest to it.
            long[] born = broad(300);
            stm.atomic(tx -> setAll(tx, born, 1));
            assertEquals(kept, history(), "kept what it does not see");
            assertEquals(299, snapshot.readOnlyLong(tx -> tx.getLong(BROAD, broad[299], 8)));
        }
    }

    @Test
    void imagesComeBackWhenTheLastSnapshotCloses() {
        long[] broad = broad(300);
        long before = 0;
        for (int round = 0; round < 30; round++) {
            Snapshot first = stm.openSnapshot();
            Snapshot second = stm.openSnapshot();
            stm.atomic(tx -> setAll(tx, broad, 1));
            other.run(() -> stm.atomic(tx -> setAll(tx, broad, 2)));
            long kept = history();
            second.close();
            assertEquals(kept, history(), "the first still needs them");
            assertEquals(7, first.readOnlyLong(tx -> 7));
            first.close();
            assertTrue(history() <= 2 * RUN_BYTES, () -> "left: " + history());
            stm.atomic(tx -> {
                for (int i = 0; i < broad.length; i++) {
                    tx.setLong(BROAD, broad[i], 8, i);
                }
            });
            before = round == 2 ? used() : before;
        }
        assertEquals(before, used());
    }

    @Test
    void promotedBlocksGiveBackToo() {
        long[] broad = broad(300);
        for (int round = 0; round < 20; round++) {
            stm.readOnly(tx -> {
                other.run(() -> stm.atomic(o -> setAll(o, broad, 1)));
                for (long each : broad) {
                    tx.getLong(BROAD, each, 8);
                }
            });
        }
        assertEquals(1, stm.statistics().promotions(), "then it begins on a snapshot");
        assertEquals(0, stm.statistics().liveSnapshots());
        assertTrue(history() <= 2 * RUN_BYTES, () -> "left: " + history());
    }

    // ---- freed blocks

    @Test
    void freedBlocksWaitForTheSnapshot() {
        Set<Long> places = new HashSet<>();
        List<Long> old = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            old.add(cell(i));
            places.add(place(old.get(i)));
        }
        Snapshot snapshot = stm.openSnapshot();
        stm.atomic(tx -> old.forEach(each -> tx.free(CELL, each)));
        for (int i = 0; i < 200; i++) {
            assertFalse(places.contains(place(cell(i))), "handed out too early");
        }
        try (Snapshot younger = stm.openSnapshot()) {
            snapshot.close();
            for (long each : old) {
                younger.readOnly(tx -> assertFalse(tx.exists(CELL, each)));
            }
            for (int i = 0; i < 100; i++) {
                assertTrue(places.remove(place(cell(i))), "not handed out again");
            }
        }
        assertEquals(Set.of(), places);
    }

    @Test
    void spansWaitForTheSnapshot() {
        long[] spans = new long[4];
        for (int i = 0; i < spans.length; i++) {
            spans[i] = stm.atomicLong(tx -> tx.allocate(WORDS, 50_000));
        }
        Snapshot snapshot = stm.openSnapshot();
        for (long each : spans) {
            stm.atomic(tx -> tx.free(WORDS, each));
        }
        assertThrows(RegionFullException.class, () -> {
            for (int i = 0; i < 10; i++) {
                stm.atomicLong(tx -> tx.allocate(WORDS, 50_000));
            }
        });
        for (long each : spans) {
            assertEquals(50_000, snapshot.readOnlyLong(tx -> tx.length(WORDS, each)));
        }
        snapshot.close();
        for (int round = 0; round < 20; round++) {
            long again = stm.atomicLong(tx -> tx.allocate(WORDS, 50_000));
            stm.atomic(tx -> tx.free(WORDS, again));
        }
        for (int i = 0; i < spans.length; i++) {
            stm.atomicLong(tx -> tx.allocate(WORDS, 50_000));
        }
    }

    // ---- a full region

    @Test
    void writerThatFindsNoRoomForImagesIsRolledBack() {
        long[] broad = broad(1_500);
        long small = cell(1);
        Snapshot snapshot = stm.openSnapshot();
        assertFull(broad, small);
        assertFull(broad, small);
        other.run(() -> assertThrows(
                RegionFullException.class, () -> stm.atomic(tx -> setAll(tx, broad, -1))));
        assertTrue(history() <= 2 * RUN_BYTES, () -> "kept by refused commits: " + history());
        assertSeen(snapshot, broad, small);
        snapshot.close();
        // All is as it was, and writable.
        stm.atomic(tx -> {
            for (int i = 0; i < broad.length; i++) {
                assertEquals(i, tx.getLong(BROAD, broad[i], 8));
            }
        });
        assertTrue(history() <= 3 * RUN_BYTES, () -> "left: " + history());
        Snapshot next = stm.openSnapshot();
        for (int i = 0; i < 50; i++) { // Their images fit the run that this slot has kept.
            long each = broad[i];
            stm.atomic(tx -> tx.setLong(BROAD, each, 8, -1));
        }
        assertSeen(next, broad, small);
        next.close();
        stm.atomic(tx -> setAll(tx, Arrays.copyOfRange(broad, 750, 1_500), -3));
        assertEquals(-3, stm.readOnlyLong(tx -> tx.getLong(BROAD, broad[1_499], 8)));
        assertEquals(0, stm.statistics().liveSnapshots());
    }

    private void assertFull(long[] broad, long small) {
        RegionFullException full = assertThrows(
                RegionFullException.class,
                () -> stm.atomic(tx -> {
                    tx.setLong(CELL, small, 0, 2);
                    setAll(tx, broad, -1);
                    tx.addLong(BROAD, tx.allocate(BROAD), 0, 1);
                }));
        assertTrue(full.getMessage().contains("before-images"), full.getMessage());
        assertEquals(1, get(small), "not rolled back");
        long sum = stm.readOnlyLong(tx -> {
            long each = 0;
            for (long ref : broad) {
                each += tx.getLong(BROAD, ref, 8);
            }
            return each;
        });
        assertEquals(1_500L * 1_499 / 2, sum);
    }

    private static void assertSeen(Snapshot snapshot, long[] broad, long small) {
        snapshot.readOnly(tx -> {
            assertEquals(1, tx.getLong(CELL, small, 0));
            for (int i = 0; i < broad.length; i++) {
                assertEquals(i, tx.getLong(BROAD, broad[i], 8));
            }
        });
        long[] told = {0};
        snapshot.forEach(BROAD, (tx, ref) -> told[0]++);
        assertEquals(broad.length, told[0]);
    }
}
