package org.offheapstm.internal.engine;

import org.offheapstm.AbortCause;
import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

/**
 * How an attempt's writes become the state of the region.
 *
 * <ol>
 *   <li>Lock: each header from its expected word to LOCK, by compare-and-set of the
 *       full word.
 *   <li>Load the clock: <b>the linearization point</b>, if the next step succeeds. The value is the
 *       version of everything written. The clock is only read: commits of disjoint objects write no
 *       common word.
 *   <li>Validate the read set against the snapshot.
 *   <li>Publish: payloads, each followed by its header. If a snapshot is registered, {@link
 *       Preservation} comes first.
 *   <li>Wake those who wait for a change of something written.
 * </ol>
 *
 * <p><b>Why this is exact.</b> The clock is loaded after the locks can be seen. A reader that
 * accepts a version {@code w} has loaded a clock greater than {@code w}, thus after our load, thus
 * after our locks: it finds each of our objects locked or published, never old. And whoever read
 * one of our objects before we locked it has a snapshot not greater than {@code w}, so its
 * validation fails. A read set that is valid after the load was the state at the load.
 *
 * <p><b>Why nothing waits here.</b> An attempt that finds a header locked while it holds locks of
 * its own lets go of everything and runs again; so no cycle of waiting can arise, and what is held
 * is held for the time of the stores only.
 *
 * <p><b>Births are locked too</b>, although nobody else can write them: whoever follows a reference
 * to one, from an object of this commit that is published already, or because it was handed out too
 * early, waits for the end of the commit instead of finding FREED.
 *
 * <p><b>Merges, owners and ties.</b> A merge locks whatever version it finds, and an escalated
 * attempt what it owns; so that version can equal the clock, by another slot. They tick first, so
 * that one object's versions from different slots never tie: commits can then be put in order by
 * version, slot and the slot's own sequence. Memory does not need it (model: noTieInMemory), a feed
 * of commits does (noTie).
 *
 * <p><b>In hardware.</b> Where the processor can, and it is worth a try, all of this is done in one
 * of its transactions: see {@link HardwareCommit}. Both kinds may run at the same time on the same
 * data. Such a commit happens at one instant, XEND, at which every header is free and as expected,
 * the read set is valid, nobody is registered or waits, and the clock has the value that it
 * publishes: the processor watches all these words and lets the transaction go through only if
 * nobody has written one. To everybody else that instant is locks, load of the clock, validation
 * and release in one, so the argument above holds word for word, with shorter locks. And it is
 * refused by whatever a commit by locks does: the compare-and-set that sets LOCK writes a header
 * that the transaction has read, which aborts it; later it finds LOCK, or another version.
 *
 * <p><b>Errors.</b> A StackOverflowError can strike anywhere. What has been locked is seen in the
 * headers, and {@link Lifecycle#publishing} says whether publishing has begun; so {@link #finish},
 * which may itself be ended and done again, takes back the locks or publishes the rest.
 */
final class Commit {
    private static final boolean CLOCK_AFTER_LOCKS = !Seam.without("clockAfterLocks");
    private static final boolean WAITERS_AFTER_LOCKS = !Seam.without("waiterCountAfterLocks");
    private static final boolean VALIDATES = !Seam.without("commitValidation");
    private static final boolean TIE_RULE = !Seam.without("tieRule");
    private static final boolean FULL_WORD = !Seam.without("fullWordCas");
    private static final boolean LOCK_FENCE = !Seam.without("lockFence");
    private static final boolean CHECKS_MERGED = !Seam.without("mergeCheck");
    private static final boolean LOCKS_BIRTHS = !Seam.without("birthLock");
    private static final boolean PAYLOAD_FIRST = !Seam.without("payloadBeforeHeader");
    private static final boolean WAKES = !Seam.without("wake");

    /** What {@link Lifecycle#publishing} says while headers are being locked. */
    static final long LOCKING = -1;

    /** How often a commit of merges lets go of its locks to wait for another's, before it loses. */
    private static final int MAX_RESTARTS = 64;

    private Commit() {}

