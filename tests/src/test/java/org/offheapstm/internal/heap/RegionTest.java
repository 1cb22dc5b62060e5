package org.offheapstm.internal.heap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.tests.Seed;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Goal: runs are given to one at a time, found wherever there is a gap, and coalesce by themselves.
 * Method: a small region against a set of bits; threads that claim and release at random.
 */
final class RegionTest {
    private static final long ENTRY = RunEntry.of(5, 4);

    private static final int START = 12;

    private final Region region = new Region(64 * RunEntry.RUN_BYTES, START);

    @AfterEach
    void unmap() {
        region.unmap();
    }

    /** Claims one by one until there is no more, for objects or for the areas of slots. */
    private List<Integer> claimAll(long entry) {
        List<Integer> runs = new ArrayList<>();
        for (int run = region.tryClaim(1, entry); run >= 0; run = region.tryClaim(1, entry)) {
            runs.add(run);
        }
        return runs;
    }

    /** The run behind the last that serves objects. */
    private int end() {
        List<Integer> runs = claimAll(ENTRY);
        runs.forEach(run -> region.release(run, 1));
        return runs.stream().mapToInt(run -> run).max().orElseThrow() + 1;
    }

    @Test
    void allRunsButTheTableAreGivenOnce() {
        List<Integer> runs = claimAll(ENTRY);
        List<Integer> areas = claimAll(RunEntry.ARENA);
        assertFalse(areas.isEmpty(), "nothing is kept for the areas of slots");
        runs.addAll(areas);
        assertEquals(region.runs() - 1, runs.size());
        assertEquals(runs.size(), runs.stream().distinct().count());
        assertTrue(runs.stream().noneMatch(run -> run == 0), "the table was given away");
        assertEquals(region.capacityBytes(), region.usedBytes());
        runs.forEach(run -> region.release(run, 1));
        assertEquals(RunEntry.RUN_BYTES, region.usedBytes());
    }

    @Test
    void gapIsFoundWhereverItIs() {
        int end = end();
        claimAll(ENTRY);
        for (int start : new int[] {1, 2, 30, end - 5}) {
            for (int i = 0; i < 5; i++) {
                region.release(start + i, 1); // one by one: neighbours coalesce
            }
            assertEquals(-1, region.tryClaim(6, ENTRY));
            assertEquals(start, region.tryClaim(5, ENTRY));
            assertEquals(-1, region.tryClaim(1, ENTRY));
        }
    }

    @Test
    void gapBesideTheEndIsNotWrappedAround() {
        int end = end();
        claimAll(ENTRY);
        region.release(1, 1);
        region.release(end - 1, 1);
        assertEquals(-1, region.tryClaim(2, ENTRY));
        assertTrue(region.tryClaim(1, ENTRY) > 0);
        assertTrue(region.tryClaim(1, ENTRY) > 0);
        assertEquals(-1, region.tryClaim(1, ENTRY));
    }

    @Test
    void failedSearchLeavesNothingClaimed() {
        List<Integer> runs = claimAll(ENTRY);
        for (int i = 0; i < runs.size(); i += 2) {
            region.release(runs.get(i), 1);
        }
        long used = region.usedBytes();
        assertEquals(-1, region.tryClaim(2, ENTRY));
        assertEquals(-1, region.tryClaim(1_000, ENTRY));
        assertEquals(used, region.usedBytes());
    }

    @Test
    void spanIsOneHeadAndBodies() {
        int run = region.tryClaim(5, ENTRY);
        region.describe(run, Region.SPAN, 17);
        assertEquals(5, region.spanRuns(run));
        assertEquals(ENTRY, Memory.get(region.entryAddress(run)));
        assertEquals(RunEntry.BODY, Memory.get(region.entryAddress(run + 4)));
        assertTrue(region.isSpan(run));
        assertEquals(17, region.generationFloor(run));
        int next = region.tryClaim(2, ENTRY);
        assertEquals(run + 5, next);
        assertEquals(5, region.spanRuns(run), "the neighbour is another span");
        region.release(run, 5);
        assertEquals(17, region.generationFloor(run), "remembered for who comes next");
        assertEquals(START, region.generationFloor(run + 1), "nobody was there");
    }

    /** References of one region are refused by another because no place has the same generation. */
    @Test
    void regionsOfAProcessStartFarApart() {
        int regions = 100;
        TreeSet<Long> starts = new TreeSet<>();
        for (int i = 0; i < regions; i++) {
            Region other = new Region(16 * RunEntry.RUN_BYTES);
            starts.add(other.generationFloor(5));
            other.unmap();
        }
        assertEquals(regions, starts.size());
        assertTrue(starts.last() < 1 << 20, "lives are used up");
        for (long start : starts) {
            Long next = starts.higher(start);
            // Other tests open regions meanwhile, so not quite as far as a hundred would be.
            assertTrue(next == null || next - start > 100, () -> start + " and " + next);
        }
    }

    @Test
    void whatCanBeReclaimedIsBeforeARefusal() {
        List<Integer> runs = claimAll(ENTRY);
        region.reclaimWith(() -> region.release(runs.get(10), 1));
        assertEquals(runs.get(10), region.tryClaim(1, ENTRY));
    }

    @Test
    void randomClaimsAreDisjoint() {
        Seed seed = Seed.of(RegionTest.class);
        Random random = new Random(seed.value());
        int end = end();
        BitSet used = new BitSet();
        List<int[]> held = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            if (random.nextBoolean() && !held.isEmpty()) {
                int[] span = held.remove(random.nextInt(held.size()));
                region.release(span[0], span[1]);
                used.clear(span[0], span[0] + span[1]);
            } else {
                int count = 1 + random.nextInt(6);
                int run = region.tryClaim(count, ENTRY);
                assertEquals(hasGap(used, count, end), run >= 0, () -> "used=" + used + " " + seed);
                if (run >= 0) {
                    assertTrue(used.get(run, run + count).isEmpty(), seed::toString);
                    used.set(run, run + count);
                    held.add(new int[] {run, count});
                }
            }
        }
    }

    private static boolean hasGap(BitSet used, int count, int end) {
        for (int run = 1; run + count <= end; run++) {
            if (used.get(run, run + count).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    @Test
    void threadsNeverHoldTheSameRun() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            List<Future<?>> ends = new ArrayList<>();
            for (int thread = 1; thread <= 3; thread++) {
                long mark = thread;
                ends.add(threads.submit(() -> claimAndMark(mark)));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        }
        assertEquals(RunEntry.RUN_BYTES, region.usedBytes());
    }

    private void claimAndMark(long mark) {
        Random random = new Random(mark);
        for (int i = 0; i < 20_000; i++) {
            int count = 1 + random.nextInt(4);
            int run = region.tryClaim(count, ENTRY);
            if (run >= 0) {
                long first = region.base() + Region.offsetOf(run);
                long last = region.base() + Region.offsetOf(run + count - 1);
                Memory.set(first, mark);
                Memory.set(last, mark);
                if (Memory.getAcquire(first) != mark || Memory.getAcquire(last) != mark) {
                    throw new AssertionError("run " + run + " is held twice");
                }
                region.release(run, count);
            }
        }
    }
}
