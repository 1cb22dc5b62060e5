package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.AbortCause;
import org.offheapstm.ArrayType;
import org.offheapstm.Collector;
import org.offheapstm.HistoryPolicy;
import org.offheapstm.ObjectType;
import org.offheapstm.Snapshot;
import org.offheapstm.SnapshotEndedException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

/**
 * Goal: what is kept for snapshots stays within its limit; when it is reached the oldest snapshot
 * is ended, says so, and nothing else goes wrong. Method: a limit of two pieces of 64 KiB, which is
 * 120 objects of 1 KiB.
 */
final class SnapshotLimitTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);
    private static final ArrayType REFERENCES = ArrayType.of("References", 8, 0);
    private static final ObjectType BROAD = ObjectType.of("Broad", 1024);
    private static final long RUN_BYTES = 64 << 10;
    private static final long LIMIT = 2 * RUN_BYTES;

    /** More than the limit allows for images of, with what each of three slots is filling. */
    private static final int MANY = 600;

    @Override
    StmOptions options() {
        return StmOptions.DEFAULT
                .withCapacityBytes(8L << 20)
                .withMaxRunning(8)
                .withHistoryLimit(LIMIT, HistoryPolicy.END_OLDEST);
    }

    private long[] broad(int count) {
        long[] made = new long[count];
        for (int i = 0; i < count; i++) {
            int at = i;
            stm.atomic(tx -> {
                made[at] = tx.allocate(BROAD);
                tx.setLong(BROAD, made[at], 8, 1_000 + at);
            });
        }
        return made;
    }

    private void setEach(long[] broad, int from, int to, long value) {
        for (int i = from; i < to; i++) {
            long each = broad[i];
            stm.atomic(tx -> tx.setLong(BROAD, each, 8, value));
            assertWithinLimit();
        }
    }

    private void assertWithinLimit() {
        long kept = stm.statistics().historyBytes() + stm.statistics().limboBytes();
        assertTrue(kept <= LIMIT + 3 * RUN_BYTES, () -> "kept " + kept);
    }

    private static long getIn(Snapshot snapshot, long broad) {
        return snapshot.readOnlyLong(tx -> tx.getLong(BROAD, broad, 8));
    }

    private SnapshotEndedException assertEnded(Runnable use) {
        SnapshotEndedException told = assertThrows(SnapshotEndedException.class, use::run);
        assertEquals(LIMIT, told.historyLimitBytes());
        assertTrue(told.ageNanos() > 0);
        return told;
    }

    // ---- opened snapshots

    @Test
    void commitThatFreesMoreThanTheLimitPassesWhenNoSnapshotIsLeft() {
        long[] broad = broad(150); // Whose images fill two pieces and a part of a third.
        try (Snapshot snapshot = stm.openSnapshot()) {
            setEach(broad, 0, broad.length, 7);
            assertEquals(0, stm.statistics().endedSnapshots());
            stm.atomic(tx -> Arrays.stream(broad).forEach(each -> tx.free(BROAD, each)));
            assertEnded(() -> getIn(snapshot, broad[0]));
            assertEquals(1, stm.statistics().endedSnapshots());
        }
        assertNoConflicts();
    }

    @Test
    void oldestIsEndedAndSaysWhichLimitAndWhoOpenedIt() {
        long[] broad = broad(MANY);
        try (Snapshot snapshot = stm.openSnapshot()) {
            setEach(broad, 0, MANY, 7);
            String told = assertEnded(() -> getIn(snapshot, broad[3])).getMessage();
            for (String part : List.of(
                    "historyLimitBytes=" + LIMIT,
                    "keptBytes=" + LIMIT,
                    "opener=",
                    "oldestIsEndedAndSaysWhichLimitAndWhoOpenedIt",
                    "age=",
                    "DELAY_WRITERS")) {
                assertTrue(told.contains(part), told);
            }
            assertEquals(1, stm.statistics().endedSnapshots());
            assertEquals(0, stm.statistics().liveSnapshots());
            assertEquals("", stm.statistics().oldestSnapshotOpener());
            assertNoConflicts();
        }
        try (Snapshot next = stm.openSnapshot()) {
            assertEquals(7, getIn(next, broad[3]));
        }
    }

    @Test
    void withinTheLimitNobodyIsEnded() {
        long[] broad = broad(100);
        for (int round = 0; round < 50; round++) {
            try (Snapshot snapshot = stm.openSnapshot()) {
                setEach(broad, 0, 100, round);
                assertEquals(round == 0 ? 1_099 : round - 1, getIn(snapshot, broad[99]));
            }
        }
        assertEquals(0, stm.statistics().endedSnapshots());
    }

    @Test
    void youngerOneSurvives() {
        long[] broad = broad(240);
        try (Snapshot first = stm.openSnapshot()) {
            setEach(broad, 0, 120, 7);
            try (Snapshot second = stm.openSnapshot()) {
                setEach(broad, 120, 240, 8);
                assertEnded(() -> getIn(first, broad[0]));
                for (int i = 0; i < 240; i++) {
                    assertEquals(i < 120 ? 7 : 1_000 + i, getIn(second, broad[i]));
                }
            }
        }
        assertEquals(1, stm.statistics().endedSnapshots());
    }

    @Test
    void everyUseOfAnEndedOneIsRefused() {
        long[] broad = broad(MANY);
        try (Snapshot first = stm.openSnapshot();
                Snapshot second = stm.openSnapshot()) {
            setEach(broad, 0, MANY, 7);
            try (Snapshot third = stm.openSnapshot()) {
                assertEnded(() -> first.readOnly(tx -> {}));
                assertEnded(() -> second.readOnlyGet(tx -> ""));
                assertEnded(() -> first.forEach(BROAD, (tx, ref) -> {}));
                assertEnded(() -> second.forEachChange(first, BROAD, (ref, change) -> {}));
                assertEnded(() -> third.forEachChange(first, BROAD, (ref, change) -> {}));
            }
        }
        assertEquals(2, stm.statistics().endedSnapshots());
    }

    /** Method: a reader in the middle of its body when its snapshot is ended. */
    @Test
    void whoIsInsideGoesOnWithWhatHasNotChanged() {
        long[] broad = broad(MANY);
        List<Long> visited = new ArrayList<>();
        try (Snapshot first = stm.openSnapshot();
                Snapshot second = stm.openSnapshot()) {
            second.readOnly(tx -> {
                assertEquals(1_000, tx.getLong(BROAD, broad[0], 8));
                other.run(() -> setEach(broad, 1, MANY, 7));
                assertEquals(1_000, tx.getLong(BROAD, broad[0], 8));
                assertTrue(tx.exists(BROAD, broad[0]));
                assertEnded(() -> tx.getLong(BROAD, broad[1], 8));
                assertEnded(() -> tx.exists(BROAD, broad[1]));
                assertEquals(1_000, tx.getLong(BROAD, broad[0], 8));
            });
            setEach(broad, 0, 1, 1_000);
            try (Snapshot third = stm.openSnapshot()) {
                assertEnded(() -> third.forEach(BROAD, (tx, ref) -> {
                    visited.add(ref);
                    if (visited.size() == 5) {
                        other.run(() -> setEach(broad, 0, MANY, 8));
                    }
                }));
            }
            assertEnded(() -> first.readOnly(tx -> {}));
        }
        assertEquals(5, visited.size(), "visited in an ended one");
        assertEquals(0, stm.statistics().liveSnapshots());
    }

    @Test
    void commitThatAloneKeepsMoreThanTheLimitPasses() {
        long[] broad = broad(MANY);
        try (Snapshot first = stm.openSnapshot();
                Snapshot second = stm.openSnapshot()) {
            stm.atomic(tx -> {
                for (long each : broad) {
                    tx.setLong(BROAD, each, 8, 7);
                }
            });
            assertWithinLimit();
            assertNoConflicts();
            assertEnded(() -> getIn(first, broad[MANY - 1]));
            assertEnded(() -> getIn(second, broad[MANY - 1]));
        }
    }

    @Test
    void fullRegionEndsItToo() {
        List<Long> broad = new ArrayList<>();
        stm.close();
        stm = Stm.open(options().withHistoryLimit(8L << 20, HistoryPolicy.END_OLDEST));
        assertThrows(org.offheapstm.RegionFullException.class, () -> {
            while (true) {
                broad.add(stm.atomicLong(tx -> tx.allocate(BROAD)));
            }
        });
        try (Snapshot snapshot = stm.openSnapshot()) {
            for (int round = 0; round < 3; round++) {
                for (long each : broad) {
                    stm.atomic(tx -> tx.setLong(BROAD, each, 8, 7));
                }
            }
            SnapshotEndedException told = assertThrows(
                    SnapshotEndedException.class, () -> getIn(snapshot, broad.getLast()));
            assertTrue(told.getMessage().contains("the region was full"), told.getMessage());
        }
    }

    // ---- freed objects

    @Test
    void placesOfFreedObjectsCount() {
        long[] arrays = new long[4];
        for (int i = 0; i < arrays.length; i++) {
            arrays[i] = stm.atomicLong(tx -> tx.allocate(WORDS, 7_000)); // a piece of 64 KiB
        }
        try (Snapshot snapshot = stm.openSnapshot()) {
            for (int i = 0; i < arrays.length; i++) {
                long each = arrays[i];
                stm.atomic(tx -> tx.free(WORDS, each));
                assertWithinLimit();
                assertEquals(i < 2 ? (i + 1) * RUN_BYTES : 0, stm.statistics().limboBytes());
            }
            assertEnded(() -> snapshot.readOnly(tx -> tx.length(WORDS, arrays[0])));
        }
    }

    @Test
    void whatIsMadeAndFreedBesideASnapshotIsNotKept() {
        long[] broad = broad(10);
        try (Snapshot snapshot = stm.openSnapshot()) {
            for (int i = 0; i < 20_000; i++) {
                long made = broad(1)[0];
                stm.atomic(tx -> tx.setLong(BROAD, made, 8, 3));
                stm.atomic(tx -> tx.free(BROAD, made));
            }
            assertEquals(0, stm.statistics().limboBytes());
            assertEquals(0, stm.statistics().historyBytes());
            assertEquals(1_009, getIn(snapshot, broad[9]));
        }
    }

    // ---- blocks that read a snapshot of their own

    /** Method: the second attempt, and the third, find all overwritten before they have read it. */
    @Test
    void promotedBlockRunsAgainOnAYoungerOne() {
        long[] broad = broad(MANY);
        List<Integer> starts = new ArrayList<>();
        stm.readOnly(tx -> {
            starts.add(tx.attempt());
            long first = tx.getLong(BROAD, broad[0], 8);
            if (tx.attempt() <= 3) {
                other.run(() -> setEach(broad, 1, MANY, tx.attempt()));
            }
            for (int i = 1; i < MANY; i++) {
                assertEquals(3, tx.getLong(BROAD, broad[i], 8), "attempt " + tx.attempt());
            }
            assertEquals(1_000, first);
        });
        assertEquals(List.of(1, 2, 3, 4), starts);
        assertEquals(1, aborts(AbortCause.SNAPSHOT_TOO_OLD));
        assertEquals(2, aborts(AbortCause.SNAPSHOT_ENDED));
        assertEquals(2, stm.statistics().endedSnapshots());
    }

    /** Method: others overwrite all it has to read whenever it begins, for ever. */
    @Test
    void promotedBlockThatIsEndedOverAndOverCannotLoseInTheEnd() {
        long[] broad = broad(MANY);
        CountDownLatch done = new CountDownLatch(1);
        Future<Void> writer = third.start(() -> {
            while (done.getCount() != 0) {
                setEach(broad, 0, MANY, 7);
            }
        });
        long[] seen = {0};
        for (int i = 0; i < 20; i++) {
            seen[0] += stm.readOnlyLong(tx -> sum(tx, broad));
        }
        done.countDown();
        Elsewhere.await(writer);
        assertTrue(seen[0] > 0);
        assertEquals(0, stm.statistics().liveSnapshots());
    }

    private static long sum(Transaction tx, long[] broad) {
        long sum = 0;
        for (long each : broad) {
            sum += tx.getLong(BROAD, each, 8);
        }
        return sum;
    }

    // ---- gauges

    @Test
    void gaugesNameTheOldestWhoeverItIs() {
        long cell = cell(0);
        stm.readOnly(tx -> {
            if (tx.attempt() == 1) {
                setElsewhere(cell, 1);
            }
            tx.getLong(CELL, cell, 0);
            other.run(() -> {
                assertTrue(
                        stm.statistics().oldestSnapshotOpener().contains("block anonymous"),
                        stm.statistics()::toString);
                assertTrue(stm.statistics().oldestSnapshotNanos() > 0);
                assertEquals(1, stm.statistics().liveSnapshots());
            });
        });
        try (Snapshot snapshot = stm.openSnapshot()) {
            assertTrue(stm.statistics().oldestSnapshotOpener().contains("gaugesNameTheOldest"));
            assertEquals(1, snapshot.readOnlyLong(tx -> tx.getLong(CELL, cell, 0)));
        }
        assertEquals(0, stm.statistics().oldestSnapshotNanos());
    }

    // ---- collections

    /** What a collection has not looked at in its snapshot it must not take for garbage. */
    @Test
    void collectionWhoseSnapshotIsEndedGivesUpAndFreesNothing() {
        long[] broad = broad(MANY);
        stm.atomic(tx -> {
            long all = tx.allocate(REFERENCES, MANY);
            for (int i = 0; i < MANY; i++) {
                tx.setLong(REFERENCES, all, i, 0, broad[i]);
            }
            stm.roots().set(tx, REFERENCES, "all", all);
        });
        long lone = cell(1);
        try (Collector collector = stm.collector()) {
            assertFalse(collector.step(1));
            setEach(broad, 0, MANY, 7);
            while (!collector.step(100)) {}
            assertFalse(collector.result().isComplete());
            assertEquals(0, collector.result().freed());
        }
        assertEquals(1, stm.statistics().endedSnapshots());
        assertEquals(1, get(lone));
        assertEquals(1, stm.collect().freed());
        assertEquals(MANY * 7, stm.readOnlyLong(tx -> sum(tx, broad)));
    }
}
