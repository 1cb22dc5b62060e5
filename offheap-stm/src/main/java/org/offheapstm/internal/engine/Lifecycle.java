package org.offheapstm.internal.engine;

import org.offheapstm.AbortCause;
import org.offheapstm.AtomicBlock;
import org.offheapstm.RegionFullException;
import org.offheapstm.Transaction;
import org.offheapstm.internal.heap.History;
import org.offheapstm.internal.heap.ImageArea;
import org.offheapstm.internal.heap.Nursery;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.ProcessBarrier;
import org.offheapstm.internal.memory.Seam;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;

/**
 * The life of an attempt: begin, commit, roll back, and the state it has meanwhile. {@link
 * ReadList}, {@link ReadSet}, {@link ReadPath} and {@link WritePath} build on it, and {@link
 * Attempt} is the whole.
 */
abstract sealed class Lifecycle extends Transaction permits ReadList {
    static final long NOBODY = 0;

    /** An impossible header word. */
    static final long NO_WORD = -1;

    // ---- for life: the engine and this slot
    final Engine engine;
    final int slot;
    final Region region;
    final long base;
    final long clock;
    final long control;
    private final long slotWord;
    private final Standstill gate;
    final WriteLog log;
    final ImageArea images;
    final Nursery nursery;
    final History history;
    final Nesting nesting;
    final HardwareCommit hardware;
    final long hardwareFrom; // bytes of log; more than any has if there is no hardware
    final Hooks hooks = new Hooks();
    final Counters counters = new Counters();

    private final Promotions promotions = new Promotions();

    /** For the thread that leases it: see {@link Slots}. */
    final Reference<Attempt> weak = new WeakReference<>((Attempt) this);

    /** The id of the platform thread that keeps the lease of this slot, or {@link #NOBODY}. */
    long keeper = NOBODY;

    // ---- for a transaction
    Progress progress = new Progress();
    AtomicBlock block = AtomicBlock.ANONYMOUS;
    boolean readOnly;

    // ---- for an attempt

    /**
     * The id of the thread that runs it, or {@link #NOBODY}. An id and not the thread: storing a
     * reference costs a garbage collector's barrier, at worst a fence, twice per transaction.
     */
    long owner;

    /** Odd while an attempt runs, which it names; one more when that has ended. */
    long number;

    /** The number of an attempt that failed in a stack too full to roll it back. */
    volatile long cutOff = Long.MIN_VALUE;

    /** The snapshot: a header below it is older. */
    long bound;

    /** The word of what this slot has written at the clock value of the snapshot. */
    long ownWord;

    boolean recording;

    /** View of the registered snapshot that it reads, or {@link Registry#NONE}. */
    long registered = Registry.NONE;

    /** Whether it counts among those who read the snapshot that was opened before. */
    private boolean inside;

    /** Whether the registry counts the snapshot in the view of this slot. */
    private boolean counted;

    /** When this attempt has registered a snapshot of its own; others read it for a gauge. */
    long registeredNanos;

    /** Whether the registered snapshot was of use: something was too new for it. */
    boolean metNewer;

    Signal doomed;
    private long doomedBound;

    /** Whether it holds the token, and cannot lose. */
    boolean escalated;

    /** The version for which this slot has last looked at the snapshots: see Preservation. */
    long lookedFor;

    /** Header words unsigned below this needed images then. */
    long neededBelow;

    /** 0, {@link Commit#LOCKING}, {@link HardwareCommit#IN_HARDWARE}, or the word published. */
    long publishing;

    Lifecycle(Engine engine, int slot) {
        this.engine = engine;
        this.slot = slot;
        this.region = engine.region;
        this.base = region.base();
        this.control = engine.control.address();
        this.clock = control + Control.CLOCK;
        this.slotWord = control + Control.slot(slot);
        this.gate = engine.standstill;
        this.log = new WriteLog(region);
        this.images = new ImageArea(region);
        this.nursery = new Nursery(region);
        this.history = new History(region, engine.historyBudget);
        this.nesting = new Nesting((Attempt) this);
        this.hardware = HardwareCommit.of((Attempt) this, control);
        this.hardwareFrom = engine.hardware.leastBytes();
    }

    // ---- life of an attempt

    final boolean isRunning() {
        return owner != NOBODY;
    }

    /** Whether the newest attempt was cut off; perhaps it has been ended since. */
    final boolean wasCutOff() {
        return (cutOff - 1 | 1) == (number - 1 | 1);
    }

