package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.ArrayType;
import org.offheapstm.Collected;
import org.offheapstm.Collector;
import org.offheapstm.HistoryPolicy;
import org.offheapstm.MisuseException;
import org.offheapstm.ObjectType;
import org.offheapstm.Pin;
import org.offheapstm.Snapshot;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.StmClosedException;
import org.offheapstm.StmOptions;
import org.offheapstm.StmType;
import org.offheapstm.collection.LongMap;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

/**
 * Goal: a collection frees what roots and pins do not lead to, and nothing else. Method: small
 * graphs; a collection in steps, with transactions between them.
 */
final class CollectTest extends EngineTest {
    private static final ObjectType NODE = ObjectType.of("Node", 24, 0, 8);
    private static final ObjectType PLAIN = ObjectType.of("Plain", 8, StmType.NO_REFERENCES);
    private static final ArrayType REFERENCES = ArrayType.of("References", 8, 0);
    private static final ArrayType PAIRS = ArrayType.of("Pairs", 16, 8);
    private static final ArrayType NUMBERS = ArrayType.of("Numbers", 8, StmType.NO_REFERENCES);

    private long node(long left, long right) {
        return stm.atomicLong(tx -> {
            long made = tx.allocate(NODE);
            tx.setLong(NODE, made, 0, left);
            tx.setLong(NODE, made, 8, right);
            return made;
        });
    }

    private void link(long from, int offset, long to) {
        stm.atomic(tx -> tx.setLong(NODE, from, offset, to));
    }

    private void root(StmType type, long ref) {
        stm.atomic(tx -> stm.roots().set(tx, type, "root", ref));
    }

    private long elements(ArrayType type, int count, int offset, long... elements) {
        return stm.atomicLong(tx -> {
            long made = tx.allocate(type, count);
            for (int i = 0; i < elements.length; i++) {
                tx.setLong(
                        type,
                        made,
                        (long) (i + 1) * count / elements.length - 1,
                        offset,
                        elements[i]);
            }
            return made;
        });
    }

    // ---- what is reached

    @Test
    void whatNobodyReachesIsFreedCyclesToo() {
        long leaf = node(0, 0);
        long root = node(leaf, 0);
        root(NODE, root);
        long first = node(leaf, 0);
        long second = node(first, 0);
        link(first, 0, second);
        long lone = cell(7);
        Collected collected = stm.collect();
        assertEquals(3, collected.reached(), "with the root's name");
        assertEquals(3, collected.freed());
        assertEquals(2 * 48 + 32, collected.freedBytes());
        assertTrue(collected.isComplete());
        assertTrue(exists(NODE, root) && exists(NODE, leaf));
        assertFalse(exists(NODE, first) || exists(NODE, second) || exists(CELL, lone));
        assertEquals(0, stm.collect().freed());
        assertThrows(StaleReferenceException.class, () -> get(lone));
    }

    @Test
    void whatWasRemovedFromTheRootsIsFreed() {
        long root = node(node(0, 0), node(0, 0));
        root(NODE, root);
        assertEquals(0, stm.collect().freed());
        stm.atomic(tx -> stm.roots().remove(tx, "root"));
        assertEquals(3, stm.collect().freed());
    }

