package org.offheapstm.internal.engine;

import org.offheapstm.AbortCause;
import org.offheapstm.ArrayType;
import org.offheapstm.AtomicBlock;
import org.offheapstm.MisuseException;
import org.offheapstm.ObjectType;
import org.offheapstm.SnapshotEndedException;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.StmType;
import org.offheapstm.TransactionAbortedException;
import org.offheapstm.TransactionInterruptedException;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;

/** The messages: what was refused, the values, the remedy. Off the fast path. */
final class Refusal {
    private Refusal() {}

    static MisuseException notRunning(AtomicBlock block, long owner) {
        String thread = Thread.currentThread().getName();
        return new MisuseException(
                owner == Lifecycle.NOBODY
                        ? "access refused: the transaction has ended, thread=" + thread
                                + "; use it only inside its body"
                        : "access refused: the transaction runs on another thread, thread=" + thread
                                + ", owner=#" + owner + ", block=" + block.name()
                                + "; start a transaction of this thread's own");
    }

    static MisuseException readOnly(AtomicBlock block) {
        return new MisuseException("write refused: the block is read-only, block=" + block.name()
                + "; use atomic instead of readOnly");
    }

    static MisuseException nothingToWaitFor(AtomicBlock block) {
        return new MisuseException("retry refused: nothing was read, so nothing can change, block="
                + block.name() + "; read what to wait for first");
    }

    static MisuseException nothingChanges(AtomicBlock block) {
        return new MisuseException("retry refused: a snapshot never changes, block=" + block.name()
                + "; wait in a transaction that reads the present");
    }

    static SnapshotEndedException snapshotEnded(Engine engine, OpenSnapshot.Registration ended) {
        return new SnapshotEndedException(
                "read refused: the snapshot was ended, name=" + engine.options.name() + ", "
                        + ended.limit() + ", opener=" + ended.opener() + ", age="
                        + ended.endedAgeNanos() / 1_000_000
                        + " ms; close snapshots sooner, raise StmOptions.historyLimitBytes, or"
                        + " choose HistoryPolicy.DELAY_WRITERS",
                engine.historyBudget.limitBytes(),
                ended.endedAgeNanos());
    }

    static MisuseException waitsForItself(AtomicBlock block, String shortage) {
        return new MisuseException("commit refused: it would wait for a snapshot that this thread"
                + " has opened, block=" + block.name() + ", " + shortage
                + "; close it first, raise StmOptions.historyLimitBytes, or choose"
                + " HistoryPolicy.END_OLDEST");
    }

    static MisuseException halfUndone(AtomicBlock block) {
        return new MisuseException("commit refused: an Error has kept a nested block from being"
                + " undone, block=" + block.name() + "; let Errors out of the block");
    }

    static MisuseException inside(String what, String name) {
        return new MisuseException(what + " refused: a transaction of this engine runs on this"
                + " thread, name=" + name + "; do it after the block");
    }

    static MisuseException collecting(String name) {
        return new MisuseException("collection refused: another goes on, name=" + name
                + "; wait for its end, or close it");
    }

    static MisuseException collectingItself(String name) {
        return new MisuseException("collection refused: it would wait for one that this thread is"
                + " to go on with, name=" + name + "; take its steps to the end, or close it");
    }

    static MisuseException ofAnotherEngine(String name) {
        return new MisuseException("root refused: the transaction is of another engine, name="
                + name + "; use the roots of tx.stm()");
    }

    static IndexOutOfBoundsException offset(ObjectType type, long offset) {
        return new IndexOutOfBoundsException(
                "access refused: offset=" + offset + ", type=" + type.name() + ", payloadBytes="
                        + type.payloadBytes() + "; use a multiple of 8 inside the payload");
    }

    static IndexOutOfBoundsException range(StmType type, long offset, long length, long bytes) {
        return new IndexOutOfBoundsException("access refused: offset=" + offset + ", length="
                + length + ", type=" + type.name() + ", bytes=" + bytes + "; stay inside");
    }

