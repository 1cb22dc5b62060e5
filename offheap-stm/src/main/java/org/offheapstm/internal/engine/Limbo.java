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
 * <p>A ring of entries, oldest first: block, version of the commit that freed it, bytes of its
 * place. The versions of different slots may be a few ticks out of order, which delays a block and
 * harms nobody. The bytes are kept to discount them in the step that takes a block out: to ask for
 * them is an access to the region, at which an Error can strike, and which is not for a monitor.
 *
 * <p>What no snapshot has ever seen does not come here: see {@link WritePath#giveBackFreed}.
 */
final class Limbo {
    private static final boolean WAITS = !Seam.without("limbo");
    private static final int FIRST_ENTRIES = 64;
    private static final int WORDS = 3;

    private final Engine engine;
    private long[] ring = new long[WORDS * FIRST_ENTRIES];
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
        append(block, version, place);
    }

    /** Where an entry begins, counted from the oldest. */
    private int at(int entry) {
        return WORDS * (first + entry & ring.length / WORDS - 1);
    }

    private synchronized void append(long block, long version, long place) {
        if (WORDS * count == ring.length) {
            long[] larger = Arrays.copyOf(ring, 2 * ring.length);
            System.arraycopy(ring, 0, larger, ring.length, WORDS * first);
            ring = larger;
        }
        int at = at(count);
        ring[at] = block;
        ring[at + 1] = version;
        ring[at + 2] = place;
        count++;
        isUsed = true;
    }

    /** Gives the blocks that every snapshot sees freed to the slot of an attempt of this thread. */
    void drain(Attempt attempt) {
        if (isUsed) {
            long oldest = WAITS ? engine.registry.oldest() : Long.MAX_VALUE;
            for (long block = poll(oldest); block != 0; block = poll(oldest)) {
                attempt.reuse(block);
            }
        }
    }

    /** Shows the blocks. */
    synchronized void forEach(LongConsumer visitor) {
        for (int i = 0; i < count; i++) {
            visitor.accept(ring[at(i)]);
        }
    }

    /** Takes out the first block if it was freed by a version up to this one; 0 if not. */
    private synchronized long poll(long oldest) {
        int at = at(0);
        if (count == 0 || ring[at + 1] > oldest) {
            return 0;
        }
        first = first + 1 & ring.length / WORDS - 1;
        count--;
        isUsed = count != 0;
        bytes.addAndGet(-ring[at + 2]);
        engine.historyBudget.giveBack(ring[at + 2]);
        return ring[at];
    }
}