    /** Starts a transaction: what stays the same over its attempts. */
    @SuppressWarnings("ReferenceEquality") // Why: only to leave out the store, which has a barrier.
    final void open(AtomicBlock newBlock, boolean newReadOnly) {
        if (block != newBlock) {
            block = newBlock;
        }
        readOnly = newReadOnly;
        if (progress.isUsed()) {
            progress.reset();
        }
        if (counters.areTimed()) {
            progress.attemptStartNanos = counters.startNanos();
        }
    }

    /** Goes on with a transaction that has lost or waited, in this slot. */
    final void adopt(AtomicBlock newBlock, boolean newReadOnly, Progress newProgress) {
        block = newBlock;
        readOnly = newReadOnly;
        progress = newProgress;
    }

    final void begin() {
        owner = Thread.currentThread().threadId();
        announce();
        if (gate.isBarred() && !isAdmitted()) {
            returnToken();
            throw engine.closedException();
        }
        see(Header.bound(Memory.getAcquire(clock)));
        recording = (!readOnly || progress.recording) && !escalated;
        if (escalated) {
            seeNothing();
        } else if (progress.registers && !recording) {
            register();
        }
        step("begin");
    }

    /** Waits at the shut gate, unannounced; false if it was shut for good. */
    private boolean isAdmitted() {
        do {
            leave();
            if (!gate.awaitEnd()) {
                return false;
            }
            owner = Thread.currentThread().threadId();
            announce();
        } while (gate.isBarred());
        return true;
    }

    final void see(long newBound) {
        bound = newBound;
        ownWord = newBound | slot;
    }

    /** Makes every access take the slow path. */
    private void seeNothing() {
        bound = 0;
        ownWord = NO_WORD;
    }

    /**
     * A read-only transaction begins: reads a snapshot if one is given, or if this body was
     * promoted when it ran last.
     */
    final void chooseSnapshot(OpenSnapshot at, Object body) {
        if (at != null) {
            progress.readAt(at);
        } else if (!promotions.isEmpty() && promotions.have(siteOf(body))) {
            progress.registers = true;
        }
    }

    /** What tells call sites apart: a body's block, or its class if the block has no name. */
    final Object siteOf(Object body) {
        return block == AtomicBlock.ANONYMOUS || block.equals(AtomicBlock.ANONYMOUS)
                ? body.getClass()
                : block;
    }

    /** A transaction runs again: on a registered snapshot, if that is why. */
    final void noticePromotion(Object body) {
        boolean lost = progress.cause == AbortCause.SNAPSHOT_TOO_OLD
                || progress.cause == AbortCause.LOCKED;
        if (lost && progress.registers) {
            promotions.add(siteOf(body));
            counters.promotions++;
        }
    }

    /**
     * Reads a registered snapshot from now on, and cannot lose: what is too new has a before-image.
     * It sees all versions up to that of the snapshot, so the fast path of a read is the same, with
     * the bound one higher; and accepts no newer ones of its own slot.
     */
    private void register() {
        long seen;
        if (progress.at == null) {
            registeredNanos = System.nanoTime();
            registered = Registry.viewOf(slot); // First, so that an Error cannot leave it there.
            engine.registry.announce(registered);
            counted = true;
            seen = engine.registry.enter(registered);
        } else {
            registered = progress.at.enter();
            inside = true;
            seen = progress.at.seen;
        }
        bound = Header.bound(seen + 1);
        ownWord = NO_WORD;
        metNewer = false;
    }

    /** Each step is noted after it was done, so that after an Error this goes on where it was. */
    private void unregister() {
        OpenSnapshot.Registration opened = progress.at;
        if (opened == null) {
            engine.registry.vacate(registered);
            if (counted) {
                engine.registry.discount();
                counted = false;
            }
        } else {
            if (inside) {
                opened.leave();
                inside = false;
            }
            opened.release((Attempt) this);
        }
        engine.reclaim((Attempt) this);
        engine.historyLimit.departed();
        registered = Registry.NONE;
        if (opened == null && !metNewer) {
            promotions.removeLast();
        }
    }

    final void returnToken() {
        if (escalated) {
            engine.escalation.release(progress.ticket);
            escalated = false;
        }
    }

