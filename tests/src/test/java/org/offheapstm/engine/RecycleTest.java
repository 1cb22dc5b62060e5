package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.offheapstm.ArrayType;
import org.offheapstm.MemoryReport;
import org.offheapstm.MisuseException;
import org.offheapstm.ObjectType;
import org.offheapstm.RegionFullException;
import org.offheapstm.Snapshot;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.StmType;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

/**
 * Goal: memory in which no object is left serves every type, and whoever still refers to an object
 * there is told so. Method: a region of a few runs, filled with one type after the other.
 */
final class RecycleTest extends EngineTest {
    private static final ObjectType BROAD = ObjectType.of("Broad", 1000);
    private static final ArrayType WORDS = ArrayType.of("Words", 8);
    private static final long RUN_BYTES = 64 << 10;

    @Override
    StmOptions options() {
        return StmOptions.DEFAULT.withCapacityBytes(4L << 20).withMaxRunning(8);
    }

    private List<Long> fill(ObjectType type) {
        List<Long> made = new ArrayList<>();
        try {
            while (true) {
                made.add(stm.atomicLong(tx -> tx.allocate(type)));
            }
        } catch (RegionFullException full) {
            return made;
        }
    }

    private void freeAll(StmType type, List<Long> refs) {
        for (long ref : refs) {
            stm.atomic(tx -> tx.free(type, ref));
        }
    }

    private long used() {
        return stm.statistics().usedBytes();
    }

    /** Nobody asks for it: a full region looks for empty runs by itself. */
    @Test
    void regionFullOfOneTypeServesAnotherOnceThatIsFreed() {
        List<Long> cells = fill(CELL);
        freeAll(CELL, cells);
        List<Long> broad = fill(BROAD);
        assertTrue(broad.size() > 1_500, () -> "only " + broad.size());
        freeAll(BROAD, broad);
        long span = stm.atomicLong(tx -> tx.allocate(WORDS, 200_000));
        assertTrue(exists(WORDS, span));
        for (int i = 0; i < cells.size(); i += 97) {
            long stale = cells.get(i);
            assertThrows(StaleReferenceException.class, () -> get(stale));
            assertFalse(exists(BROAD, stale) || exists(WORDS, stale));
        }
    }

    @Test
    void trimGivesEmptyRunsBackAndKeepsTheOthers() {
        List<Long> cells = fill(CELL);
        long full = used();
        long kept = cells.remove(cells.size() / 2);
        freeAll(CELL, cells);
        stm.trim();
        assertTrue(used() <= full - 40 * RUN_BYTES, () -> "used " + used() + " of " + full);
        assertTrue(exists(CELL, kept));
        assertEquals(1, stm.verify().objects());
        assertEquals(1, live("Cell"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void freeMemoryGoesToTheOperatingSystem() {
        freeAll(CELL, fill(CELL));
        assertTrue(stm.trim() >= 40 * RUN_BYTES);
        long cell = cell(7);
        assertEquals(7, get(cell));
    }

    @Test
    void snapshotKeepsTheRunsThatItSees() {
        List<Long> broad = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            broad.add(stm.atomicLong(tx -> tx.allocate(BROAD)));
        }
        try (Snapshot before = stm.openSnapshot()) {
            freeAll(BROAD, broad);
            stm.trim();
            for (long ref : broad) {
                assertEquals(0, before.readOnlyLong(tx -> tx.getLong(BROAD, ref, 0)));
            }
        }
        stm.trim();
        assertEquals(0, stm.verify().objects());
    }

    /** It has a block that no list has, though no object is there yet. */
    @Test
    void runOfAnObjectThatIsNotCommittedStays() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        long[] made = new long[1];
        Future<Void> maker = other.start(() -> stm.atomic(tx -> {
            made[0] = tx.allocate(CELL);
            tx.setLong(CELL, made[0], 0, 5);
            inside.countDown();
            leave.await();
        }));
        Elsewhere.await(inside);
        freeAll(CELL, List.of(cell(1), cell(2)));
        stm.trim();
        fill(BROAD);
        leave.countDown();
        Elsewhere.await(maker);
        assertEquals(5, get(made[0]));
    }

    /** The same place, again and again, and never the same reference. */
    @Test
    void referencesDoNotComeBack() {
        Set<Long> seen = new HashSet<>();
        for (int round = 0; round < 150; round++) {
            long cell = cell(round);
            assertTrue(seen.add(cell), "a reference has come back");
            long triple = stm.atomicLong(tx -> tx.allocate(TRIPLE));
            assertTrue(seen.add(triple), "a reference has come back");
            freeAll(CELL, List.of(cell));
            freeAll(TRIPLE, List.of(triple));
            stm.trim();
        }
        for (long stale : seen) {
            assertFalse(exists(CELL, stale) || exists(TRIPLE, stale));
        }
    }

    @Test
    void reportSaysHowFullTheRunsAre() {
        List<Long> broad = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            broad.add(stm.atomicLong(tx -> tx.allocate(BROAD)));
        }
        freeAll(BROAD, broad.subList(0, 30));
        stm.atomicLong(tx -> tx.allocate(WORDS, 20_000));
        MemoryReport report = stm.memory();
        MemoryReport.Row row = row(report, "Broad");
        assertEquals(70, row.live());
        assertEquals(1024, row.blockBytes());
        assertEquals(2 * RUN_BYTES, row.bytes());
        assertEquals(2 * 64 - 70, row.free());
        assertEquals(70.0 / 128, row.occupancy(), 0.001);
        assertEquals(1, row(report, "Words").live());
        long sum = report.rows().stream().mapToLong(MemoryReport.Row::bytes).sum();
        assertEquals(report.capacityBytes(), sum + report.freeBytes() + report.areaBytes());
        assertTrue(report.toString().contains("Broad, 1024"), report::toString);
    }

    private static MemoryReport.Row row(MemoryReport report, String type) {
        return report.rows().stream()
                .filter(row -> row.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private long live(String type) {
        return row(stm.memory(), type).live();
    }

    @Test
    void trimIsRefusedInside() {
        stm.atomic(tx -> assertThrows(MisuseException.class, stm::trim));
    }

    // ---- collection of a full region

    /** Ten times what the region holds, all garbage but the newest. */
    @Test
    void fullRegionCollectsIfThatIsWanted() {
        try (Stm second = Stm.open(options().withCollectionWhenFull(true))) {
            for (int i = 0; i < 40_000; i++) {
                int value = i;
                second.atomic(tx -> {
                    long made = tx.allocate(BROAD);
                    tx.setLong(BROAD, made, 0, value);
                    second.roots().set(tx, BROAD, "newest", made);
                });
            }
            assertEquals(
                    39_999,
                    second.readOnlyLong(
                            tx -> tx.getLong(BROAD, second.roots().get(tx, BROAD, "newest"), 0)));
        }
    }

    @Test
    void fullRegionIsRefusedIfAllIsReached() {
        try (Stm second = Stm.open(options().withCollectionWhenFull(true))) {
            int[] made = new int[1];
            assertThrows(RegionFullException.class, () -> {
                while (true) {
                    second.atomic(tx -> {
                        long next = tx.allocate(BROAD);
                        boolean isFirst = !second.roots().contains(tx, "list");
                        tx.setLong(
                                BROAD,
                                next,
                                0,
                                isFirst ? 0 : second.roots().get(tx, BROAD, "list"));
                        second.roots().set(tx, BROAD, "list", next);
                    });
                    made[0]++;
                }
            });
            assertTrue(made[0] > 1_500, () -> "only " + made[0]);
            assertEquals(made[0] + 1, second.verify().objects());
        }
    }
}