    /**
     * All five steps. One method, and so long (over 325 bytes of code) that the compiler never
     * inlines it: else it ends up behind the user's body, where the budget for nodes runs out in
     * the middle of a lock (see {@link Memory}). With a unit of its own an update of 10 objects
     * went from 365 to 325 ns, a counter from 38 to 28. CompiledUnitsTest holds its length.
     */
    static void run(Attempt attempt, Object body) {
        WriteLog log = attempt.log;
        if (log.end() - log.first() >= attempt.hardwareFrom
                && attempt.hardware.run(attempt, body)) {
            return;
        }
        long base = attempt.base;
        int slot = attempt.slot;
        boolean owned = attempt.isEscalated();
        attempt.publishing = LOCKING;
        long control = attempt.control;
        long early = CLOCK_AFTER_LOCKS ? 0 : Memory.getVolatile(control, Control.CLOCK);
        long tooEarly = WAITERS_AFTER_LOCKS ? 0 : Memory.getVolatile(control, Control.WAITERS);

        // 1. Lock.
        int restarts = 0;
        boolean fenced = log.births() == 0;
        if (!fenced) { // Here, so that it stays a call where few allocate: see Preservation.keep.
            lockBirths(attempt, log);
        }
        long end = log.end();
        for (long entry = log.first(); entry != end; entry += LogEntry.BYTES) {
            step(attempt, log, "lock");
            int what = LogEntry.what(entry);
            if (what == LogEntry.WRITE || what == LogEntry.FREE) {
                if (!lock(entry, base, slot, owned)) {
                    throw giveUp(attempt, log, entry);
                }
                fenced = true;
            } else if (what == LogEntry.MERGE) {
                fenced = lockAny(attempt, log, entry);
                if (!fenced) {
                    startAgain(attempt, log, entry, ++restarts);
                    entry = log.first() - LogEntry.BYTES;
                }
            }
        }
        if (!fenced) {
            // Order: the locks of births before the load of the clock. Pairs with: as below, at
            // that load; nothing but births was locked, and no compare-and-set has ordered them.
            // Without it: who was handed a reference too early finds FREED at a snapshot that is
            // newer than this commit. Proof: model, mutant noBirthFence; BirthClockLitmus.
            Memory.fullFence();
        }
        // Order: LOCK before payload stores. Pairs with: the loadLoadFence between payload and
        // second header load in ReadSet.isUnchanged. Without it: on AArch64 a later plain store
        // may become visible before the compare-and-set's own store, and a reader would take the
        // new payload under the old word. Proof: TornReadLitmus, outcome "old header twice, new
        // payload" is FORBIDDEN.
        if (LOCK_FENCE) {
            Memory.storeStoreFence();
        }

        // 2. Load the clock: the linearization point.
        // Order: every lock before this load, and before the load of WAITERS. Pairs with: a
        // reader's or an extension's load of the clock before its load of a header; a waiter's
        // count before its validation. Without it: a reader could take one of our objects old and
        // another new. Proof: model, mutant wvEarly.
        long version = CLOCK_AFTER_LOCKS ? Memory.getVolatile(control, Control.CLOCK) : early;
        long waiters =
                WAITERS_AFTER_LOCKS ? Memory.getVolatile(control, Control.WAITERS) : tooEarly;
        if (log.merges() != 0 || owned) {
            version = breakTies(attempt, version);
        }

        // 3. Validate.
        step(attempt, log, "validate");
        if (!owned && VALIDATES) {
            attempt.validateLocked();
        }
        step(attempt, log, "publish");

        // 4. Publish.
        // Order: the clock before this load; both are volatile. Pairs with: Registry.enter, which
        // counts before it ticks. Without it: a snapshot that is older than this commit is missed.
        // Proof: model, mutants snEarly and countAfterTick; SnapshotCountLitmus.
        long snapshots = Memory.getVolatile(control, Control.LIVE);
        Preservation.keep(attempt, log, version, snapshots);
        long header = Header.clean(version, slot);
        attempt.publishing = header;
        for (long entry = log.first(); entry != end; entry += LogEntry.BYTES) {
            publish(entry, base, header);
        }
        if (log.deaths() != 0) {
            attempt.giveBackFreed(version);
        }

        // 5. Wake.
        if (waiters != 0 && WAKES) {
            attempt.engine.waitRoom.changed(log);
        }
    }