    @Test
    void arraysOfEverySizeAreFollowed() {
        long[] cells = new long[8];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = cell(i);
        }
        long small = elements(REFERENCES, 2, 0, cells[0], cells[1]);
        long striped = elements(PAIRS, 300, 8, cells[2], cells[3], small);
        long span = elements(REFERENCES, 50_000, 0, cells[4], cells[5], striped);
        root(REFERENCES, span);
        long garbage = elements(REFERENCES, 50_000, 0, cells[6]);
        assertEquals(3, stm.collect().freed());
        for (int i = 0; i < 6; i++) {
            assertEquals(i, get(cells[i]));
        }
        assertFalse(exists(REFERENCES, garbage) || exists(CELL, cells[6]));
        assertEquals(3, stm.readOnlyLong(tx -> {
            long middle = tx.getLong(REFERENCES, span, 49_999, 0);
            return tx.getLong(CELL, tx.getLong(PAIRS, middle, 199, 8), 0);
        }));
    }

    /** A type that says where its references are means it; one that does not may have any. */
    @Test
    void declaredTypesAreFollowedWhereTheySayAndOthersEverywhere() {
        long[] cells = {cell(0), cell(1), cell(2), cell(3)};
        long plain = stm.atomicLong(tx -> tx.allocate(PLAIN));
        stm.atomic(tx -> tx.setLong(PLAIN, plain, 0, cells[0]));
        long numbers = elements(NUMBERS, 1, 0, cells[1]);
        long pair = elements(PAIRS, 1, 0, cells[2]);
        long bare = cell(cells[3]);
        root(REFERENCES, elements(REFERENCES, 4, 0, plain, numbers, pair, bare));
        assertEquals(3, stm.collect().freed());
        assertEquals(3, get(cells[3]));
    }

    @Test
    void numbersThatAreNoReferencesDoNoHarm() {
        long garbage = cell(1);
        long reused = cell(2);
        stm.atomic(tx -> tx.free(CELL, reused));
        long[] forged = {
            garbage + 1,
            garbage - 1,
            -1,
            1,
            Long.MIN_VALUE,
            reused,
            garbage + (1L << 24),
            garbage & ~0xFF_FFFFL,
            5L << 36,
            Long.MAX_VALUE
        };
        root(REFERENCES, elements(REFERENCES, forged.length, 0, forged));
        assertEquals(1, stm.collect().freed());
        assertFalse(exists(CELL, garbage));
    }

    @Test
    void mapsKeepWhatTheirValuesReferTo() {
        LongMap map = stm.atomicGet(LongMap::create);
        root(LongMap.TYPE, map.ref());
        for (int i = 0; i < 1_000; i++) {
            long cell = cell(i);
            int key = i;
            stm.atomic(tx -> map.put(tx, key, cell, 0));
        }
        assertEquals(0, stm.collect().freed());
        for (int i = 0; i < 1_000; i++) {
            int key = i;
            assertEquals(i, get(stm.readOnlyLong(tx -> map.get(tx, key, 0))));
        }
        stm.atomic(map::clear);
        assertEquals(1_000, stm.collect().freed());
    }

    // ---- pins

    @Test
    void pinnedObjectsStayUntilThePinIsClosed() {
        long leaf = node(0, 0);
        Pin pin = stm.pin(NODE, node(leaf, 0));
        try (pin) {
            assertEquals(0, stm.collect().freed());
            assertTrue(exists(NODE, pin.ref()) && exists(NODE, leaf));
        }
        pin.close();
        assertEquals(2, stm.collect().freed());
    }

    @Test
    void pinOfABlockIsClosedWithItsRollback() {
        Pin[] pins = new Pin[2];
        stm.atomic(tx -> {
            pins[0] = stm.pin(CELL, tx.allocate(CELL));
            assertThrows(
                    IllegalStateException.class,
                    () -> tx.nested(inner -> {
                        pins[1] = stm.pin(CELL, tx.allocate(CELL));
                        throw new IllegalStateException("undo");
                    }));
        });
        assertEquals(0, stm.collect().freed());
        assertThrows(
                IllegalStateException.class,
                () -> stm.atomic(tx -> {
                    pins[1] = stm.pin(CELL, tx.allocate(CELL));
                    throw new IllegalStateException("undo");
                }));
        assertTrue(exists(CELL, pins[0].ref()));
        assertFalse(exists(CELL, pins[1].ref()));
        pins[0].close();
        assertEquals(1, stm.collect().freed());
    }

    @Test
    void whatDoesNotExistCannotBePinned() {
        long cell = cell(1);
        assertThrows(StaleReferenceException.class, () -> stm.pin(NODE, cell));
        stm.atomic(tx -> tx.free(CELL, cell));
        assertThrows(StaleReferenceException.class, () -> stm.pin(CELL, cell));
    }

    // ---- beside others

    @Test
    void whatIsBornOrLinkedMeanwhileStays() {
        long root = node(0, 0);
        long moved = node(0, 0);
        link(root, 0, moved);
        root(NODE, root);
        try (Collector collector = stm.collector()) {
            assertFalse(collector.step(1));
            link(root, 8, cell(5)); // Born, and linked behind the marking.
            stm.atomic(tx -> {
                tx.setLong(NODE, root, 8, tx.getLong(NODE, root, 0));
                tx.setLong(NODE, root, 0, 0);
            });
            Pin pin = stm.pin(CELL, cell(6));
            long born = cell(7);
            while (!collector.step(1)) {
                stm.readOnly(tx -> tx.getLong(NODE, moved, 0));
            }
            assertEquals(0, collector.result().freed());
            assertEquals(7, get(born));
            assertEquals(6, get(pin.ref()));
            pin.close();
        }
        assertEquals(3, stm.collect().freed());
        assertTrue(exists(NODE, moved));
    }

    /** It has found the object before the collection began, and pins it after the marking. */
    @Test
    void whoRanWhenItBeganIsWaitedFor() {
        long found = node(0, 0);
        long root = node(found, 0);
        root(NODE, root);
        CountDownLatch inside = new CountDownLatch(1);
        CompletableFuture<Void> go = new CompletableFuture<>();
        Pin[] pin = new Pin[1];
        Future<Void> reader = other.start(() -> stm.readOnly(tx -> {
            long ref = tx.getLong(NODE, root, 0);
            inside.countDown();
            go.join();
            pin[0] = stm.pin(NODE, ref);
        }));
        Elsewhere.await(inside);
        link(root, 0, 0);
        try (Collector collector = stm.collector()) {
            for (int i = 0; i < 100; i++) {
                assertFalse(collector.step(1_000));
            }
            go.complete(null);
            Elsewhere.await(reader);
            while (!collector.step(1_000)) {}
            assertEquals(0, collector.result().freed());
        }
        assertTrue(exists(NODE, found));
        pin[0].close();
        assertEquals(1, stm.collect().freed());
    }

    @Test
    void pinThatIsClosedMeanwhileCountsToTheEnd() {
        long root = node(0, 0);
        root(NODE, root);
        Pin pin = stm.pin(NODE, node(0, 0));
        try (Collector collector = stm.collector()) {
            assertFalse(collector.step(1));
            link(root, 0, pin.ref());
            pin.close();
            while (!collector.step(1)) {}
        }
        assertTrue(exists(NODE, pin.ref()));
        link(root, 0, 0);
        assertEquals(1, stm.collect().freed());
    }

    @Test
    void openSnapshotsSeeWhatIsCollected() {
        long leaf = cell(5);
        long root = node(leaf, 0);
        root(NODE, root);
        try (Snapshot before = stm.openSnapshot()) {
            link(root, 0, 0);
            assertEquals(1, stm.collect().freed());
            assertFalse(exists(CELL, leaf));
            assertEquals(
                    5, before.readOnlyLong(tx -> tx.getLong(CELL, tx.getLong(NODE, root, 0), 0)));
        }
    }

    // ---- misuse, and ends

    @Test
    void onlyOneCollectionAtATimeAndNoneInside() {
        try (Collector collector = stm.collector()) {
            assertThrows(MisuseException.class, stm::collector);
            stm.atomic(tx -> assertThrows(MisuseException.class, () -> collector.step(1)));
        }
        stm.atomic(tx -> assertThrows(MisuseException.class, stm::collect));
        stm.atomic(tx -> assertThrows(MisuseException.class, stm::collector));
    }

    @Test
    void collectionThatIsGivenUpLeavesNothingBehind() {
        long garbage = cell(1);
        Collector collector = stm.collector();
        collector.step(1);
        collector.close();
        assertTrue(collector.step(1));
        assertFalse(collector.result().isComplete());
        assertEquals(0, stm.statistics().liveSnapshots());
        assertEquals(1, stm.collect().freed());
        assertFalse(exists(CELL, garbage));
    }

    /** What a snapshot sees that was ended to make room may be gone. */
    @Test
    void collectionWhoseSnapshotIsEndedFreesNothing() {
        StmOptions little = options()
                .withHistoryLimit(StmOptions.MIN_HISTORY_LIMIT_BYTES, HistoryPolicy.END_OLDEST);
        try (Stm second = Stm.open(little)) {
            long garbage = second.atomicLong(tx -> tx.allocate(CELL));
            long[] triples = new long[10_000];
            second.atomic(tx -> Arrays.setAll(triples, i -> tx.allocate(TRIPLE)));
            try (Collector collector = second.collector()) {
                assertFalse(collector.step(1));
                for (int i = 0; i < triples.length; i += 100) {
                    int first = i;
                    second.atomic(tx -> {
                        for (int j = first; j < first + 100; j++) {
                            tx.setLong(TRIPLE, triples[j], 0, 1);
                        }
                    });
                }
                while (!collector.step(1_000)) {}
                assertFalse(collector.result().isComplete());
                assertEquals(0, collector.result().freed());
            }
            assertEquals(1, second.readOnlyLong(tx -> tx.exists(CELL, garbage) ? 1 : 0));
            assertEquals(10_001, second.collect().freed());
        }
    }

    @Test
    void secondCollectWaitsForTheFirst() {
        Collector collector = stm.collector();
        Future<Void> second = other.start(() -> stm.collect());
        long garbage = cell(1);
        assertFalse(second.isDone());
        while (!collector.step(1)) {}
        Elsewhere.await(second);
        assertFalse(exists(CELL, garbage));
    }

    @Test
    void closedEngineEndsACollection() {
        cell(1);
        Collector collector = stm.collector();
        collector.step(1);
        stm.close();
        assertThrows(StmClosedException.class, () -> collector.step(1));
        collector.close();
        assertThrows(StmClosedException.class, stm::collect);
    }

    @Test
    void reportIsReadable() {
        cell(1);
        String line = stm.collect().toString();
        assertTrue(
                line.matches(
                        "collected: reached=0 objects, freed=1 objects of 32 bytes, in \\d+ ms"),
                line);
    }
}