    /**
     * Says that an attempt runs in this slot.
     *
     * <p>Order: this store before every load of the attempt, the first being that of {@code
     * closed}. Pairs with: {@link Quiescence#await}, which issues a barrier on all threads between
     * its store and its look at the slots. Without it: the closer sees no attempt, the attempt sees
     * an open engine, and reads unmapped memory. Proof: the model's Quiesce, and its mutant without
     * the barrier.
     */
    private void announce() {
        number = number + 1 | 1;
        Memory.setOpaque(slotWord, number);
        if (!ProcessBarrier.AVAILABLE) {
            Memory.fullFence();
        }
    }

    /** Says that the attempt has ended; everything it did to the region comes before. */
    private void leave() {
        Memory.setRelease(slotWord, number + 1 & ~1L);
        number = number + 1 & ~1L; // After the call, which a full stack refuses: both, or none.
        owner = NOBODY;
    }

    /**
     * Commits, or throws a signal with the attempt still running. An escalated or doomed attempt is
     * known by its {@link #bound} of 0. The body says which call site this is.
     */
    final void commit(Object body) {
        if (recording || bound == 0 || registered != Registry.NONE || hooks.areUsed()) {
            commitUpdate(body);
        } else {
            forgetLastArray(); // What it says holds for this attempt only.
            counters.commits++;
            leave();
        }
    }

    private void commitUpdate(Object body) {
        if (hooks.anyBeforeCommit()) {
            hooks.runBeforeCommit(this);
        }
        checkNotDoomed();
        if (nesting.isHalfUndone()) {
            throw Refusal.halfUndone(block);
        }
        step("commit");
        boolean updates = !log.isEmpty();
        if (updates) {
            if (log.births() != 0) {
                dropScratch();
            }
            Commit.run((Attempt) this, body);
        }
        end();
        counters.updates += updates ? 1 : 0;
        counters.commits++;
    }

    /**
     * Undoes the attempt: gives back what it holds and has allocated. If an Error has struck while
     * it published, its commit is finished instead.
     *
     * @return whether it has committed
     */
    final boolean rollBack() {
        boolean committed = publishing != 0 && Commit.finish((Attempt) this);
        if (!committed && !log.isEmpty()) {
            nesting.abandonAll();
        }
        end();
        counters.updates += committed ? 1 : 0;
        counters.commits += committed ? 1 : 0;
        return committed;
    }

    /** Claims room for a log and copies, in a slot in which no attempt runs. */
    final void equip() {
        announce(); // As an attempt does: or the region could be unmapped meanwhile.
        if (gate.isBarred() && !isAdmitted()) {
            return;
        }
        try {
            isEquipped();
            images.rewind();
        } finally {
            leave();
        }
    }

    /** Whether this slot has room for a log and copies, or could claim it now. */
    final boolean isEquipped() {
        try {
            log.reserve();
            images.take(Long.BYTES);
            return true;
        } catch (RegionFullException none) {
            return false;
        }
    }

    private void end() {
        log.clear();
        images.rewind();
        nesting.forget();
        forgetReads();
        doomed = null;
        publishing = 0;
        if (registered != Registry.NONE) {
            unregister();
        }
        returnToken();
        leave();
    }

    /** The attempt has lost: notes to whom, and makes every further access fail. */
    Signal lose(AbortCause cause, long object, long header) {
        progress.lost(cause, object, engine.typeAt(object), header);
        return doom(Signal.CONFLICT);
    }

    /** Where a test may force an abort; an escalated attempt cannot lose. */
    final void step(String name) {
        if (Seam.abortAt(name) && !escalated) {
            throw lose(AbortCause.FORCED, 0, 0);
        }
    }

    /** Makes every further access take the slow path, and throw this there. */
    final Signal doom(Signal signal) {
        doomed = signal;
        doomedBound = bound;
        seeNothing();
        forgetLast();
        return signal;
    }

    /** Undoes {@link #doom}, to go on with another alternative after a retry. */
    final void heal() {
        doomed = null;
        if (!escalated) {
            bound = doomedBound;
            ownWord = registered == Registry.NONE ? bound | slot : NO_WORD;
        }
    }

    final void checkNotDoomed() {
        if (doomed != null) {
            throw doomed;
        }
    }

    final boolean isEscalated() {
        return escalated;
    }

    /** Why the attempt must end without committing, or null. */
    final Signal signal() {
        return doomed;
    }

    /** Which attempt of this slot it is. */
    final long number() {
        return number;
    }

    /** Drops the new objects that shall only live if something leads to them, and nothing does. */
    abstract void dropScratch();

    abstract void forgetReads();

    abstract void forgetLast();

    abstract void forgetLastArray();
}