    /** Where a test may force an abort, with the entries before this one locked. */
    private static void step(Attempt attempt, WriteLog log, String name) {
        if (Seam.abortAt(name) && !attempt.isEscalated()) {
            unlock(attempt, log);
            throw attempt.lose(AbortCause.FORCED, 0, 0);
        }
    }

    /** Lets go of all locks and waits for a merge's object, to lock everything anew. */
    private static void startAgain(Attempt attempt, WriteLog log, long entry, int restarts) {
        if (restarts > MAX_RESTARTS) {
            throw giveUp(attempt, log, entry);
        }
        unlock(attempt, log);
        awaitUnlocked(attempt, entry);
        if (log.births() != 0) {
            lockBirths(attempt, log);
        }
    }

    /**
     * Sets LOCK on what was born here; nobody else can write these headers.
     *
     * <p>Before the clock is loaded, like every lock: else somebody who was handed a reference too
     * early could be told "stale", and in the same snapshot find the object (model: newUnlocked).
     */
    private static void lockBirths(Attempt attempt, WriteLog log) {
        for (long entry = log.first(); entry != log.end(); entry += LogEntry.BYTES) {
            if (LogEntry.what(entry) == LogEntry.NEW && LOCKS_BIRTHS) {
                long locked = Header.locked(LogEntry.expected(entry), attempt.slot);
                Memory.setOpaque(attempt.base + LogEntry.object(entry), locked);
            }
        }
    }

    /** Locks an object; false if it has changed since its entry was made. */
    private static boolean lock(long entry, long base, int slot, boolean owned) {
        long address = base + LogEntry.object(entry);
        long expected = LogEntry.expected(entry);
        long held = owned ? Header.owned(expected, slot) : expected;
        held = FULL_WORD ? held : Memory.getAcquire(address) & ~Header.LOCK;
        return Memory.compareAndSet(address, held, Header.locked(expected, slot));
    }

    private static Signal giveUp(Attempt attempt, WriteLog log, long entry) {
        long header = Memory.getAcquire(attempt.base + LogEntry.object(entry));
        return giveUp(attempt, log, entry, header);
    }

    private static Signal giveUp(Attempt attempt, WriteLog log, long entry, long header) {
        unlock(attempt, log);
        AbortCause cause = (header & Header.LOCK) != 0
                ? AbortCause.LOCKED
                : (header & Header.OWNED) != 0 ? AbortCause.OWNED : AbortCause.WRITE_CONFLICT;
        return attempt.lose(cause, LogEntry.object(entry), header);
    }

    /**
     * Locks an object whatever commit wrote it last, and notes its word; false if it is being
     * committed.
     *
     * <p>The generation is looked at under the lock: before it, the same word can come back on
     * another object, when the slot that wrote it last frees the block, gets it again and
     * publishes, all while the clock rests (model: Reuse, mergeChecksFirst).
     */
    private static boolean lockAny(Attempt attempt, WriteLog log, long entry) {
        long address = attempt.base + LogEntry.object(entry);
        while (true) {
            long header = Memory.getAcquire(address);
            if ((header & Header.LOCK) != 0) {
                return false;
            }
            boolean freed = (header & Header.FREED) != 0 && CHECKS_MERGED;
            if (freed || (header & Header.OWNED) != 0) {
                throw giveUp(attempt, log, entry, header);
            }
            LogEntry.expected(entry, header);
            if (Memory.compareAndSet(address, header, Header.locked(header, attempt.slot))) {
                if (LogEntry.isGeneration(entry, Memory.get(address, Header.LIFE))
                        || !CHECKS_MERGED) {
                    return true;
                }
                throw giveUp(attempt, log, entry, header);
            }
        }
    }

