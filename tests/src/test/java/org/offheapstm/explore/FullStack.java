package org.offheapstm.explore;

import static org.offheapstm.internal.engine.EngineLimits.LOSSES_BEFORE_ESCALATION;

import org.offheapstm.AtomicBlock;
import org.offheapstm.HardwareCommits;
import org.offheapstm.ObjectType;
import org.offheapstm.Snapshot;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.TransactionAbortedException;
import org.offheapstm.engine.Elsewhere;
import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

import java.util.List;

/**
 * A thread whose stack ends at one access of the engine after the other, between begin and the end
 * of the commit. Meant to be run in an {@link Isolation}.
 *
 * <p>Each block adds one to two cells and to a third by a merge, and puts a new object in the place
 * of the one that says the same number. Whatever has happened, all four agree for everybody once
 * the thread has run another block.
 */
final class FullStack implements AutoCloseable {
    private static final ObjectType CELL = ObjectType.of("cell", 8);
    private static final int ENOUGH = 1_000;

    private final Stm stm;
    private final Elsewhere other = new Elsewhere("other");
    private final boolean escalated;
    private final boolean staysFull;
    private final boolean reads;
    private final boolean inHardware;
    private final Snapshot snapshot;
    private final long first;
    private final long second;
    private final long merged;
    private final long holder;

    private boolean struck;

    private FullStack(List<String> wanted) {
        escalated = wanted.contains("escalated");
        staysFull = wanted.contains("staysFull");
        reads = wanted.contains("reads");
        inHardware = wanted.contains("hardware");
        stm = Stm.open(StmOptions.DEFAULT
                .withCapacityBytes(8L << 20)
                .withHardware(inHardware ? HardwareCommits.REQUIRED : HardwareCommits.OFF));
        first = stm.atomicLong(tx -> tx.allocate(CELL));
        second = stm.atomicLong(tx -> tx.allocate(CELL));
        merged = stm.atomicLong(tx -> tx.allocate(CELL));
        holder = stm.atomicLong(tx -> tx.allocate(CELL));
        stm.atomic(tx -> tx.setLong(CELL, holder, 0, tx.allocate(CELL)));
        snapshot = wanted.contains("keeps") ? stm.openSnapshot() : null;
    }

    /**
     * Lets the stack end at each access in turn.
     *
     * @param arguments "escalated", if the attempt shall be one that cannot lose; "staysFull", if
     *     every access from there on fails, until the error has reached the caller; "keeps", if a
     *     snapshot is open all the time; "reads", if the attempt is one that was promoted to one;
     *     "hardware", if the commits are in hardware, and then nothing is merged
     * @return what was wrong, or null
     */
    static String run(String... arguments) {
        List<String> wanted = List.of(arguments);
        try (FullStack run = new FullStack(wanted)) {
            if (run.escalated) {
                Seam.forceAborts("commit"::equals);
            }
            for (int at = 0; at < ENOUGH; at++) {
                String wrong = run.strike(at);
                if (wrong != null) {
                    return "at access " + at + ": " + wrong;
                }
                if (!run.struck) {
                    return at > 10 ? null : "only " + at + " accesses were seen";
                }
            }
            return "more than " + ENOUGH + " accesses";
        } finally {
            Seam.forceAborts(null);
        }
    }

    private String strike(int at) {
        long before = stm.readOnlyLong(tx -> tx.getLong(CELL, first, 0));
        int[] accesses = {0};
        struck = false;
        boolean[] counts = {!escalated && !reads};
        Seam.observe((access, address) -> {
            if (counts[0] && (staysFull ? accesses[0]++ >= at : accesses[0]++ == at)) {
                struck = true;
                throw new StackOverflowError("at access " + at);
            }
        });
        try {
            if (reads) {
                // Another block each time: one that was promoted would begin as it goes on here.
                stm.readOnlyGet(AtomicBlock.named("strike " + at), tx -> {
                    tx.getLong(CELL, first, 0);
                    if (tx.attempt() == 1) {
                        other.run(() -> stm.atomic(this::step));
                        counts[0] = true;
                    }
                    return disagreement(tx);
                });
            } else {
                stm.atomic(tx -> {
                    counts[0] |= tx.attempt() > LOSSES_BEFORE_ESCALATION;
                    step(tx);
                });
            }
        } catch (StackOverflowError expected) {
            // What remains of it is what this is about.
        } finally {
            Seam.observe(null);
        }
        String wrong = stm.readOnlyGet(this::disagreement);
        if (wrong == null) {
            wrong = other.get(this::seenElsewhere);
        }
        if (wrong == null) {
            wrong = seenInSnapshots();
        }
        long after = stm.readOnlyLong(tx -> tx.getLong(CELL, first, 0));
        long most = before + 2; // The other thread's step is one of them.
        long least = struck ? before + 1 : before + 2;
        return wrong != null || after >= least && after <= most
                ? wrong
                : "it was " + before + ", and is " + after;
    }

    /** What the open snapshot sees, or who is left in a registry that should be empty. */
    private String seenInSnapshots() {
        if (snapshot != null) {
            return snapshot.readOnlyLong(tx -> tx.getLong(CELL, first, 0)) == 0
                    ? snapshot.readOnlyGet(this::disagreement)
                    : "the snapshot has changed";
        }
        long live = stm.statistics().liveSnapshots();
        long counted = Memory.getVolatile(Insides.of(stm).control() + Control.LIVE);
        return live == 0 && counted == 0
                ? null
                : "snapshots left behind: " + live + ", counted=" + counted;
    }

    /** Changes everything, which needs all locks, and looks. */
    private String seenElsewhere() {
        try {
            stm.atomic(AtomicBlock.named("elsewhere").withMaxAttempts(100), this::step);
            return stm.readOnlyGet(this::disagreement);
        } catch (TransactionAbortedException locked) {
            return locked.getMessage();
        }
    }

    private void step(Transaction tx) {
        tx.setLong(CELL, first, 0, tx.getLong(CELL, first, 0) + 1);
        tx.setLong(CELL, second, 0, tx.getLong(CELL, second, 0) + 1);
        if (inHardware) {
            tx.setLong(CELL, merged, 0, tx.getLong(CELL, merged, 0) + 1);
        } else {
            tx.addLong(CELL, merged, 0, 1);
        }
        long old = tx.getLong(CELL, holder, 0);
        long made = tx.allocate(CELL);
        tx.setLong(CELL, made, 0, tx.getLong(CELL, old, 0) + 1);
        tx.setLong(CELL, holder, 0, made);
        tx.free(CELL, old);
    }

    private String disagreement(Transaction tx) {
        long number = tx.getLong(CELL, first, 0);
        List<Long> all = List.of(
                number,
                tx.getLong(CELL, second, 0),
                tx.getLong(CELL, merged, 0),
                tx.getLong(CELL, tx.getLong(CELL, holder, 0), 0));
        return all.stream().allMatch(each -> each == number) ? null : all.toString();
    }

    @Override
    public void close() {
        other.close();
        if (snapshot != null) {
            snapshot.close();
        }
        // A block on its way from a list to the log is lost: better than to hand it out twice.
        Seam.expectDamage("lost, free and in no list");
        stm.close();
    }
}
