package org.offheapstm.internal.engine;

import org.offheapstm.AbortCause;
import org.offheapstm.AtomicBlock;
import org.offheapstm.MisuseException;
import org.offheapstm.RegionFullException;
import org.offheapstm.StmType;
import org.offheapstm.TransactionAbortedException;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

import java.util.concurrent.TimeUnit;

/**
 * Frees what a marking has not reached: goes over all blocks, in small transactions.
 *
 * <p>The snapshot is not needed any more, so it is closed, and nothing is kept for it. A block
 * whose header says an object, of a version that the snapshot saw, is the object that the snapshot
 * saw: no commit has published there since. A younger version is left alone: the object was born
 * since, or somebody has written it, who thus has a reference.
 */
final class Sweeping {
    private static final boolean SPARES_YOUNG = !Seam.without("sweepYoung");
    private static final boolean LOOKS_AGAIN = !Seam.without("sweepSecondLook");

    /** So many are freed in one transaction that even a full region has room for its log. */
    private static final int BATCH = 64;

    /**
     * Waits for snapshots, where {@link org.offheapstm.HistoryPolicy#DELAY_WRITERS} says so, but
     * not for long: whoever has opened one may wait for this thread.
     */
    private static final AtomicBlock BLOCK =
            AtomicBlock.named("sweep").withTimeoutNanos(TimeUnit.MILLISECONDS.toNanos(100));

    private final Engine engine;
    private final Region region;
    private final Marking marking;

    /** The newest version that the marking saw. */
    private final long seen;

    private int run;
    private int unit;
    private boolean stopped;
    private long freed;
    private long freedBytes;

    Sweeping(Engine engine, Marking marking, long seen) {
        this.engine = engine;
        this.region = engine.region;
        this.marking = marking;
        this.seen = seen;
        this.run = region.firstRun();
    }

    boolean isDone() {
        return stopped || run == region.runs();
    }

    /** Whether it came to the end. */
    boolean isComplete() {
        return run == region.runs();
    }

    long freed() {
        return freed;
    }

    long freedBytes() {
        return freedBytes;
    }

    /** Goes on for about so many blocks. */
    void proceed(long blocks) {
        for (long left = blocks; left > 0 && !isDone(); left -= BATCH) {
            long[] batch = new long[2];
            int[] place = {run, unit};
            boolean done = false;
            try {
                engine.atomic(BLOCK, tx -> {
                    run = place[0]; // Also when the block is run again.
                    unit = place[1];
                    batch[0] = 0;
                    batch[1] = 0;
                    freeSome((Attempt) tx, batch);
                });
                freed += batch[0];
                freedBytes += batch[1];
                done = true;
            } catch (RegionFullException | MisuseException full) {
                stopped = true; // A snapshot, perhaps this thread's, is open, and there is no room.
            } catch (TransactionAbortedException late) { // After other losses it goes on.
                stopped = late.abortCause() == AbortCause.HISTORY_FULL;
            } finally {
                if (!done) {
                    run = place[0]; // What was not freed is looked at again, or is missing.
                    unit = place[1];
                }
            }
        }
    }

    private void freeSome(Attempt attempt, long[] batch) {
        for (int looked = 0; looked < BATCH && run < region.runs(); ) {
            long entry = Memory.getAcquire(region.entryAddress(run));
            if (RunEntry.type(entry) > 0) {
                StmType type = StmType.byId(RunEntry.type(entry));
                int units = region.isSpan(run)
                        ? RunEntry.UNITS_PER_RUN
                        : engine.kinds.byNumber(region.kind(run)).units();
                while (looked < BATCH && unit + units <= RunEntry.UNITS_PER_RUN) {
                    looked++;
                    long block = Region.offsetOf(run) + (long) unit * Reference.UNIT;
                    unit += units;
                    if (isGarbage(attempt, type, block)) {
                        batch[0]++;
                        batch[1] += region.isSpan(run)
                                ? region.spanRuns(run) * RunEntry.RUN_BYTES
                                : (long) units * Reference.UNIT;
                    }
                }
                if (unit + units <= RunEntry.UNITS_PER_RUN) {
                    return;
                }
            }
            run++;
            unit = 0;
        }
    }

    /** Frees a block if it is an object that the marking saw and did not reach. */
    private boolean isGarbage(Attempt attempt, StmType type, long block) {
        if (marking.isMarked(block)) {
            return false;
        }
        long address = attempt.base + block;
        long word = Memory.getAcquire(address);
        long life = Memory.getAcquire(address + Header.LIFE);
        boolean isOld = Header.version(word) <= seen || !SPARES_YOUNG;
        if ((word & (Header.LOCK | Header.OWNED | Header.FREED)) != 0 || !isOld) {
            return false;
        }
        long ref = Reference.of(block, Reference.generation(life));
        if (!attempt.exists(type, ref)) {
            return false;
        }
        // What exists, and is read by this attempt from now on, may be a younger version.
        // Its version says so: an attempt that cannot lose owns the object by now.
        long now = Memory.getAcquire(address);
        if (LOOKS_AGAIN && Header.version(now) != Header.version(word)) {
            return false;
        }
        attempt.free(type, ref);
        return true;
    }
}
