package org.offheapstm.internal.engine;

import org.offheapstm.internal.memory.Seam;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Freed blocks that a snapshot may still look at: they are handed out again when every snapshot
 * sees them freed. Until then their header, their newest before-image and, of an array, its stripes
 * stay as they are.
 *
 * <p>A ring of pairs, oldest first: block, version of the commit that freed it. The versions of
 * different slots may be a few ticks out of order, which delays a block and harms nobody.
 */
final class Limbo {
    private static final boolean WAITS = !Seam.without("limbo");
    private static final int FIRST_PAIRS = 64;

    private long[] ring = new long[2 * FIRST_PAIRS];
    private int first;
    private int count;

    /** Read without the monitor: whether there is anything at all. */
    private volatile boolean isUsed;

    /** Takes a block that a commit of this version has freed. */
    synchronized void add(long block, long version) {
        if (2 * count == ring.length) {
            long[] larger = Arrays.copyOf(ring, 2 * ring.length);
            System.arraycopy(ring, 0, larger, ring.length, 2 * first);
            ring = larger;
        }
        int at = 2 * (first + count) & ring.length - 1;
        ring[at] = block;
        ring[at + 1] = version;
        count++;
        isUsed = true;
    }

    /** Gives the blocks that every snapshot sees freed to the slot of an attempt of this thread. */
    void drain(Attempt attempt) {
        if (isUsed) {
            long oldest = WAITS ? attempt.engine.registry.oldest() : Long.MAX_VALUE;
            for (long block = poll(oldest); block != 0; block = poll(oldest)) {
                attempt.reuse(block);
            }
        }
    }

    /** Shows the blocks. */
    synchronized void forEach(LongConsumer visitor) {
        for (int i = 0; i < count; i++) {
            visitor.accept(ring[2 * (first + i) & ring.length - 1]);
        }
    }

    /** Takes out the first block if it was freed by a version up to this one; 0 if not. */
    private synchronized long poll(long oldest) {
        if (count == 0 || ring[2 * first + 1] > oldest) {
            return 0;
        }
        long block = ring[2 * first];
        first = first + 1 & ring.length / 2 - 1;
        count--;
        isUsed = count != 0;
        return block;
    }
}
