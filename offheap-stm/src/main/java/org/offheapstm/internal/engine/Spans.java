package org.offheapstm.internal.engine;

import org.offheapstm.ArrayType;
import org.offheapstm.internal.heap.BlockKinds;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.heap.RunVisitor;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * Large arrays: spans of runs of their own; and the way of all runs that are given to another use,
 * also those of {@link Recycling}. A freed span may become anything, also the private copy
 * of somebody, so that no header is left by which a reader could notice. Its runs go back to the
 * region after two grace periods (see {@link Quiescence}), each of which rules out one kind of
 * reader:
 *
 * <pre>
 *   live --free published--> retired --first--> hidden --second--> free
 *   run entry:  the type                      | CLAIMED          | FREE
 *   header:     clean       | FREED           | nobody looks     | anything
 * </pre>
 *
 * <p><b>First:</b> the attempts that ran when it was freed. Their snapshot may hold the array
 * alive, so they must find its header, and its FREED makes them run again; a run entry that has
 * gone would tell them "stale", which is not so in their snapshot.
 *
 * <p><b>Second:</b> the attempts that began after that and before the run entry was taken away. For
 * them the array is stale, but each may stand between its look at the entry and its load of the
 * header. Who begins later is refused by the entry and does not come so far.
 */
final class Spans {
    private static final boolean WAITS = !Seam.without("spanQuiescence");
    private static final boolean HIDES = !Seam.without("spanHiding");
    private static final boolean WAITS_HIDDEN = !Seam.without("hiddenSpanQuiescence");

    private record Retired(int run, Quiescence quiescence) {}

    private final Engine engine;
    private final Region region;

    /** In their first grace period, oldest first. */
    private final Deque<Retired> retired = new ArrayDeque<>();

    /** In their second. */
    private final Deque<Retired> hidden = new ArrayDeque<>();

    Spans(Engine engine) {
        this.engine = engine;
        this.region = engine.region;
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

    /** Takes runs of blocks whose references are all stale now: see {@link Recycling}. */
    synchronized void retire(BitSet runs) {
        Quiescence quiescence = Quiescence.of(engine);
        runs.stream().forEach(run -> retired.add(new Retired(run, quiescence)));
        reclaim();
    }

    /** Whether any are on their way. */
    synchronized boolean areWaiting() {
        return !retired.isEmpty() || !hidden.isEmpty();
    }

    /** Shows the runs that wait. */
    synchronized void forEachRun(RunVisitor visitor) {
        retired.forEach(each -> visitor.visit(each.run, region.spanRuns(each.run)));
        hidden.forEach(each -> visitor.visit(each.run, region.spanRuns(each.run)));
    }

    synchronized void reclaim() {
        if (!retired.isEmpty()) {
            hide();
        }
        while (!hidden.isEmpty() && (!WAITS_HIDDEN || hidden.peek().quiescence().isReached())) {
            int run = hidden.remove().run();
            region.release(run, region.spanRuns(run));
        }
    }

    /**
     * Takes the run entries away of those whose first grace period is over. The attempt of this
     * thread, if one runs, stands here and not between two loads, so nobody need wait for it: it
     * may get the place itself.
     */
    private void hide() {
        List<Integer> runs = new ArrayList<>();
        while (!retired.isEmpty() && (!WAITS || retired.peek().quiescence().isReached())) {
            int run = retired.remove().run();
            if (HIDES) {
                Memory.setRelease(region.entryAddress(run), RunEntry.CLAIMED);
            }
            runs.add(run);
        }
        if (!runs.isEmpty()) {
            Attempt own = engine.slots.current();
            Quiescence quiescence = Quiescence.of(engine, own == null ? 0 : own.slot);
            runs.forEach(run -> hidden.add(new Retired(run, quiescence)));
        }
    }
}
