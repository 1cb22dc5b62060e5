package org.offheapstm.internal.engine;

import org.offheapstm.AbortCause;
import org.offheapstm.AtomicBlock;
import org.offheapstm.Collected;
import org.offheapstm.Collector;
import org.offheapstm.MemoryReport;
import org.offheapstm.MisuseException;
import org.offheapstm.Pin;
import org.offheapstm.Roots;
import org.offheapstm.Snapshot;
import org.offheapstm.Statistics;
import org.offheapstm.Stm;
import org.offheapstm.StmClosedException;
import org.offheapstm.StmOptions;
import org.offheapstm.StmType;
import org.offheapstm.TransactionInterruptedException;
import org.offheapstm.TxFunction;
import org.offheapstm.TxLongFunction;
import org.offheapstm.Verification;
import org.offheapstm.internal.heap.BlockKinds;
import org.offheapstm.internal.heap.HistoryBudget;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.BeforeImage;
import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.NativeBlock;
import org.offheapstm.internal.memory.Seam;

import java.lang.invoke.MethodHandles;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The engine: one region, its control area, and the loop that runs a body until it commits.
 *
 * <p>The way of a transaction: {@link #atomicGet} here, {@link Lifecycle#begin}, the body on {@link
 * Attempt}, {@link Commit}; after a loss {@link Contention}, then begin again.
 */
final class Engine extends Stm {
    private static final int SPINS_BEFORE_YIELD = 500;

    final StmOptions options;
    final Region region;
    final NativeBlock control;
    final BlockKinds kinds;
    final Spans spans;
    final Registry registry;
    final Limbo limbo;
    final HistoryBudget historyBudget;
    final HistoryLimit historyLimit;
    final HardwareUse hardware;

    /** The snapshots that users have open, oldest first. */
    final Queue<OpenSnapshot.Registration> openSnapshots = new ConcurrentLinkedQueue<>();

    final Escalation escalation;
    final WaitRoom waitRoom;
    final Slots slots;
    final Contention contention;
    final Standstill standstill = new Standstill();
    final Upkeep upkeep = new Upkeep(this);
    final NamedRoots roots = new NamedRoots(this);

    private volatile boolean closed;

    private boolean unmapped;

    Engine(StmOptions options) {
        this.options = options;
        hardware = HardwareUse.of(options.hardware(), options.name());
        control = NativeBlock.takeCollected(Control.bytes(Slots.count(options.maxRunning())));
        region = new Region(options.capacityBytes());
        kinds = new BlockKinds(region.base());
        registry = new Registry(control.address());
        historyBudget = new HistoryBudget(
                options.historyLimitBytes() == StmOptions.QUARTER
                        ? region.capacityBytes() / 4
                        : options.historyLimitBytes());
        historyLimit = new HistoryLimit(this);
        limbo = new Limbo(this);
        spans = new Spans(this);
        escalation = new Escalation(this);
        waitRoom = new WaitRoom(control.address());
        slots = new Slots(this, options.maxRunning());
        contention = new Contention(this);
        region.reclaimWith(this::reclaim);
        registry.newestBefore(registry.oldest()); // Links what commits use under their locks.
        registry.viewSeeing(registry.isAnyEntering() ? 0 : registry.oldestLive());
        Memory.setVolatile(control.address() + Control.CLOCK, 1);
        initializeClasses();
    }

