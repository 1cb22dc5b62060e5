package org.offheapstm.internal.heap;

import org.offheapstm.internal.heap.BlockKinds.Kind;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Where the objects of one slot are born: per kind a run with a bump pointer, and a list of blocks
 * that the slot has freed. An object stays where it is born, because its offset is its identity.
 *
 * <p>{@link #allocate} prefers a freed block: it is warm. {@link #giveBack} undoes an allocation;
 * the last one first, so that the bump pointer goes back over blocks that were never published. A
 * list that grows past two chains leaves one to {@link Surplus}; an empty one looks there before it
 * claims a run. Links are in payload word 0 of the freed blocks: nobody who matters reads it under
 * FREED.
 */
public final class Nursery {
    private final Region region;

    /** Per kind: next block of the run, end of the run, first freed block, how many. */
    private long[] bump = new long[0];

    private long[] limit = new long[0];
    private long[] freed = new long[0];
    private int[] freedCount = new int[0];

    public Nursery(Region region) {
        this.region = region;
    }

    /**
     * Hands out a block: its header says FREED, its generation is new, its payload is as it was
     * left.
     *
     * @return its offset
     * @throws org.offheapstm.RegionFullException if the region has no room
     */
    public long allocate(Kind kind) {
        while (true) {
            long block = take(kind);
            long address = region.base() + block;
            long generation = (Memory.get(address + Header.LIFE) & Header.GENERATION_MASK) + 1;
            if (generation <= Header.GENERATION_MASK) {
                Memory.set(address + Header.LIFE, generation);
                return block;
            }
            // Its generations are used up: nobody keeps it, so nobody gets it again.
        }
    }

    private long take(Kind kind) {
        int number = kind.number();
        if (number >= bump.length) {
            grow(number);
        }
        long block = freed[number];
        if (block != 0) {
            freed[number] = Memory.get(region.base() + block + Header.BYTES);
            freedCount[number]--;
            return block;
        }
        block = bump[number];
        if (block != limit[number]) {
            bump[number] = block + kind.blockBytes();
            return block;
        }
        return refill(kind);
    }

    private long refill(Kind kind) {
        int number = kind.number();
        long chain = kind.surplus().pop();
        if (chain != 0) {
            freed[number] = chain;
            freedCount[number] = Surplus.CHAIN;
            return take(kind);
        }
        int run = region.tryClaim(1, RunEntry.CLAIMED);
        if (run < 0 && freed[number] != 0) {
            return take(kind); // The search for memory has found blocks.
        }
        if (run < 0) {
            throw region.full("a run for type=" + kind.type(), kind.blockBytes());
        }
        long start = Region.offsetOf(run);
        long blocks = RunEntry.RUN_BYTES / kind.blockBytes();
        Memory.zero(region.base() + start, RunEntry.RUN_BYTES);
        // All of the run, also the rest that is too short for a block: no unit that passes for the
        // start of a block may look alive.
        long floor = region.generationFloor(run);
        for (long offset = 0; offset < RunEntry.RUN_BYTES; offset += kind.blockBytes()) {
            Memory.set(region.base() + start + offset, Header.FREED);
            Memory.set(region.base() + start + offset + Header.LIFE, floor);
        }
        region.describe(run, number, floor);
        Memory.setRelease(region.entryAddress(run), kind.entry());
        bump[number] = start;
        limit[number] = start + blocks * kind.blockBytes();
        return take(kind);
    }

    /** Undoes an allocation that was not published; in reverse order of allocation. */
    public void giveBack(Kind kind, long block) {
        int number = kind.number();
        if (block + kind.blockBytes() == bump[number]) {
            bump[number] = block;
        } else {
            free(kind, block);
        }
    }

    /** Keeps a block whose FREED header has been published. */
    public void free(Kind kind, long block) {
        keep(kind, block);
        if (freedCount[kind.number()] >= 2 * Surplus.CHAIN) {
            shed(kind);
        }
    }

    /** As {@link #free}, however many the slot has. */
    public void keep(Kind kind, long block) {
        int number = kind.number();
        if (number >= bump.length) {
            grow(number);
        }
        Memory.set(region.base() + block + Header.BYTES, freed[number]);
        freed[number] = block;
        freedCount[number]++;
    }

    private void shed(Kind kind) {
        int number = kind.number();
        long first = freed[number];
        long last = first;
        for (int i = 1; i < Surplus.CHAIN; i++) {
            last = Memory.get(region.base() + last + Header.BYTES);
        }
        freed[number] = Memory.get(region.base() + last + Header.BYTES);
        freedCount[number] -= Surplus.CHAIN;
        Memory.set(region.base() + last + Header.BYTES, 0);
        kind.surplus().push(first);
    }

    /**
     * Shows the blocks that can be handed out, to somebody who has the slot for himself.
     *
     * @param visitor told of each; nothing is followed beyond a block that it refuses
     * @return how many of them the list should have, less those that were seen there
     */
    public int forEachFree(Kind kind, BlockVisitor visitor) {
        int number = kind.number();
        if (number >= bump.length) {
            return 0;
        }
        for (long block = bump[number]; block != limit[number]; block += kind.blockBytes()) {
            if (!visitor.visit(block)) {
                return 0;
            }
        }
        int left = freedCount[number];
        long block = freed[number];
        while (block != 0 && visitor.visit(block)) {
            left--;
            block = Memory.get(region.base() + block + Header.BYTES);
        }
        return left;
    }

    /**
     * Takes all blocks of some runs out of what can be handed out, for somebody who has the slot
     * for himself.
     */
    public void removeRuns(Kind kind, BitSet runs) {
        int number = kind.number();
        if (number >= bump.length) {
            return;
        }
        if (bump[number] != limit[number] && runs.get(Region.runOf(bump[number]))) {
            bump[number] = 0;
            limit[number] = 0;
        }
        long rest = freed[number];
        freed[number] = 0;
        freedCount[number] = 0;
        while (rest != 0) {
            long block = rest;
            rest = Memory.get(region.base() + block + Header.BYTES);
            if (!runs.get(Region.runOf(block))) {
                free(kind, block);
            }
        }
    }

    private void grow(int number) {
        int length = Math.max(number + 1, 2 * bump.length);
        bump = Arrays.copyOf(bump, length);
        limit = Arrays.copyOf(limit, length);
        freed = Arrays.copyOf(freed, length);
        freedCount = Arrays.copyOf(freedCount, length);
    }
}