    static IndexOutOfBoundsException index(
            ArrayType type, long ref, long index, int offset, long length) {
        return new IndexOutOfBoundsException(
                "access refused: index=" + index + ", offset=" + offset + ", array="
                        + type.name() + " " + Reference.describe(ref) + ", length=" + length
                        + ", elementBytes="
                        + type.elementBytes()
                        + "; use an index from 0, below the length, and an offset inside the"
                        + " element");
    }

    static IllegalArgumentException length(ArrayType type, long length, long maximum) {
        return new IllegalArgumentException("allocation refused: array=" + type.name() + ", length="
                + length + "; use 0 to " + maximum);
    }

    static StaleReferenceException freed(Attempt attempt, StmType type, long ref) {
        return new StaleReferenceException(
                "access refused: the object was freed in this transaction, ref="
                        + Reference.describe(ref) + ", type=" + type.name() + ", block="
                        + attempt.block.name()
                        + "; drop the reference when you free the object");
    }

    /** Why a reference names no object of this type. */
    static StaleReferenceException stale(Attempt attempt, StmType type, long ref) {
        return new StaleReferenceException(
                "access refused: " + reason(attempt, type, ref) + ", ref="
                        + Reference.describe(ref) + ", type=" + type.name() + ", block="
                        + attempt.block.name()
                        + "; use a reference to a live object of this type in this engine");
    }

    private static String reason(Attempt attempt, StmType type, long ref) {
        if (ref == 0) {
            return "the reference is null";
        }
        long run = Reference.run(ref);
        if (run >= attempt.region.runs()) {
            return "the reference points outside the region, runs=" + attempt.region.runs();
        }
        long entry = Memory.getAcquire(attempt.region.entryAddress(run));
        StmType held = StmType.byId(RunEntry.type(entry));
        if (!type.equals(held)) {
            return "no object of this type can be there, found="
                    + (held == null ? "no object" : held.name())
                    + (held != null && held.name().equals(type.name()) ? " of another shape" : "");
        }
        if (!RunEntry.isBlockStart(entry, Reference.unitInRun(ref))) {
            return "no object starts there";
        }
        long life = Memory.get(attempt.base + Reference.offset(ref) + Header.LIFE)
                & Header.GENERATION_MASK;
        return life == Reference.generation(ref)
                ? "the object was freed, or is not committed yet"
                : "the object was freed and its place used again, or it is in another engine,"
                        + " generation=" + life;
    }

    static TransactionInterruptedException interrupted(AtomicBlock block, String wait) {
        return new TransactionInterruptedException("wait refused: the thread was interrupted "
                + wait + ", block=" + block.name() + ", thread="
                + Thread.currentThread().getName()
                + "; clear the interrupt and run the block again");
    }

    static TransactionAbortedException aborted(
            Engine engine, AtomicBlock block, Progress progress, long elapsedNanos, String limit) {
        return new TransactionAbortedException(
                "commit refused: block=" + block.name() + ", cause=" + progress.cause
                        + shortage(engine, progress)
                        + (progress.object == 0
                                ? ""
                                : ", object=" + Engine.describe(progress.type, progress.object)
                                        + ", winner="
                                        + engine.describeSlot(Header.slot(progress.header)))
                        + ", attempts=" + progress.attempts + ", elapsed=" + elapsedNanos / 1000
                        + " us since the first loss or wait; raise "
                        + (progress.cause == AbortCause.NO_SLOT ? "StmOptions.maxRunning or " : "")
                        + "AtomicBlock." + limit + " or shorten the transaction",
                progress.cause,
                progress.attempts,
                elapsedNanos);
    }

    /** Who has what was waited for, unless it is an object, whose header says it. */
    private static String shortage(Engine engine, Progress progress) {
        return switch (progress.cause) {
            case HISTORY_FULL -> ", " + engine.historyLimit.describeShortage();
            case NO_SLOT ->
                ", maxRunning=" + engine.options.maxRunning() + ", running="
                        + engine.slots.describeRunning();
            default -> "";
        };
    }
}
