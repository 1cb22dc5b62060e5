package org.offheapstm.internal.heap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.ObjectType;
import org.offheapstm.RegionFullException;
import org.offheapstm.internal.heap.BlockKinds.Kind;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Goal: each block is with one owner, under FREED, of a new generation. Method: blocks taken, given
 * back and freed in orders that matter; two nurseries that hand blocks over through the surplus.
 */
final class NurseryTest {
    private static final int START = 700_000;

    private final Region region = new Region(32 * RunEntry.RUN_BYTES, START);
    private final BlockKinds kinds = new BlockKinds(region.base());
    private final Kind kind = kinds.of(ObjectType.of("Nursed", 1_000));
    private final Nursery nursery = new Nursery(region);

    @AfterEach
    void unmap() {
        region.unmap();
    }

    private long header(long block) {
        return Memory.get(region.base() + block);
    }

    private long generation(long block) {
        return Memory.get(region.base() + block + Header.LIFE) & Header.GENERATION_MASK;
    }

    @Test
    void freshBlocksSayFreedAndAreOfTheFirstGeneration() {
        Set<Long> blocks = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            long block = nursery.allocate(kind);
            assertTrue(blocks.add(block));
            assertTrue((header(block) & Header.FREED) != 0);
            assertEquals(START + 1, generation(block));
            assertTrue(RunEntry.isBlockStart(
                    kind.entry(), Reference.unitInRun(Reference.of(block, 1))));
            assertEquals(kind.number(), region.kind(Region.runOf(block)));
        }
    }

    /** Also the rest at the end of a run, too short for a block, must not pass for a live one. */
    @Test
    void everyBlockStartOfARunSaysFreed() {
        long start = nursery.allocate(kind);
        for (int unit = 0; unit < RunEntry.UNITS_PER_RUN; unit++) {
            if (RunEntry.isBlockStart(kind.entry(), unit)) {
                long at = start + (long) unit * Reference.UNIT;
                assertTrue((header(at) & Header.FREED) != 0, "unit " + unit);
            }
        }
    }

    @Test
    void givenBackBlocksAreHandedOutAgainWithNewGenerations() {
        long first = nursery.allocate(kind);
        long second = nursery.allocate(kind);
        nursery.giveBack(kind, second);
        nursery.giveBack(kind, first);
        assertEquals(first, nursery.allocate(kind));
        assertEquals(second, nursery.allocate(kind));
        assertEquals(START + 2, generation(first));
        assertEquals(START + 2, generation(second));
        nursery.giveBack(kind, first); // out of order: goes to the list
        assertEquals(first, nursery.allocate(kind));
        assertEquals(START + 3, generation(first));
        assertNotEquals(second, nursery.allocate(kind));
    }

    @Test
    void usedUpBlockIsRetired() {
        long block = nursery.allocate(kind);
        Memory.set(region.base() + block + Header.LIFE, Header.GENERATION_MASK - 1);
        nursery.free(kind, block);
        assertEquals(block, nursery.allocate(kind));
        assertEquals(Header.GENERATION_MASK, generation(block));
        nursery.free(kind, block);
        for (int i = 0; i < 1_000; i++) {
            assertNotEquals(block, nursery.allocate(kind));
        }
    }

    @Test
    void runThatWasASpanStartsAboveItsGenerations() {
        int run = region.tryClaim(1, RunEntry.CLAIMED);
        region.describe(run, Region.SPAN, START + 500);
        region.release(run, 1);
        while (true) {
            long block = nursery.allocate(kind);
            if (Region.runOf(block) == run) {
                assertEquals(START + 501, generation(block));
                return;
            }
        }
    }

    @Test
    void fullRegionIsRefusedAndFreedBlocksServe() {
        List<Long> blocks = new ArrayList<>();
        assertThrows(RegionFullException.class, () -> {
            while (true) {
                blocks.add(nursery.allocate(kind));
            }
        });
        blocks.forEach(block -> nursery.free(kind, block));
        Set<Long> again = new HashSet<>();
        for (int i = 0; i < blocks.size(); i++) {
            assertTrue(again.add(nursery.allocate(kind)));
        }
        assertEquals(new HashSet<>(blocks), again);
    }

    @Test
    void oneFreesWhatAnotherAllocates() {
        Nursery other = new Nursery(region);
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            long block = nursery.allocate(kind);
            seen.add(block);
            other.free(kind, block);
        }
        assertTrue(seen.size() < 1_000, () -> "no steady state: " + seen.size() + " blocks");
    }

    /**
     * Chains pass through the shared stack; a block that two hold at once would be marked twice.
     */
    @Test
    void threadsNeverHoldTheSameBlock() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            List<Future<?>> ends = new ArrayList<>();
            for (int thread = 1; thread <= 3; thread++) {
                long mark = thread;
                ends.add(threads.submit(() -> churn(mark)));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        }
    }

    private void churn(long mark) {
        Nursery mine = new Nursery(region);
        long[] held = new long[3 * Surplus.CHAIN];
        for (int round = 0; round < 300; round++) {
            for (int i = 0; i < held.length; i++) {
                held[i] = mine.allocate(kind);
                Memory.set(region.base() + held[i] + Header.BYTES + 64, mark);
            }
            for (long block : held) {
                if (Memory.get(region.base() + block + Header.BYTES + 64) != mark) {
                    throw new AssertionError("block " + block + " is held twice");
                }
                mine.free(kind, block);
            }
        }
    }
}