    /** Waits, holding nothing, until the object of an entry is not LOCKed. */
    private static void awaitUnlocked(Attempt attempt, long entry) {
        long address = attempt.base + LogEntry.object(entry);
        for (int spins = 0; ; spins++) {
            long header = Memory.getAcquire(address);
            if ((header & Header.LOCK) == 0) {
                return;
            }
            if (spins == ReadSet.LOCK_SPINS) {
                throw attempt.lose(AbortCause.LOCKED, LogEntry.object(entry), header);
            }
            Engine.pause(spins);
        }
    }

    /**
     * Restores the words of all that this attempt has locked. Which these are is seen in the
     * headers, as nobody else locks in the name of this slot; so it may be done twice.
     */
    static void unlock(Attempt attempt, WriteLog log) {
        for (long entry = log.end(); entry != log.first(); ) {
            entry -= LogEntry.BYTES;
            if (isLocked(attempt, entry)) {
                Memory.setRelease(attempt.base + LogEntry.object(entry), LogEntry.expected(entry));
            }
        }
    }

    private static boolean isLocked(Attempt attempt, long entry) {
        long header = Memory.getAcquire(attempt.base + LogEntry.object(entry));
        return header == Header.locked(LogEntry.expected(entry), attempt.slot);
    }

    /**
     * Goes on with a commit that an Error has ended: one that had not begun to publish is undone,
     * any other is finished.
     *
     * @return whether it has committed
     */
    static boolean finish(Attempt attempt) {
        WriteLog log = attempt.log;
        long header = attempt.publishing;
        if (header == HardwareCommit.IN_HARDWARE) {
            header = attempt.hardware.published();
            if (header == 0) {
                return false;
            }
        }
        if (header == LOCKING) {
            unlock(attempt, log);
            return false;
        }
        for (long entry = log.first(); entry != log.end(); entry += LogEntry.BYTES) {
            if (isLocked(attempt, entry)) {
                publish(entry, attempt.base, header);
            } else if (LogEntry.what(entry) == LogEntry.OWN) {
                Nesting.disown(entry, attempt.base, attempt.slot);
            }
        }
        if (log.deaths() != 0) {
            attempt.giveBackFreed(Header.version(header));
        }
        attempt.engine.waitRoom.changed(log);
        return true;
    }

    private static long breakTies(Attempt attempt, long version) {
        WriteLog log = attempt.log;
        for (long entry = log.first(); entry != log.end(); entry += LogEntry.BYTES) {
            long header = LogEntry.expected(entry);
            int what = LogEntry.what(entry);
            if ((what == LogEntry.MERGE
                            || attempt.isEscalated()
                                    && (what == LogEntry.WRITE || what == LogEntry.FREE))
                    && Header.version(header) == version
                    && Header.slot(header) != attempt.slot
                    && TIE_RULE) {
                attempt.tickPast(version);
                return Memory.getVolatile(attempt.clock);
            }
        }
        return version;
    }

    private static void publish(long entry, long base, long header) {
        long address = base + LogEntry.object(entry);
        if (!PAYLOAD_FIRST) {
            Memory.setRelease(address, header);
        }
        long tail = LogEntry.tail(entry);
        if (LogEntry.whatOf(tail) == LogEntry.WRITE) {
            long image = base + LogEntry.imageOf(tail);
            Memory.copyPayload(image, 0, address, Header.BYTES, LogEntry.bytesOf(tail));
            Memory.setRelease(address, header);
        } else {
            publishOther(entry, LogEntry.whatOf(tail), base, header);
        }
    }

    private static void publishOther(long entry, int what, long base, long header) {
        long address = base + LogEntry.object(entry);
        switch (what) {
            case LogEntry.MERGE -> {
                MergeChain.apply(base, LogEntry.image(entry), address + Header.BYTES);
                Memory.setRelease(address, header);
            }
            case LogEntry.NEW -> Memory.setRelease(address, header);
            case LogEntry.FREE -> Memory.setRelease(address, Header.FREED | header);
            case LogEntry.OWN -> Nesting.disown(entry, base, Header.slot(header));
            default -> {}
        }
    }
}
