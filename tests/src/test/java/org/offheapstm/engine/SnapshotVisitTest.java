package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.offheapstm.ArrayType;
import org.offheapstm.Merge;
import org.offheapstm.MisuseException;
import org.offheapstm.ObjectType;
import org.offheapstm.Snapshot;
import org.offheapstm.Snapshot.Change;
import org.offheapstm.Stm;
import org.offheapstm.StmType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Goal: a visit tells of each object of the snapshot's time once, and of each change between two
 * snapshots, and of nothing else. Method: objects in several runs, changed between the openings and
 * while the visit is under way; what is told is compared as a whole.
 */
final class SnapshotVisitTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);
    private static final ObjectType UNUSED = ObjectType.of("Unused", 16);

    /** Small arrays of one and of some stripes, and spans of one run and of some. */
    private static final int[] LENGTHS = {0, 1, 32, 33, 500, 2_100, 8_000, 20_000};

    /** More than one run holds. */
    private static final int MANY = 5_000;

    private void free(StmType type, long ref) {
        stm.atomic(tx -> tx.free(type, ref));
    }

    /** References to values, of cells. */
    private static Map<Long, Long> cells(Snapshot snapshot) {
        Map<Long, Long> told = new TreeMap<>();
        snapshot.forEach(CELL, (tx, ref) -> {
            assertTrue(tx.exists(CELL, ref));
            assertEquals(null, told.put(ref, tx.getLong(CELL, ref, 0)), "told twice");
        });
        return told;
    }

    /** References to lengths and last elements, of arrays. */
    private static Map<Long, String> arrays(Snapshot snapshot) {
        Map<Long, String> told = new TreeMap<>();
        snapshot.forEach(WORDS, (tx, ref) -> {
            assertTrue(tx.exists(WORDS, ref));
            long length = tx.length(WORDS, ref);
            long last = length == 0 ? 0 : tx.getLong(WORDS, ref, length - 1, 0);
            assertEquals(null, told.put(ref, length + ":" + last), "told twice");
        });
        return told;
    }

    /** A map from references to what was told; an error if an object is told of twice. */
    private static Map<Long, Change> changes(Snapshot older, Snapshot younger, StmType type) {
        Map<Long, Change> told = new HashMap<>();
        younger.forEachChange(
                older,
                type,
                (ref, change) -> assertEquals(null, told.put(ref, change), "told twice"));
        return told;
    }

    // ---- all objects

    @Test
    void objectsAsTheyWere() {
        Map<Long, Long> expected = new TreeMap<>();
        List<Long> refs = new ArrayList<>();
        stm.atomic(tx -> {
            for (long i = 0; i < MANY; i++) {
                long made = tx.allocate(CELL);
                tx.setLong(CELL, made, 0, i);
                expected.put(made, i);
                refs.add(made);
            }
        });
        long gone = refs.remove(17);
        free(CELL, gone);
        expected.remove(gone);
        try (Snapshot snapshot = stm.openSnapshot()) {
            for (int i = 0; i < refs.size(); i += 3) {
                long ref = refs.get(i);
                if (i % 2 == 0) {
                    setElsewhere(ref, -1);
                } else {
                    free(CELL, ref);
                }
                other.run(() -> cell(-2));
            }
            assertEquals(expected, cells(snapshot));
        }
    }

    @Test
    void arraysAsTheyWere() {
        Map<Long, String> expected = new TreeMap<>();
        List<Long> refs = new ArrayList<>();
        for (int i = 0; i < LENGTHS.length; i++) {
            long first = array(WORDS, LENGTHS[i], i);
            long second = array(WORDS, LENGTHS[i], 100);
            String last = LENGTHS[i] == 0 ? ":0" : ":" + i;
            expected.put(first, LENGTHS[i] + last);
            expected.put(second, LENGTHS[i] + (LENGTHS[i] == 0 ? ":0" : ":100"));
            refs.add(first);
            refs.add(second);
        }
        try (Snapshot snapshot = stm.openSnapshot()) {
            assertEquals(expected, arrays(snapshot));
            for (int i = 0; i < refs.size(); i++) {
                long ref = refs.get(i);
                int length = LENGTHS[i / 2];
                if (length != 0) {
                    stm.atomic(tx -> tx.setLong(WORDS, ref, length - 1, 0, -1));
                }
                if (i % 2 == 1) {
                    free(WORDS, ref);
                }
                array(WORDS, length, -2);
                assertEquals(expected, arrays(snapshot));
            }
        }
    }

    @Test
    void changesDuringTheVisitAreNotSeen() {
        Map<Long, Long> expected = new TreeMap<>();
        for (long i = 0; i < 300; i++) {
            expected.put(cell(i), i);
        }
        List<Long> refs = List.copyOf(expected.keySet());
        Map<Long, Long> told = new TreeMap<>();
        try (Snapshot snapshot = stm.openSnapshot()) {
            snapshot.forEach(CELL, (tx, ref) -> {
                int at = told.size();
                long ahead = refs.get(refs.size() - 1 - at);
                other.run(() -> {
                    stm.atomic(o -> {
                        if (o.exists(CELL, ahead)) {
                            o.setLong(CELL, ahead, 0, -1);
                        }
                    });
                    stm.atomic(o -> {
                        if (at % 2 == 0 && o.exists(CELL, ahead)) {
                            o.free(CELL, ahead);
                        }
                        o.setLong(CELL, o.allocate(CELL), 0, -2);
                    });
                });
                told.put(ref, tx.getLong(CELL, ref, 0));
            });
            assertEquals(expected, told);
            assertEquals(expected, cells(snapshot));
        }
    }

    @Test
    void typeWithoutObjects() {
        cell(1);
        try (Snapshot snapshot = stm.openSnapshot()) {
            snapshot.forEach(UNUSED, (tx, ref) -> {
                throw new AssertionError("told of " + ref);
            });
            snapshot.forEachChange(snapshot, UNUSED, (ref, change) -> {
                throw new AssertionError("told of " + ref);
            });
        }
    }

    @Test
    void exceptionEndsTheVisit() {
        cell(1);
        cell(2);
        List<Long> told = new ArrayList<>();
        try (Snapshot older = stm.openSnapshot()) {
            cell(3);
            cell(4);
            try (Snapshot younger = stm.openSnapshot()) {
                assertThrows(
                        IOException.class,
                        () -> younger.forEach(CELL, (tx, ref) -> {
                            told.add(ref);
                            throw new IOException("enough");
                        }));
                assertThrows(IOException.class, () -> {
                    younger.forEachChange(older, CELL, (ref, change) -> {
                        told.add(ref);
                        throw new IOException("enough");
                    });
                });
            }
        }
        assertEquals(2, told.size());
        assertEquals(0, stm.statistics().liveSnapshots());
    }

    // ---- changes

    @Test
    void eachKindOfChangeAndNothingElse() {
        long unchanged = cell(1);
        long updated = cell(1);
        long merged = cell(1);
        long same = cell(1);
        long freed = cell(1);
        long updatedAndFreed = cell(1);
        long rolledBack = cell(1);
        try (Snapshot older = stm.openSnapshot()) {
            setElsewhere(updated, 2);
            other.run(() -> stm.atomic(tx -> tx.addLong(CELL, merged, 0, 1)));
            set(same, 1);
            free(CELL, freed);
            set(updatedAndFreed, 2);
            free(CELL, updatedAndFreed);
            long born = cell(2);
            long bornAndUpdated = cell(2);
            set(bornAndUpdated, 3);
            free(CELL, cell(4));
            assertThrows(
                    IllegalStateException.class,
                    () -> stm.atomic(tx -> {
                        tx.setLong(CELL, rolledBack, 0, 5);
                        tx.allocate(CELL);
                        throw new IllegalStateException("undo");
                    }));
            Map<Long, Change> expected = Map.of(
                    updated, Change.UPDATED,
                    merged, Change.UPDATED,
                    same, Change.UPDATED,
                    freed, Change.FREED,
                    updatedAndFreed, Change.FREED,
                    born, Change.CREATED,
                    bornAndUpdated, Change.CREATED);
            try (Snapshot younger = stm.openSnapshot()) {
                set(unchanged, 9);
                set(updated, 9);
                free(CELL, merged);
                free(CELL, born);
                for (int i = 0; i < 20; i++) {
                    cell(9);
                }
                assertEquals(expected, changes(older, younger, CELL));
                assertEquals(Map.of(), changes(older, older, CELL));
                assertEquals(Map.of(), changes(younger, younger, CELL));
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> elementOfAnArray() {
        return Stream.of(1, 32, 33, 500, 2_100, 20_000)
                .flatMap(length -> Stream.of(0, length / 2, length - 1)
                        .distinct()
                        .map(index -> dynamicTest(index + " of " + length, () -> {
                            long changed = array(WORDS, length, 1);
                            long merged = array(WORDS, length, 1);
                            array(WORDS, length, 1);
                            try (Snapshot older = stm.openSnapshot()) {
                                stm.atomic(tx -> {
                                    tx.setLong(WORDS, changed, index, 0, 2);
                                    tx.merge(WORDS, merged, index, 0, Merge.ADD_LONG, 1);
                                });
                                try (Snapshot younger = stm.openSnapshot()) {
                                    stm.atomic(tx -> tx.setLong(WORDS, changed, 0, 0, 3));
                                    free(WORDS, merged);
                                    assertEquals(
                                            Map.of(
                                                    changed, Change.UPDATED,
                                                    merged, Change.UPDATED),
                                            changes(older, younger, WORDS));
                                }
                            }
                        })));
    }

    @Test
    void arraysFreedAndCreated() {
        Map<Long, Change> expected = new HashMap<>();
        List<Long> old = new ArrayList<>();
        for (int length : LENGTHS) {
            old.add(array(WORDS, length, 1));
            array(WORDS, length, 1);
        }
        try (Snapshot older = stm.openSnapshot()) {
            for (int i = 0; i < LENGTHS.length; i++) {
                free(WORDS, old.get(i));
                expected.put(old.get(i), Change.FREED);
                expected.put(array(WORDS, LENGTHS[i], 2), Change.CREATED);
            }
            try (Snapshot younger = stm.openSnapshot()) {
                assertEquals(expected, changes(older, younger, WORDS));
            }
        }
    }

    /** The new object is born in the place of one that was freed before the older snapshot. */
    @Test
    void placeIsUsedAgain() {
        long first = cell(1);
        free(CELL, first);
        try (Snapshot older = stm.openSnapshot()) {
            long second = cell(2);
            assertEquals(first >>> 24, second >>> 24);
            try (Snapshot middle = stm.openSnapshot()) {
                free(CELL, second);
                cell(3);
                try (Snapshot younger = stm.openSnapshot()) {
                    assertEquals(Map.of(second, Change.CREATED), changes(older, middle, CELL));
                    assertEquals(Change.FREED, changes(middle, younger, CELL).get(second));
                    assertEquals(2, changes(middle, younger, CELL).size());
                    assertEquals(1, changes(older, younger, CELL).size(), "it came and went");
                }
            }
        }
    }

    /** Method: the chain of snapshots, each compared with each younger one. */
    @Test
    void changesBetweenAnyTwo() {
        long[] cells = {cell(0), cell(0), cell(0), cell(0)};
        List<Snapshot> snapshots = new ArrayList<>();
        snapshots.add(stm.openSnapshot());
        for (long each : cells) {
            setElsewhere(each, 1);
            snapshots.add(stm.openSnapshot());
        }
        for (int older = 0; older < snapshots.size(); older++) {
            for (int younger = older; younger < snapshots.size(); younger++) {
                Map<Long, Change> expected = new HashMap<>();
                for (int i = older; i < younger; i++) {
                    expected.put(cells[i], Change.UPDATED);
                }
                assertEquals(expected, changes(snapshots.get(older), snapshots.get(younger), CELL));
            }
        }
        snapshots.forEach(Snapshot::close);
    }

    // ---- refusals

    @Test
    void youngerForeignAndClosedAreRefused() {
        Snapshot closed = stm.openSnapshot();
        closed.close();
        try (Snapshot older = stm.openSnapshot();
                Snapshot younger = stm.openSnapshot();
                Stm second = Stm.open(options());
                Snapshot foreign = second.openSnapshot()) {
            assertRefusal("younger", older, younger);
            assertRefusal("different engines", younger, foreign);
            assertThrows(
                    NullPointerException.class,
                    () -> younger.forEachChange(null, CELL, (ref, change) -> {}));
            assertRefusal("closed", younger, closed);
            assertRefusal("closed", closed, older);
            assertEquals(2, stm.statistics().liveSnapshots(), "a refusal leaves nothing");
        }
        assertEquals(0, stm.statistics().liveSnapshots());
    }

    private static void assertRefusal(String says, Snapshot asked, Snapshot older) {
        MisuseException refused = assertThrows(
                MisuseException.class, () -> asked.forEachChange(older, CELL, (ref, change) -> {}));
        assertTrue(refused.getMessage().contains(says), refused.getMessage());
    }
}
