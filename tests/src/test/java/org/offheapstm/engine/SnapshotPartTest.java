package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.RegionFullException;
import org.offheapstm.Snapshot;
import org.offheapstm.Snapshot.Change;
import org.offheapstm.StmType;
import org.offheapstm.internal.layout.Reference;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Goal: the parts of a visit do not overlap, are all together, stay what they are, and are about
 * equally large. Method: objects in many runs; what the parts tell is put together and compared
 * with what there is, or with the undivided visit.
 */
final class SnapshotPartTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);

    /** Two types of which a run holds 16 objects. */
    private static final ObjectType LEFT = ObjectType.of("Left", 4080);

    private static final ObjectType RIGHT = ObjectType.of("Right", 4080);
    private static final int PER_RUN = 16;

    /** Small arrays of one and of some stripes, and spans of one run and of some. */
    private static final int[] LENGTHS = {0, 1, 32, 33, 500, 2_100, 8_000, 20_000};

    /** Fills about ten runs. */
    private static final int MANY = 20_000;

    private List<Long> arrays() {
        List<Long> made = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            made.add(array(WORDS, LENGTHS[i % LENGTHS.length], i));
        }
        return made;
    }

    /** The references of a part, in the order in which they are told. */
    private static List<Long> part(Snapshot snapshot, StmType type, int part, int parts) {
        List<Long> told = new ArrayList<>();
        snapshot.forEach(type, part, parts, (tx, ref) -> {
            assertTrue(tx.exists(type, ref));
            told.add(ref);
        });
        return told;
    }

    private static List<Long> allParts(Snapshot snapshot, StmType type, int parts) {
        List<Long> told = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            told.addAll(part(snapshot, type, part, parts));
        }
        return told;
    }

    private static void assertSame(List<Long> expected, List<Long> told) {
        assertEquals(expected.stream().sorted().toList(), told.stream().sorted().toList());
    }

    // ---- which part

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 1_000})
    void partsAreDisjointAndTogetherAll(int parts) {
        List<Long> cells = cells(MANY);
        List<Long> arrays = arrays();
        try (Snapshot snapshot = stm.openSnapshot()) {
            assertSame(cells, allParts(snapshot, CELL, parts));
            assertSame(arrays, allParts(snapshot, WORDS, parts));
            for (int part = 0; part < parts; part++) {
                List<Long> told = part(snapshot, CELL, part, parts);
                assertEquals(told.stream().sorted().toList(), told, "in the order of places");
            }
        }
    }

    @Test
    void onePartIsTheWholeInItsOrder() {
        cells(MANY);
        try (Snapshot snapshot = stm.openSnapshot()) {
            List<Long> told = new ArrayList<>();
            snapshot.forEach(CELL, (tx, ref) -> told.add(ref));
            assertEquals(MANY, told.size());
            assertEquals(told.stream().sorted().toList(), told);
            assertEquals(told, part(snapshot, CELL, 0, 1));
        }
    }

    /** With more parts than runs each part is a run, or nothing. */
    @Test
    void partsBeyondTheRunsAreEmpty() {
        cells(MANY);
        int parts = 1 << 16;
        try (Snapshot snapshot = stm.openSnapshot()) {
            Map<Long, Integer> perRun = new HashMap<>();
            snapshot.forEach(CELL, (tx, ref) -> perRun.merge(Reference.run(ref), 1, Integer::sum));
            List<Integer> sizes = new ArrayList<>();
            for (int part = 0; part < parts; part++) {
                int size = part(snapshot, CELL, part, parts).size();
                if (size != 0) {
                    sizes.add(size);
                }
            }
            assertTrue(sizes.size() > 5, "too few to tell: " + sizes);
            assertEquals(
                    perRun.values().stream().sorted().toList(),
                    sizes.stream().sorted().toList());
        }
    }

    /** Method: the two types take runs in turn, as types do that grow together. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8})
    void partsAreAboutEquallyLarge(int parts) {
        int runs = 80;
        for (int i = 0; i < runs * PER_RUN; i++) {
            stm.atomic(tx -> {
                tx.allocate(LEFT);
                tx.allocate(RIGHT);
            });
        }
        int fair = runs * PER_RUN / parts;
        try (Snapshot snapshot = stm.openSnapshot()) {
            for (StmType type : List.of(LEFT, RIGHT)) {
                for (int part = 0; part < parts; part++) {
                    int size = part(snapshot, type, part, parts).size();
                    assertTrue(size > fair * 2 / 3, type.name() + ": " + size + " of " + fair);
                    assertTrue(size < fair * 3 / 2, type.name() + ": " + size + " of " + fair);
                }
            }
        }
    }

    @Test
    void objectStaysInItsPart() {
        List<Long> cells = cells(MANY);
        try (Snapshot older = stm.openSnapshot()) {
            List<Long> before = part(older, CELL, 1, 3);
            stm.atomic(tx -> {
                for (int i = 0; i < MANY; i += 2) {
                    tx.free(CELL, cells.get(i));
                }
            });
            arrays();
            cells(MANY);
            assertEquals(before, part(older, CELL, 1, 3));
            try (Snapshot younger = stm.openSnapshot()) {
                List<Long> left = new ArrayList<>(before);
                left.removeIf(ref -> !exists(CELL, ref));
                List<Long> after = part(younger, CELL, 1, 3);
                after.retainAll(before);
                assertEquals(left, after);
            }
        }
    }

    /** Method: a run of the type comes between the others, in the only place that is left. */
    @Test
    void runsThatComeMeanwhileMoveNothing() {
        List<Long> spans = new ArrayList<>();
        assertThrows(RegionFullException.class, () -> {
            while (true) {
                spans.add(array(WORDS, 20_000, 1));
            }
        });
        long gap = spans.remove(3);
        stm.atomic(tx -> tx.free(WORDS, gap));
        stm.trim(); // Its runs are no longer of the type.
        try (Snapshot snapshot = stm.openSnapshot()) {
            List<Long> told = part(snapshot, WORDS, 0, 2);
            assertEquals(gap >>> 24, array(WORDS, 20_000, 2) >>> 24, "another place");
            told.addAll(part(snapshot, WORDS, 1, 2));
            assertSame(spans, told);
        }
    }

    @Test
    void partsOfTheChangesAreAllChanges() {
        List<Long> cells = cells(MANY);
        List<Long> arrays = arrays();
        try (Snapshot older = stm.openSnapshot()) {
            stm.atomic(tx -> {
                for (int i = 0; i < MANY; i += 3) {
                    if (i % 2 == 0) {
                        tx.addLong(CELL, cells.get(i), 0, 1);
                    } else {
                        tx.free(CELL, cells.get(i));
                    }
                    tx.allocate(CELL);
                }
                for (long each : arrays.subList(10, 20)) {
                    tx.free(WORDS, each);
                }
            });
            arrays();
            try (Snapshot younger = stm.openSnapshot()) {
                for (StmType type : List.of(CELL, WORDS)) {
                    Map<Long, Change> expected = new HashMap<>();
                    younger.forEachChange(older, type, expected::put);
                    Map<Long, Change> told = new HashMap<>();
                    for (int part = 0; part < 3; part++) {
                        Set<Long> before = Set.copyOf(part(older, type, part, 3));
                        Set<Long> now = Set.copyOf(part(younger, type, part, 3));
                        younger.forEachChange(older, type, part, 3, (ref, change) -> {
                            assertNull(told.put(ref, change), "told twice");
                            assertTrue((change == Change.FREED ? before : now).contains(ref));
                        });
                    }
                    assertTrue(told.containsValue(Change.FREED), "nothing was freed");
                    assertTrue(told.containsValue(Change.CREATED), "nothing was created");
                    assertEquals(expected, told);
                }
            }
        }
    }

    // ---- refusals

    @ParameterizedTest
    @CsvSource({"0, 0", "0, -1", "-1, -1", "5, -2147483648"})
    void lessThanOnePartIsRefused(int part, int parts) {
        assertBothRefuse(IllegalArgumentException.class, "parts=" + parts + "; use 1", part, parts);
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "1, 1", "3, 3", "-2147483648, 8", "2147483647, 2147483647"})
    void partThatIsNoneOfThemIsRefused(int part, int parts) {
        String says = "part=" + part + ", parts=" + parts + "; use 0 to " + (parts - 1);
        assertBothRefuse(IndexOutOfBoundsException.class, says, part, parts);
    }

    private void assertBothRefuse(
            Class<? extends Exception> expected, String says, int part, int parts) {
        cell(1);
        try (Snapshot snapshot = stm.openSnapshot()) {
            assertRefusal(
                    expected,
                    says,
                    () -> snapshot.forEach(CELL, part, parts, (tx, ref) -> {
                        throw new AssertionError("told of " + ref);
                    }));
            assertRefusal(
                    expected,
                    says,
                    () -> snapshot.forEachChange(snapshot, CELL, part, parts, (ref, change) -> {}));
        }
        assertEquals(0, stm.statistics().liveSnapshots(), "a refusal leaves nothing");
    }

    private static void assertRefusal(
            Class<? extends Exception> expected, String says, Executable use) {
        String message = assertThrows(expected, use).getMessage();
        assertTrue(message.contains(says), message);
    }
}
