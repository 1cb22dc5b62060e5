package org.offheapstm.internal.engine;

import org.offheapstm.ArrayType;
import org.offheapstm.Snapshot;
import org.offheapstm.Snapshot.Change;
import org.offheapstm.StmType;
import org.offheapstm.internal.heap.BlockKinds;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.BeforeImage;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;

/**
 * Visits all objects of a type that a registered snapshot sees, or a {@link Part} of them: every
 * block of every run of the type, whether it was an object then. A large array counts with the
 * first of its runs.
 *
 * <p>Runs of the type that are claimed meanwhile hold younger objects only; a block that was an
 * object then is not handed out again, nor its run, while the snapshot lives.
 */
final class Census {
    private final Attempt attempt;
    private final Region region;
    private final long base;
    private final StmType type;
    private final OpenSnapshot.Registration at;
    private final long bound;

    /** What {@link #look} has found: 0 if the block was no object. */
    private long generation;

    private long header;

    /** At a snapshot that somebody of this thread has entered. */
    private Census(Attempt attempt, StmType type, OpenSnapshot.Registration at) {
        this.attempt = attempt;
        this.at = at;
        this.bound = Header.bound(at.seen + 1);
        this.region = attempt.region;
        this.base = attempt.base;
        this.type = type;
    }

    /** Told of each block. */
    private interface BlockVisitor<X extends Exception> {
        void visit(long block) throws X;
    }

    static <X extends Exception> void forEach(
            Attempt attempt, StmType type, Part part, Snapshot.Visitor<X> visitor) throws X {
        Census census = new Census(attempt, type, attempt.progress.at);
        census.forEachBlock(part, block -> {
            census.look(block);
            if (census.generation != 0) {
                visitor.visit(attempt, Reference.of(block, census.generation));
            }
        });
    }

    /**
     * Visits what has changed since another snapshot, which somebody of this thread has entered.
     */
    static <X extends Exception> void forEachChange(
            Attempt attempt,
            OpenSnapshot.Registration older,
            StmType type,
            Part part,
            Snapshot.ChangeVisitor<X> visitor)
            throws X {
        Census now = new Census(attempt, type, attempt.progress.at);
        Census before = new Census(attempt, type, older);
        now.forEachBlock(part, block -> {
            now.look(block);
            before.look(block);
            if (before.generation != 0 && before.generation != now.generation) {
                visitor.visit(Reference.of(block, before.generation), Change.FREED);
            }
            if (now.generation != 0 && before.generation != now.generation) {
                visitor.visit(Reference.of(block, now.generation), Change.CREATED);
            }
            if (now.generation != 0
                    && before.generation == now.generation
                    && now.isNewer(block, older.seen)) {
                visitor.visit(Reference.of(block, now.generation), Change.UPDATED);
            }
        });
    }

    private <X extends Exception> void forEachBlock(Part part, BlockVisitor<X> visitor) throws X {
        for (int run = 0; run < region.runs(); run++) {
            if (part.has(run)
                    && RunEntry.type(Memory.getAcquire(region.entryAddress(run))) == type.id()) {
                long start = Region.offsetOf(run);
                if (region.isSpan(run)) {
                    visitor.visit(start);
                } else {
                    long bytes = attempt.engine.kinds.byNumber(region.kind(run)).blockBytes();
                    long end = start + RunEntry.RUN_BYTES / bytes * bytes;
                    for (long block = start; block != end; block += bytes) {
                        visitor.visit(block);
                    }
                }
            }
        }
    }

    /** Finds out what a block was in the snapshot. */
    private void look(long block) {
        long address = base + block;
        for (int spins = 0; ; spins++) {
            long word = Memory.getAcquire(address);
            long life = Memory.getAcquire(address + Header.LIFE);
            if (!SnapshotPath.isSeen(word, bound)) {
                long image = attempt.engine.registry.find(at.view, base, life, bound);
                generation = image == BeforeImage.NONE ? 0 : Reference.generation(life);
                header = image == BeforeImage.NONE ? 0 : Memory.get(base + image);
                at.checkNotEnded();
                return;
            }
            if ((word & Header.LOCK) == 0 && ReadSet.isUnchanged(base, block, word)) {
                generation = (word & Header.FREED) == 0 ? Reference.generation(life) : 0;
                header = word;
                return;
            }
            Engine.pause(spins);
        }
    }

    /** Whether the object that was looked at, or a stripe of it, has a version after this one. */
    private boolean isNewer(long block, long version) {
        if (Header.version(header) > version) {
            return true;
        }
        if (!(type instanceof ArrayType array)) {
            return false;
        }
        long length = attempt.length(array, Reference.of(block, generation));
        long stripes = length == 0 ? 0 : array.stripeOf(length - 1) + 1;
        Census stripe = new Census(attempt, type, at);
        boolean isNewer = false;
        for (long number = 0; number < stripes && !isNewer; number++) {
            long offset = BlockKinds.ARRAY_HEAD_BYTES + number * BlockKinds.stripeBytes(array);
            stripe.look(block + offset);
            isNewer = Header.version(stripe.header) > version;
        }
        at.checkNotEnded(); // Or the place may be another array's, with the same stripes.
        return isNewer;
    }
}
