package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.ObjectType;
import org.offheapstm.Snapshot;
import org.offheapstm.engine.Elsewhere;
import org.offheapstm.internal.heap.BlockKinds.Kind;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

/**
 * Goal: verify says what is wrong with memory that holds no object: areas of slots, limbo, what
 * waits to be used again, what was claimed, and what is left over. Method: as in {@link
 * InspectionTest}; what is a Java field, and no word of the region, is changed by reflection.
 */
final class AreaInspectionTest extends InspectingTest {
    private static Object get(Object owner, String field) {
        try {
            return accessible(owner, field).get(owner);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static void set(Object owner, String field, Object value) {
        try {
            accessible(owner, field).set(owner, value);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static Field accessible(Object owner, String name) {
        try {
            Field field = owner.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException e) {
            throw new AssertionError("it has a field " + name, e);
        }
    }

    private long span() {
        return engine.atomicLong(tx -> tx.allocate(WORDS, 100_000));
    }

    private static int runOf(long ref) {
        return Region.runOf(Reference.offset(ref));
    }

    private long entry(int run) {
        return engine.region.entryAddress(run);
    }

    private static String hex(long ref) {
        return "0x" + Long.toHexString(Reference.offset(ref));
    }

    // ---- areas of slots

    /** The first run of each area, by what a report calls it. */
    private Map<String, Integer> areas() {
        Map<String, Integer> areas = new TreeMap<>();
        for (int slot = 1; slot <= engine.slots.made(); slot++) {
            Attempt attempt = engine.slots.attempt(slot);
            String owner = " of slot " + slot;
            attempt.log.forEachRun((run, count) -> areas.put("write log" + owner, run));
            attempt.images.forEachRun((run, count) -> areas.put("image area" + owner, run));
            attempt.history.forEachRun((run, count) -> areas.put("history" + owner, run));
        }
        return areas;
    }

    @Test
    void areasThatWereTakenAwayOrGrewAreFound() {
        long cell = cell();
        try (Snapshot snapshot = engine.openSnapshot()) {
            engine.atomic(tx -> tx.setLong(CELL, cell, 0, 1));
            Map<String, Integer> areas = areas();
            assertEquals(5, areas.size(), "two of the spare slot: " + areas);
            areas.forEach((area, run) -> {
                String held = "run " + run + ": held as " + area;
                assertFound(held + ", entry=0x0", entry(run), RunEntry.FREE);
                assertFound(held + " with runs=1", entry(run + 1), RunEntry.BODY);
            });
            assertEquals(0, snapshot.readOnlyLong(tx -> tx.getLong(CELL, cell, 0)));
        }
    }

    @Test
    void areaOfTwoIsFound() {
        cell();
        WriteLog log = engine.slots.attempt(2).log;
        Object run = get(log, "firstRun");
        set(log, "firstRun", areas().get("image area of slot 1"));
        try {
            assertFound("held as write log of slot 2, and by somebody else");
            assertFound("run " + run + ": lost");
        } finally {
            set(log, "firstRun", run);
        }
        assertSound();
    }

    // ---- limbo

    @Test
    void damagedLimboIsFound() {
        long first = cell();
        long second = cell();
        long span = span();
        long waiting = span();
        engine.atomic(tx -> tx.free(WORDS, waiting));
        try (Snapshot snapshot = engine.openSnapshot()) {
            free(first);
            free(second);
            engine.atomic(tx -> tx.free(WORDS, span));
            assertSound();
            assertFound(
                    "limbo: block=" + hex(first) + " is none of this type",
                    entry(runOf(first)),
                    RunEntry.of(WORDS.id(), 2));
            for (long ref : new long[] {first, span}) {
                assertFound(hex(ref), header(ref), Header.clean(1, 1));
                assertFound("an object, but in a list", header(ref), Header.clean(1, 1));
            }
            long[] ring = (long[]) get(engine.limbo, "ring");
            long outside = engine.region.capacityBytes() - Long.BYTES;
            assertLimboFound("is outside", ring, outside);
            assertLimboFound("is in a list already", ring, Reference.offset(second));
            assertFound("block " + hex(first), ring, Reference.offset(second));
            assertLimboFound("is no place for one", ring, Reference.offset(first) + 4);
            assertFound(
                    "runs that wait: block=" + hex(waiting) + " is in a list already",
                    ring,
                    Reference.offset(waiting));
            boolean seen = snapshot.readOnlyGet(tx -> tx.exists(WORDS, span));
            assertTrue(seen);
        }
    }

    private void assertLimboFound(String kind, long[] ring, long block) {
        assertFound("limbo: block=0x" + Long.toHexString(block) + " " + kind, ring, block);
    }

    /** What verify says while the first block of limbo, the ring's, is another. */
    private void assertFound(String kind, long[] ring, long block) {
        long good = ring[0];
        ring[0] = block;
        try {
            assertFound(kind);
        } finally {
            ring[0] = good;
        }
        assertSound();
    }

    // ---- runs that wait

    @Test
    void damagedSpansThatWaitAreFound() {
        long span = span();
        int run = runOf(span);
        engine.atomic(tx -> tx.free(WORDS, span));
        assertTrue(engine.spans.areWaiting());
        assertEquals(0, assertSound().objects());
        assertFound("an object, but in a list", header(span), Header.clean(1, 1));
        assertFound("run " + (run + 1) + ": part of a span", entry(run), RunEntry.FREE);
        besideAnother(() -> engine.spans.reclaim());
        assertEquals(RunEntry.CLAIMED, Memory.get(entry(run)), "hidden, and not free yet");
        assertSound();
        assertFound("run " + (run + 1) + ": part of a span", entry(run), RunEntry.FREE);
        assertFound("run " + run + ": entry=0xffffff9d means nothing", entry(run), 0xFFFF_FF9DL);
        engine.spans.reclaim();
        assertEquals(RunEntry.FREE, Memory.get(entry(run)));
    }

    /** Does something while a transaction runs. */
    private void besideAnother(Runnable action) {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        try (Elsewhere other = new Elsewhere("other")) {
            Future<Void> standing = other.start(() -> engine.readOnly(tx -> {
                inside.countDown();
                Elsewhere.await(leave);
            }));
            Elsewhere.await(inside);
            action.run();
            leave.countDown();
            Elsewhere.await(standing);
        }
    }

    @Test
    void damagedRunsOfBlocksThatWaitAreFound() {
        long[] cells = new long[10];
        Arrays.setAll(cells, i -> cell());
        for (long cell : cells) {
            free(cell);
        }
        besideAnother(() -> engine.trim());
        assertTrue(engine.spans.areWaiting());
        assertSound();
        assertFound("an object, but in a list", header(cells[3]), Header.clean(1, 1));
        engine.spans.reclaim();
        assertEquals(RunEntry.FREE, Memory.get(entry(runOf(cells[3]))));
    }

    // ---- what was claimed, and what is left over

    /** A run whose generations are used up stays claimed for ever; any other one is lost. */
    @Test
    void claimedRunIsFoundUnlessItsGenerationsAreUsedUp() {
        int run = engine.region.runs() - 1;
        assertEquals(RunEntry.FREE, Memory.get(entry(run)));
        long retired = assertSound().retiredBlocks();
        assertFound("run " + run + ": lost, entry=0xfffffffc", entry(run), RunEntry.CLAIMED);
        Memory.set(entry(run), RunEntry.CLAIMED);
        Memory.set(entry(run) + 8, Header.GENERATION_MASK);
        assertEquals(retired + 1, assertSound().retiredBlocks());
        assertFound("run " + run + ": lost", entry(run) + 8, Header.GENERATION_MASK - 1);
        Memory.set(entry(run), RunEntry.FREE);
        Memory.set(entry(run) + 8, 0);
    }

    @Test
    void restOfARunThatLooksLikeAnObjectIsFound() {
        ObjectType odd = ObjectType.of("Odd", 24);
        int run = runOf(engine.atomicLong(tx -> tx.allocate(odd)));
        long bytes = engine.kinds.byNumber(engine.region.kind(run)).blockBytes();
        long used = RunEntry.RUN_BYTES / bytes * bytes;
        assertTrue(used < RunEntry.RUN_BYTES, "it has a rest");
        assertFound("its rest", base + Region.offsetOf(run) + used, Header.clean(1, 1));
    }

    @Test
    void brokenSurplusIsFound() {
        long[] cells = new long[1_000];
        Arrays.setAll(cells, i -> cell());
        for (long cell : cells) {
            free(cell);
        }
        Kind kind = engine.kinds.byNumber(engine.region.kind(runOf(cells[0])));
        long[] first = new long[1];
        kind.surplus().forEachFree(block -> {
            first[0] = block;
            return false;
        });
        assertTrue(first[0] != 0, "nothing was left to others");
        String surplus = "surplus of type=" + kind.type() + ": ";
        long link = base + first[0] + Header.BYTES;
        assertFound(surplus + "block=0x1000000000000000 is no place for one", link, 1L << 60);
        assertFound(surplus + "block=0x" + Long.toHexString(first[0]), link, first[0]);
        assertFound("lost, free and in no list", link, 0);
    }

    @Test
    void damagedDirectoryIsFound() {
        long word = base + engine.region.directory();
        assertFound("held by slot", word, Memory.get(word) | Header.LOCK);
    }
}
