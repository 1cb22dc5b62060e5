package org.offheapstm.internal.heap;

import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.memory.Memory;

import java.util.function.LongConsumer;

/**
 * Freed blocks of one kind that a slot had too many of, for slots that have none: a stack of chains
 * in the blocks themselves.
 *
 * <pre>
 *  head   63 .. 44: tag          43 .. 0: offset of the first chain, 0 if none
 *  chain  first block, payload word 0: next block of the chain; payload word 1: next chain
 * </pre>
 *
 * A pop reads the next chain from a block that another slot may just have popped and written over;
 * the tag, which every push and pop advances, makes its compare-and-set fail then. (Treiber 1986.)
 * The blocks stay mapped, so the read itself is harmless.
 */
public final class Surplus {
    /** How many blocks a chain has; large enough that the shared head is touched rarely. */
    static final int CHAIN = 64;

    private static final int OFFSET_BITS = 44;
    private static final long OFFSET_MASK = (1L << OFFSET_BITS) - 1;

    private final long base;

    /** Address of the head word. */
    private final long head;

    Surplus(long base, long head) {
        this.base = base;
        this.head = head;
    }

    /** Leaves a chain that starts with this block. */
    void push(long block) {
        while (true) {
            long old = Memory.getAcquire(head);
            Memory.set(base + block + Header.BYTES + 8, old & OFFSET_MASK);
            if (Memory.compareAndSet(head, old, next(old, block))) {
                return;
            }
        }
    }

    /** Takes a chain: its first block, or 0 if there is none. */
    long pop() {
        while (true) {
            long old = Memory.getAcquire(head);
            long block = old & OFFSET_MASK;
            if (block == 0) {
                return 0;
            }
            long rest = Memory.getOpaque(base + block + Header.BYTES + 8) & OFFSET_MASK;
            if (Memory.compareAndSet(head, old, next(old, rest))) {
                return block;
            }
        }
    }

    /** Takes all chains, and hands over their blocks one by one. */
    public void drain(LongConsumer taker) {
        for (long first = pop(); first != 0; first = pop()) {
            long rest = first;
            while (rest != 0) {
                long block = rest;
                rest = Memory.get(base + block + Header.BYTES);
                taker.accept(block);
            }
        }
    }

    /**
     * Shows the blocks, to somebody who has all slots for himself.
     *
     * @param visitor told of each; nothing is followed beyond a block that it refuses
     */
    public void forEachFree(BlockVisitor visitor) {
        long first = Memory.getAcquire(head) & OFFSET_MASK;
        while (first != 0) {
            long block = first;
            for (int i = 0; i < CHAIN && block != 0; i++) {
                if (!visitor.visit(block)) {
                    return;
                }
                block = Memory.get(base + block + Header.BYTES);
            }
            first = Memory.get(base + first + Header.BYTES + 8) & OFFSET_MASK;
        }
    }

    private static long next(long old, long block) {
        return ((old >>> OFFSET_BITS) + 1) << OFFSET_BITS | block;
    }
}
