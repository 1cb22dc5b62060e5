package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.offheapstm.ArrayType;
import org.offheapstm.Merge;
import org.offheapstm.Snapshot;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.StmType;
import org.offheapstm.Transaction;
import org.offheapstm.TxAction;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * Goal: a snapshot sees every commit before it and nothing of those after it, whatever these do.
 * Method: values read before, and after each kind of commit, by this thread and by another.
 */
final class SnapshotTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);
    private static final ArrayType BYTES = ArrayType.of("Bytes", 1);
    private static final int LENGTH = 100;

    /** Elements of different stripes, of one stripe, and of the last one, which is not full. */
    private static final int[] ELEMENTS = {0, 1, 31, 32, 50, 64, 98, 99};

    private long array(long length, long firstValue) {
        return stm.atomicLong(tx -> {
            long made = tx.allocate(WORDS, length);
            for (long i = 0; i < length; i++) {
                tx.setLong(WORDS, made, i, 0, firstValue + i);
            }
            return made;
        });
    }

    private static long getIn(Snapshot snapshot, long cell) {
        return snapshot.readOnlyLong(tx -> tx.getLong(CELL, cell, 0));
    }

    private static boolean existsIn(Snapshot snapshot, StmType type, long ref) {
        return snapshot.readOnlyGet(tx -> tx.exists(type, ref));
    }

    private static long[] values(Transaction tx, long array) {
        long[] values = new long[(int) tx.length(WORDS, array)];
        for (int i = 0; i < values.length; i++) {
            values[i] = tx.getLong(WORDS, array, i, 0);
        }
        return values;
    }

    private static long[] upFrom(long firstValue, int length) {
        return Stream.iterate(firstValue, value -> value + 1)
                .limit(length)
                .mapToLong(Long::longValue)
                .toArray();
    }

    // ---- one object

    private static Map<String, TxAction<RuntimeException>> changes(long cell) {
        Map<String, TxAction<RuntimeException>> changes = new LinkedHashMap<>();
        changes.put("write", tx -> tx.setLong(CELL, cell, 0, 2));
        changes.put("read and write", tx -> {
            tx.setLong(CELL, cell, 0, tx.getLong(CELL, cell, 0) + 1);
        });
        changes.put("merge", tx -> tx.addLong(CELL, cell, 0, 1));
        changes.put("merge that reads", tx -> {
            tx.addLong(CELL, cell, 0, 1);
            tx.getLong(CELL, cell, 0);
        });
        changes.put("bytes", tx -> tx.setBytes(CELL, cell, 0, new byte[] {2}, 0, 1));
        changes.put(
                "nested write",
                tx -> tx.nested(inner -> {
                    inner.setLong(CELL, cell, 0, 2);
                    return null;
                }));
        changes.put("free", tx -> tx.free(CELL, cell));
        changes.put("write and free", tx -> {
            tx.setLong(CELL, cell, 0, 2);
            tx.free(CELL, cell);
        });
        changes.put("merge and free", tx -> {
            tx.addLong(CELL, cell, 0, 1);
            tx.free(CELL, cell);
        });
        return changes;
    }

    @TestFactory
    Stream<DynamicTest> commitAfterTheOpeningIsNotSeen() {
        return changes(0).keySet().stream()
                .flatMap(name -> Stream.of(true, false)
                        .map(isOwn -> dynamicTest(name + (isOwn ? ", own" : ", foreign"), () -> {
                            long cell = cell(1);
                            long bystander = cell(5);
                            TxAction<RuntimeException> change = changes(cell).get(name);
                            try (Snapshot snapshot = stm.openSnapshot()) {
                                if (isOwn) {
                                    stm.atomic(change);
                                } else {
                                    other.run(() -> stm.atomic(change));
                                }
                                for (int time = 0; time < 2; time++) {
                                    assertEquals(1, getIn(snapshot, cell));
                                    assertTrue(existsIn(snapshot, CELL, cell));
                                    assertEquals(5, getIn(snapshot, bystander));
                                    if (exists(CELL, cell)) {
                                        assertEquals(2, get(cell), "the present");
                                    }
                                }
                            }
                        })));
    }

    /** Freshly written objects carry the newest version that there is. */
    @Test
    void commitBeforeTheOpeningIsSeen() {
        long own = cell(1);
        long foreign = cell(1);
        long merged = cell(1);
        for (int value = 2; value < 50; value++) {
            set(own, value);
            setElsewhere(foreign, value);
            third.run(() -> stm.atomic(tx -> tx.addLong(CELL, merged, 0, 1)));
            long born = cell(value);
            stm.atomic(tx -> tx.free(CELL, cell(0)));
            try (Snapshot snapshot = stm.openSnapshot()) {
                assertEquals(value, getIn(snapshot, own));
                assertEquals(value, getIn(snapshot, foreign));
                assertEquals(value, getIn(snapshot, merged));
                assertEquals(value, getIn(snapshot, born));
            }
        }
    }

    @Test
    void freeBeforeTheOpeningIsSeen() {
        long cell = cell(1);
        stm.atomic(tx -> tx.free(CELL, cell));
        try (Snapshot snapshot = stm.openSnapshot()) {
            for (int time = 0; time < 2; time++) {
                assertFalse(existsIn(snapshot, CELL, cell));
                assertThrows(StaleReferenceException.class, () -> getIn(snapshot, cell));
                cell(2); // In its place.
            }
        }
    }

    @Test
    void referenceBornAfterTheOpeningIsRefused() {
        long[] old = {cell(1)};
        stm.atomic(tx -> tx.free(CELL, old[0])); // So that the next one is in a used place.
        try (Snapshot snapshot = stm.openSnapshot()) {
            long[] born = {cell(2), cell(3)};
            set(born[1], 4);
            long words = array(3, 1);
            for (long each : born) {
                assertFalse(existsIn(snapshot, CELL, each));
                assertThrows(StaleReferenceException.class, () -> getIn(snapshot, each));
            }
            assertFalse(existsIn(snapshot, WORDS, words));
            assertThrows(
                    StaleReferenceException.class,
                    () -> snapshot.readOnlyLong(tx -> tx.length(WORDS, words)));
            stm.atomic(tx -> tx.free(CELL, born[0]));
            assertFalse(existsIn(snapshot, CELL, born[0]));
        }
    }

    @Test
    void allocatedAndPublishedIsNotFound() {
        long root = cell(0);
        try (Snapshot snapshot = stm.openSnapshot()) {
            stm.atomic(tx -> {
                long made = tx.allocate(CELL);
                tx.setLong(CELL, made, 0, 7);
                tx.setLong(CELL, root, 0, made);
            });
            assertEquals(0, getIn(snapshot, root));
            try (Snapshot younger = stm.openSnapshot()) {
                assertEquals(7, getIn(younger, getIn(younger, root)));
            }
        }
    }

    @Test
    void manyUpdatesOfOneObjectAndItsEnd() {
        long cell = stm.atomicLong(tx -> tx.allocate(TRIPLE));
        stm.atomic(tx -> {
            for (int word = 0; word < 24; word += 8) {
                tx.setLong(TRIPLE, cell, word, word);
            }
        });
        try (Snapshot snapshot = stm.openSnapshot()) {
            for (int i = 1; i <= 40; i++) {
                int word = i % 3 * 8;
                Elsewhere hand = i % 2 == 0 ? other : third;
                hand.run(() -> stm.atomic(tx -> tx.addLong(TRIPLE, cell, word, 100)));
                assertTriple(snapshot, cell);
            }
            stm.atomic(tx -> tx.free(TRIPLE, cell));
            assertTriple(snapshot, cell);
            for (int i = 0; i < 10; i++) {
                stm.atomic(tx -> tx.setLong(TRIPLE, tx.allocate(TRIPLE), 0, -1));
            }
            assertTriple(snapshot, cell);
        }
    }

    private static void assertTriple(Snapshot snapshot, long cell) {
        snapshot.readOnly(tx -> {
            for (int word = 0; word < 24; word += 8) {
                assertEquals(word, tx.getLong(TRIPLE, cell, word));
            }
            byte[] bytes = new byte[24];
            tx.getBytes(TRIPLE, cell, 0, bytes, 0, 24);
            assertEquals(8, bytes[8]);
            assertEquals(16, bytes[16]);
        });
    }

    /** Who cannot lose owns what it reads: that is no change. */
    @Test
    void escalatedBlockIsNotSeen() {
        long cell = cell(1);
        try (Snapshot snapshot = stm.openSnapshot()) {
            CountDownLatch owns = new CountDownLatch(1);
            CountDownLatch mayEnd = new CountDownLatch(1);
            long escalations = stm.statistics().escalations();
            Future<Void> owner = other.start(() -> stm.atomic(tx -> {
                tx.setLong(CELL, cell, 0, 100);
                if (stm.statistics().escalations() == escalations) {
                    third.run(() -> set(cell, tx.attempt()));
                } else {
                    owns.countDown();
                    Elsewhere.await(mayEnd);
                }
            }));
            Elsewhere.await(owns);
            assertEquals(1, getIn(snapshot, cell), "while it is owned");
            mayEnd.countDown();
            Elsewhere.await(owner);
            assertEquals(1, getIn(snapshot, cell));
            assertEquals(100, get(cell));
        }
    }

    // ---- arrays

    @Test
    void elementsInManyStripes() {
        long array = array(LENGTH, 1_000);
        try (Snapshot snapshot = stm.openSnapshot()) {
            for (int element : ELEMENTS) {
                other.run(() -> stm.atomic(tx -> {
                    tx.setLong(WORDS, array, element, 0, -1);
                    tx.merge(WORDS, array, (element + 40) % LENGTH, 0, Merge.ADD_LONG, 1);
                }));
                assertArrayEquals(
                        upFrom(1_000, LENGTH), snapshot.readOnlyGet(tx -> values(tx, array)));
            }
            assertNotEquals(1_000, stm.readOnlyLong(tx -> tx.getLong(WORDS, array, 0, 0)));
        }
    }

    @Test
    void bytesOfAnArray() {
        byte[] old = new byte[600];
        byte[] now = new byte[600];
        for (int i = 0; i < 600; i++) {
            old[i] = (byte) i;
            now[i] = (byte) (i + 1);
        }
        long array = stm.atomicLong(tx -> tx.allocate(BYTES, 600));
        stm.atomic(tx -> tx.setBytes(BYTES, array, 0, old, 0, 600));
        try (Snapshot snapshot = stm.openSnapshot()) {
            stm.atomic(tx -> tx.setBytes(BYTES, array, 3, now, 3, 590));
            byte[] seen = new byte[600];
            snapshot.readOnly(tx -> tx.getBytes(BYTES, array, 0, seen, 0, 600));
            assertArrayEquals(old, seen);
        }
    }

    /** Small arrays in blocks of a run, and large ones that are runs of their own. */
    @TestFactory
    Stream<DynamicTest> arrayFreedAndOthersAllocated() {
        return Stream.of(1, LENGTH, 3_000)
                .map(length -> dynamicTest("length " + length, () -> {
                    long array = array(length, 7);
                    try (Snapshot snapshot = stm.openSnapshot()) {
                        stm.atomic(tx -> tx.setLong(WORDS, array, length - 1, 0, -1));
                        stm.atomic(tx -> {
                            tx.setLong(WORDS, array, 0, 0, -2);
                            tx.free(WORDS, array);
                        });
                        assertFalse(exists(WORDS, array));
                        for (int i = 0; i < 5; i++) {
                            array(length, 500 + i);
                            assertTrue(existsIn(snapshot, WORDS, array));
                            assertArrayEquals(
                                    upFrom(7, length),
                                    snapshot.readOnlyGet(tx -> values(tx, array)));
                        }
                    }
                }));
    }

    // ---- several snapshots, several threads

    @Test
    void snapshotsOfDifferentTimesSeeDifferentValues() {
        long cell = cell(0);
        Snapshot[] snapshots = new Snapshot[10];
        for (int i = 0; i < snapshots.length; i++) {
            set(cell, i);
            snapshots[i] = stm.openSnapshot();
        }
        setElsewhere(cell, 100);
        stm.atomic(tx -> tx.free(CELL, cell));
        // Closed from the middle outwards: what the others need must stay.
        for (int closed : new int[] {5, 4, 6, 0, 9, 3, 7, 1, 8, 2}) {
            for (int i = 0; i < snapshots.length; i++) {
                if (snapshots[i] != null) {
                    assertEquals(i, getIn(snapshots[i], cell));
                }
            }
            snapshots[closed].close();
            snapshots[closed] = null;
            stm.atomic(tx -> tx.free(CELL, tx.allocate(CELL)));
        }
    }

    @Test
    void severalThreadsReadOneAtOnce() {
        long cell = cell(1);
        try (Snapshot snapshot = stm.openSnapshot()) {
            CountDownLatch inside = new CountDownLatch(2);
            CountDownLatch written = new CountDownLatch(1);
            Elsewhere.Step reading = () -> snapshot.readOnly(tx -> {
                assertEquals(1, tx.getLong(CELL, cell, 0));
                inside.countDown();
                Elsewhere.await(written);
                assertEquals(1, tx.getLong(CELL, cell, 0));
            });
            List<Future<Void>> readers = List.of(other.start(reading), third.start(reading));
            Elsewhere.await(inside);
            set(cell, 2);
            assertEquals(1, getIn(snapshot, cell));
            written.countDown();
            readers.forEach(Elsewhere::await);
            assertEquals(1, stm.statistics().liveSnapshots());
        }
    }

    @Test
    void openedInABlockItDoesNotSeeWhatTheBlockWrites() {
        long cell = cell(1);
        Snapshot snapshot = stm.atomicGet(tx -> {
            tx.setLong(CELL, cell, 0, 2);
            return stm.openSnapshot();
        });
        try (snapshot) {
            assertEquals(1, getIn(snapshot, cell));
            assertEquals(2, get(cell));
        }
    }
}
