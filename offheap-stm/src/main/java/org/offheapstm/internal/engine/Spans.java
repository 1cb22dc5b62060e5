package org.offheapstm.internal.engine;

import org.offheapstm.ArrayType;
import org.offheapstm.internal.heap.BlockKinds;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Large arrays: spans of runs of their own. A freed span may become anything, so its runs go back
 * to the region only when every attempt that ran at its end has ended: see {@link Quiescence}.
 */
final class Spans {
    private static final boolean WAITS = !Seam.without("spanQuiescence");

    private record Retired(int run, Quiescence quiescence) {}

    private final Engine engine;
    private final Region region;
    private final Deque<Retired> retired = new ArrayDeque<>();

    Spans(Engine engine) {
        this.engine = engine;
        this.region = engine.region;
        region.reclaimWith(this::reclaim);
    }

    /**
     * Hands out a span: FREED, of a new generation, with clean stripe headers; the payload is as it
     * was left.
     */
    long allocate(ArrayType type, long bytes) {
        int count = Region.runsFor(bytes);
        int run = claim(count);
        if (run < 0) {
            throw region.full("array of type=" + type.name(), bytes);
        }
        long generation = region.generationFloor(run) + 1;
        long address = region.base() + Region.offsetOf(run);
        long end = address + count * RunEntry.RUN_BYTES;
        for (long at = address + BlockKinds.ARRAY_HEAD_BYTES;
                at + Header.BYTES <= end;
                at += BlockKinds.stripeBytes(type)) {
            Memory.zero(at, Header.BYTES);
        }
        Memory.set(address, Header.FREED);
        Memory.set(address + Header.LIFE, generation);
        region.describe(run, Region.SPAN, generation);
        Memory.setRelease(region.entryAddress(run), RunEntry.of(type.id(), RunEntry.UNITS_PER_RUN));
        return Region.offsetOf(run);
    }

    private synchronized int claim(int count) {
        while (true) {
            reclaim();
            int run = region.tryClaim(count, RunEntry.CLAIMED);
            if (run < 0 || region.generationFloor(run) < Header.GENERATION_MASK) {
                return run;
            }
            // Its generations are used up: the first run stays claimed for ever, the others are
            // free again.
            region.release(run + 1, count - 1);
        }
    }

    /** Takes a span whose references are all stale now. */
    synchronized void retire(int run) {
        retired.add(new Retired(run, Quiescence.of(engine)));
        reclaim();
    }

    private synchronized void reclaim() {
        while (!retired.isEmpty() && (!WAITS || retired.peek().quiescence().isReached())) {
            int run = retired.remove().run();
            region.release(run, region.spanRuns(run));
        }
    }
}