    /**
     * What is used first when something goes wrong: a class whose initialization ends in a
     * StackOverflowError stays unusable for good.
     */
    private static void initializeClasses() {
        try {
            for (Class<?> type : List.of(
                    Signal.class,
                    Refusal.class,
                    BodyCall.class,
                    Commit.class,
                    LogEntry.class,
                    MergeChain.class,
                    Preservation.class,
                    HistoryLimit.class,
                    BeforeImage.class,
                    OpenSnapshot.class,
                    Leaks.class,
                    HardwareCommit.class)) {
                MethodHandles.lookup().ensureInitialized(type);
            }
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected <T, X extends Exception> T run(
            AtomicBlock block, TxFunction<T, X> body, boolean readOnly, Snapshot at) throws X {
        Attempt attempt = slots.current();
        if (attempt == null) {
            attempt = contention.enter(block, readOnly);
        } else {
            if (attempt.isRunning() && !contention.wasCutOff(attempt)) {
                OpenSnapshot.refuseInside(at, attempt.block);
                return attempt.nested(body);
            }
            attempt.open(block, readOnly);
        }
        if (readOnly) {
            attempt.chooseSnapshot((OpenSnapshot) at, body);
        }
        while (true) {
            T result;
            try {
                attempt.begin();
                result = BodyCall.run(body, attempt);
                attempt.commit(body);
            } catch (Throwable t) {
                long failed = attempt.number;
                try {
                    attempt = contention.recover(attempt, t);
                } catch (Throwable end) {
                    if (attempt.number == failed) { // Why here: too full a stack for a call.
                        attempt.cutOff = failed;
                    }
                    throw end;
                }
                attempt.noticePromotion(body);
                continue;
            }
            finish(attempt);
            return result;
        }
    }

    @Override
    protected <X extends Exception> long runLong(
            AtomicBlock block, TxLongFunction<X> body, boolean readOnly, Snapshot at) throws X {
        Attempt attempt = slots.current();
        if (attempt == null) {
            attempt = contention.enter(block, readOnly);
        } else {
            if (attempt.isRunning() && !contention.wasCutOff(attempt)) {
                OpenSnapshot.refuseInside(at, attempt.block);
                return attempt.nested(body::applyAsLong);
            }
            attempt.open(block, readOnly);
        }
        if (readOnly) {
            attempt.chooseSnapshot((OpenSnapshot) at, body);
        }
        while (true) {
            long result;
            try {
                attempt.begin();
                result = BodyCall.runLong(body, attempt);
                attempt.commit(body);
            } catch (Throwable t) {
                long failed = attempt.number;
                try {
                    attempt = contention.recover(attempt, t);
                } catch (Throwable end) {
                    if (attempt.number == failed) { // Why here: too full a stack for a call.
                        attempt.cutOff = failed;
                    }
                    throw end;
                }
                attempt.noticePromotion(body);
                continue;
            }
            finish(attempt);
            return result;
        }
    }

    @Override
    public Snapshot openSnapshot() {
        OpenSnapshot[] opened = new OpenSnapshot[1];
        boolean ended = false;
        try {
            // In a transaction, so that the region is not unmapped meanwhile.
            readOnly(tx -> opened[0] = new OpenSnapshot(this));
            ended = true;
            return opened[0];
        } finally {
            if (!ended && opened[0] != null) {
                opened[0].close();
            }
        }
    }

    private void finish(Attempt attempt) {
        if (attempt.keeper == Lifecycle.NOBODY || attempt.hooks.areUsed()) {
            finishSlowly(attempt);
        }
    }

    private void finishSlowly(Attempt attempt) {
        List<Runnable> due = Collections.emptyList();
        try {
            if (attempt.hooks.areUsed()) {
                due = attempt.hooks.end(true);
            }
        } finally {
            slots.settle(attempt);
        }
        Hooks.run(due);
    }

    /**
     * A short wait for somebody who holds a header; the holder may have lost its processor, so
     * after some spins this one is offered.
     */
    @SuppressWarnings("ThreadPriorityCheck") // Why: yielding only saves time.
    static void pause(int spins) {
        if (spins < SPINS_BEFORE_YIELD) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }

    /**
     * Gives back the before-images and the freed blocks that no snapshot needs any more; in an
     * attempt, to whose slot the blocks go.
     */
    void reclaim(Attempt attempt) {
        if (historyBudget.runBytes() != 0) {
            long oldest = registry.oldest();
            for (int slot = 1; slot <= slots.made(); slot++) {
                slots.attempt(slot).history.reclaim(oldest);
            }
        }
        limbo.drain(attempt);
    }

    /** After a snapshot was closed: gives back now what can be, the rest is found later. */
    void reclaimSoon() {
        Attempt current = slots.current();
        if (current != null && current.isRunning()) {
            reclaim(current);
        } else if (!closed) {
            try {
                readOnly(tx -> reclaim((Attempt) tx));
            } catch (StmClosedException | TransactionInterruptedException | MisuseException late) {
                assert late != null; // Why: closing a snapshot does not fail, and nothing is lost.
            }
        }
        historyLimit.departed();
    }

    /** Looks for memory, since the region is full. */
    private void reclaim() {
        spans.reclaim();
        Attempt attempt = slots.current();
        if (attempt != null && attempt.isRunning()) {
            reclaim(attempt);
        }
        for (int slot = 1; slot <= slots.made(); slot++) {
            slots.attempt(slot).history.releaseSpare();
        }
    }

    int slotsInUse() {
        return slots.made();
    }

    boolean isClosed() {
        return closed;
    }

    void checkOpen() {
        if (closed) {
            throw closedException();
        }
    }

    StmClosedException closedException() {
        return new StmClosedException("transaction refused: the engine is closed, name="
                + options.name() + "; open another");
    }

    /** The number of the type of what is at an offset; for attempts that run. */
    int typeAt(long object) {
        return RunEntry.type(Memory.getAcquire(region.entryAddress(Region.runOf(object))));
    }

    /** The type of the objects in the run of a reference, or null; for attempts that run. */
    StmType typeOf(long ref) {
        return Reference.run(ref) < region.runs()
                ? StmType.byId(typeAt(Reference.offset(ref)))
                : null;
    }

    /** What an offset holds, for messages; perhaps after the engine was closed. */
    static String describe(int typeId, long object) {
        StmType type = StmType.byId(typeId);
        return (type == null ? "array stripe" : type.name()) + " at 0x" + Long.toHexString(object);
    }

    /** Whose slot it is, for messages. */
    String describeSlot(int slot) {
        Attempt attempt = slot == 0 || slot > slots.made() ? null : slots.attempt(slot);
        return attempt == null ? "nobody" : "slot " + slot + ", block " + attempt.block.name();
    }

    @Override
    public Statistics statistics() {
        checkOpen();
        long commits = 0;
        long updates = 0;
        long rollbacks = 0;
        long escalations = 0;
        long promotions = 0;
        long lost = 0;
        long[] aborts = new long[AbortCause.values().length];
        for (int slot = 1; slot <= slots.made(); slot++) {
            Counters counters = slots.attempt(slot).counters;
            commits += counters.commits;
            updates += counters.updates;
            rollbacks += counters.rollbacks;
            escalations += counters.escalations;
            promotions += counters.promotions;
            lost += counters.nanosLost;
            for (int cause = 0; cause < aborts.length; cause++) {
                aborts[cause] += counters.aborts[cause];
            }
        }
        Map<AbortCause, Long> byCause = new EnumMap<>(AbortCause.class);
        for (AbortCause cause : AbortCause.values()) {
            byCause.put(cause, aborts[cause.ordinal()]);
        }
        // Inside a transaction, so that the region is not unmapped meanwhile.
        long used = readOnlyLong(AtomicBlock.ANONYMOUS, tx -> region.usedBytes());
        HistoryLimit.Live oldest = historyLimit.oldest();
        return new Statistics(
                commits,
                commits - updates,
                byCause,
                rollbacks,
                escalations,
                promotions,
                lost,
                registry.count(),
                historyLimit.ended(),
                oldest.ageNanos(),
                oldest.opener(),
                historyBudget.runBytes(),
                limbo.bytes(),
                used,
                region.capacityBytes(),
                HardwareReport.of(this));
    }

    @Override
    public Roots roots() {
        return roots;
    }

    @Override
    public Pin pin(StmType type, long ref) {
        return upkeep.pins.pin(this, type, ref);
    }

    @Override
    public Collector collector() {
        return upkeep.collector();
    }

    @Override
    public Collected collect() {
        return upkeep.collect();
    }

    @Override
    public MemoryReport memory() {
        return readOnlyGet(tx -> Occupancy.of(this));
    }

    @Override
    public long trim() {
        return upkeep.trim();
    }

    @Override
    public Verification verify() {
        return upkeep.verify();
    }

    /** Refuses what must not be done inside a transaction. */
    void refuseInside(String what) {
        Attempt current = slots.current();
        if (current != null && current.isRunning() && !contention.wasCutOff(current)) {
            throw Refusal.inside(what, options.name());
        }
    }

    @Override
    public StmOptions options() {
        return options;
    }

    @Override
    public void close() {
        refuseInside("close");
        Seam.closing(() -> closed || !Quiescence.of(this).isReached() ? null : verify());
        closed = true;
        standstill.close();
        waitRoom.close();
        historyLimit.wakeAll();
        slots.close();
        escalation.close();
        Quiescence.of(this).await(slots::endCutOff);
        synchronized (this) {
            if (!unmapped) {
                unmapped = true;
                try {
                    Seam.unmapping(() -> Inspection.of(this));
                } finally {
                    region.unmap();
                }
            }
        }
    }
}
