package org.offheapstm.internal.engine;

import org.offheapstm.internal.heap.BlockKinds.Kind;
import org.offheapstm.internal.heap.Nursery;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

import java.util.BitSet;

/**
 * Runs in which no object is left, on their way to becoming anything.
 *
 * <p><b>Empty</b> is a run whose blocks are all in lists of free blocks that were searched: the
 * lists of slots in which nothing runs, and the surplus. Not just one whose blocks all say FREED:
 * one may be handed out to an attempt that has not committed yet, or wait in limbo because a
 * snapshot looks at it, or be in the list of an attempt that runs; none of these is counted, so the
 * run stays. The lists are searched, and the blocks of empty runs taken out, in a moment in which
 * no attempt begins; nobody is waited for.
 *
 * <p><b>Who may still look there?</b> Readers with stale references, as at the place of a large
 * array that was freed; so the run goes the same way, through the two grace periods of {@link
 * Spans}. During the first its entry and its FREED headers stay: an attempt whose snapshot is older
 * than the free must meet the header and run again, since "stale" would not be so in its snapshot.
 * Then the entry is taken away, and the second ends when everybody has ended who can have seen it.
 *
 * <p><b>Stale references</b> to its blocks stay stale: the next objects there have generations
 * above the highest that any block of the run has had ({@link Region#generationFloor}), whatever
 * their type and size. A run whose blocks have too few generations left is left alone.
 */
final class Recycling {
    private static final boolean COUNTS_LISTED = !Seam.without("recycleListed");
    private static final boolean NOTES_LATE = !Seam.without("recycleLateNote");
    private static final boolean RAISES_FLOOR = !Seam.without("recycleFloor");

    /** Generations that a run must have left. */
    private static final long LIVES = 1 << 16;

    private final Engine engine;
    private final Region region;
    private final Attempt own;

    /** Runs of which all blocks are free. */
    private final BitSet candidates = new BitSet();

    /** For each run, the highest generation of its blocks that were found in lists. */
    private final long[] generations;

    /** For each run, how many of its blocks were found in lists. */
    private final int[] listed;

    private Recycling(Attempt own) {
        this.engine = own.engine;
        this.region = own.region;
        this.own = own;
        this.generations = new long[region.runs()];
        this.listed = new int[region.runs()];
    }

    /**
     * Takes the empty runs away from their types.
     *
     * @param own an attempt of this thread, which has {@link Standstill#take taken} the gate
     * @return how many there were
     */
    static int run(Attempt own) {
        Recycling recycling = new Recycling(own);
        recycling.findCandidates();
        if (!recycling.candidates.isEmpty()) {
            own.engine.standstill.run(own, recycling::takeOut);
            recycling.retire();
        }
        return recycling.candidates.cardinality();
    }

    /** Whether there is a run that may be empty, or one on its way. */
    static boolean hasHope(Attempt own) {
        Recycling recycling = new Recycling(own);
        recycling.findCandidates();
        return !recycling.candidates.isEmpty() || own.engine.spans.areWaiting();
    }

    private void findCandidates() {
        for (int run = region.firstRun(); run < region.runs(); run++) {
            long entry = Memory.getAcquire(region.entryAddress(run));
            if (RunEntry.type(entry) > 0 && !region.isSpan(run)) {
                candidates.set(run, areAllFreed(run, kindOf(run).blockBytes()));
            }
        }
    }

    private Kind kindOf(int run) {
        return engine.kinds.byNumber(region.kind(run));
    }

    private boolean areAllFreed(int run, long blockBytes) {
        long first = own.base + Region.offsetOf(run);
        for (long at = 0; at + blockBytes <= RunEntry.RUN_BYTES; at += blockBytes) {
            if ((Memory.getAcquire(first + at) & (Header.FREED | Header.LOCK)) != Header.FREED) {
                return false;
            }
            if (!NOTES_LATE) {
                noteGeneration(run, first + at);
            }
        }
        return true;
    }

    // ---- while no attempt begins

    private void takeOut(Quiescence running) {
        BitSet kinds = new BitSet();
        candidates.stream().forEach(run -> kinds.set(region.kind(run)));
        kinds.stream().forEach(number -> {
            Kind kind = engine.kinds.byNumber(number);
            kind.surplus().drain(block -> own.nursery.keep(kind, block));
            for (int slot = 1; slot <= engine.slots.made(); slot++) {
                if (isQuiet(slot, running)) {
                    nursery(slot).forEachFree(kind, this::count);
                }
            }
        });
        for (int run = candidates.nextSetBit(0); run >= 0; run = candidates.nextSetBit(run + 1)) {
            long blocks = RunEntry.RUN_BYTES / kindOf(run).blockBytes();
            boolean isListed = listed[run] == blocks || !COUNTS_LISTED;
            if (!isListed || generations[run] >= Header.GENERATION_MASK - LIVES) {
                candidates.clear(run);
            }
        }
        kinds.stream().forEach(number -> {
            for (int slot = 1; slot <= engine.slots.made(); slot++) {
                if (isQuiet(slot, running)) {
                    nursery(slot).removeRuns(engine.kinds.byNumber(number), candidates);
                }
            }
        });
    }

    private boolean isQuiet(int slot, Quiescence running) {
        return slot == own.slot || running.isReached(slot);
    }

    private Nursery nursery(int slot) {
        return engine.slots.attempt(slot).nursery;
    }

    /**
     * Counts a block that is in a list. Its generation is noted here and not when it was found
     * free: it may have been handed out and freed once more before the gate was shut.
     */
    private boolean count(long block) {
        int run = Region.runOf(block);
        listed[run]++;
        if (NOTES_LATE) {
            noteGeneration(run, own.base + block);
        }
        return true;
    }

    private void noteGeneration(int run, long address) {
        long generation = Memory.getAcquire(address + Header.LIFE) & Header.GENERATION_MASK;
        generations[run] = Math.max(generations[run], generation);
    }

    // ---- after it

    private void retire() {
        candidates.stream().forEach(run -> {
            long floor = RAISES_FLOOR ? generations[run] : region.generationFloor(run);
            region.describe(run, region.kind(run), floor);
        });
        engine.spans.retire(candidates);
    }
}
