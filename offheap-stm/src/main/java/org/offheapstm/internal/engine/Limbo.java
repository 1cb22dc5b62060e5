package org.offheapstm.internal.engine;

import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Seam;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Freed blocks that a snapshot may still look at: they are handed out again when every snapshot
 * sees them freed. Until then their header, their newest before-image and, of an array, its stripes
 * stay as they are.
 *
 * <p>A ring of pairs, oldest first: block, version of the commit that freed it. The versions of
 * different slots may be a few ticks out of order, which delays a block and harms nobody.
 *
 * <p>What no snapshot has ever seen does not come here: see {@link WritePath#giveBackFreed}.
 */
final class Limbo {
    private static final boolean WAITS = !Seam.without("limbo");
    private static final int FIRST_PAIRS = 64;

    private final Engine engine;
    private long[] ring = new long[2 * FIRST_PAIRS];
    private int first;
    private int count;

    /** Read without the monitor: whether there is anything at all. */
    private volatile boolean isUsed;

    private final AtomicLong bytes = new AtomicLong();

    Limbo(Engine engine) {
        this.engine = engine;
    }

    /** What the places of all blocks here add up to. */
    long bytes() {
        return bytes.get();
    }

    /** How large the place of a block is. */
    long placeBytes(long block) {
        int run = Region.runOf(block);
        return engine.region.isSpan(run)
                ? engine.region.spanRuns(run) * RunEntry.RUN_BYTES
                : engine.kinds.byNumber(engine.region.kind(run)).blockBytes();
    }

    /** Takes a block that a commit of this version has freed. */
    void add(long block, long version) {
        long place = placeBytes(block);
        bytes.addAndGet(place);
        engine.historyBudget.keep(place);
        append(block, version);
    }

    private synchronized void append(long block, long version) {
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
            long oldest = WAITS ? engine.registry.oldest() : Long.MAX_VALUE;
            for (long block = poll(oldest); block != 0; block = poll(oldest)) {
                long place = placeBytes(block);
                bytes.addAndGet(-place);
                engine.historyBudget.giveBack(place);
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
