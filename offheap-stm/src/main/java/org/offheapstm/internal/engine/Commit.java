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
 *   <li>{@link #lockAll}: each header from its expected word to LOCK, by compare-and-set of the
 *       full word.
 *   <li>Load the clock: <b>the linearization point</b>, if the next step succeeds. The value is the
 *       version of everything written. The clock is only read: commits of disjoint objects write no
 *       common word.
 *   <li>Validate the read set against the snapshot.
 *   <li>{@link #publish}: payloads, each followed by its header.
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
 * <p><b>Merges and ties.</b> A merge locks whatever version it finds, so that version can equal the
 * clock, by another slot. It ticks first, so that one object's versions from different slots never
 * tie: commits can then be put in order by version, slot and the slot's own sequence. Memory does
 * not need it (model: noTieInMemory), a feed of commits does (noTie).
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

    private Commit() {}

    static void run(Attempt attempt) {
        WriteLog log = attempt.log;
        long early = CLOCK_AFTER_LOCKS ? 0 : Memory.getVolatile(attempt.clock);
        long tooEarly = WAITERS_AFTER_LOCKS ? 0 : Memory.getVolatile(waiterCount(attempt));
        lockAll(attempt, log);
        // Order: every lock before this load, and before the load of WAITERS. Pairs with: a
        // reader's or an extension's load of the clock before its load of a header; a waiter's
        // count before its validation. Without it: a reader could take one of our objects old and
        // another new. Proof: model, mutant wvEarly.
        long version = CLOCK_AFTER_LOCKS ? Memory.getVolatile(attempt.clock) : early;
        long waiters = WAITERS_AFTER_LOCKS ? Memory.getVolatile(waiterCount(attempt)) : tooEarly;
        if (log.merges() != 0) {
            version = breakTies(attempt, log, version);
        }
        step(attempt, log, log.count(), "validate");
        if (!attempt.isEscalated() && VALIDATES) {
            attempt.validateLocked();
        }
        step(attempt, log, log.count(), "publish");
        publish(attempt, log, Header.clean(version, attempt.slot));
        if (waiters != 0 && WAKES) {
            attempt.engine.waitRoom.changed(log);
        }
    }

    private static long waiterCount(Attempt attempt) {
        return attempt.clock - Control.CLOCK + Control.WAITERS;
    }

    /** Where a test may force an abort, with the entries before this one locked. */
    private static void step(Attempt attempt, WriteLog log, int end, String name) {
        if (Seam.abortAt(name) && !attempt.isEscalated()) {
            unlock(attempt, log, end);
            throw attempt.lose(AbortCause.FORCED, 0, 0);
        }
    }

    private static void lockAll(Attempt attempt, WriteLog log) {
        int count = log.count();
        boolean fenced = !lockBirths(attempt, log);
        for (int entry = 0; entry < count; entry++) {
            step(attempt, log, entry, "lock");
            int what = log.what(entry);
            if (what == WriteLog.WRITE || what == WriteLog.FREE) {
                lock(attempt, log, entry);
                fenced = true;
            } else if (what == WriteLog.MERGE) {
                if (lockAny(attempt, log, entry)) {
                    fenced = true;
                } else {
                    unlock(attempt, log, entry);
                    awaitUnlocked(attempt, log, entry);
                    fenced = !lockBirths(attempt, log);
                    entry = -1;
                }
            }
        }
        if (!fenced) {
            Memory.fullFence(); // Nothing but births: no compare-and-set has ordered them.
        }
        // Order: LOCK before payload stores. Pairs with: the loadLoadFence between payload and
        // second header load in ReadPath.read. Without it: on AArch64 a later plain store may
        // become visible before the compare-and-set's own store, and a reader would take the new
        // payload under the old word. Proof: TornReadLitmus, outcome "old header twice, new
        // payload" is FORBIDDEN.
        if (LOCK_FENCE) {
            Memory.storeStoreFence();
        }
    }

    /**
     * Sets LOCK on what was born here; nobody else can write these headers.
     *
     * <p>Returns whether there were any. Before the clock is loaded, like every lock: else somebody
     * who was handed a reference too early could be told "stale", and in the same snapshot find the
     * object (model: newUnlocked).
     */
    private static boolean lockBirths(Attempt attempt, WriteLog log) {
        if (log.births() == 0 || !LOCKS_BIRTHS) {
            return false;
        }
        for (int entry = 0; entry < log.count(); entry++) {
            if (log.what(entry) == WriteLog.NEW) {
                long locked = Header.locked(log.expected(entry), attempt.slot);
                Memory.setOpaque(attempt.base + log.object(entry), locked);
            }
        }
        return true;
    }

    private static void lock(Attempt attempt, WriteLog log, int entry) {
        long address = attempt.base + log.object(entry);
        long expected = log.expected(entry);
        long held = attempt.isEscalated() ? Header.owned(expected, attempt.slot) : expected;
        held = FULL_WORD ? held : Memory.getAcquire(address) & ~Header.LOCK;
        if (!Memory.compareAndSet(address, held, Header.locked(expected, attempt.slot))) {
            throw giveUp(attempt, log, entry, Memory.getAcquire(address));
        }
    }

    private static Signal giveUp(Attempt attempt, WriteLog log, int entry, long header) {
        unlock(attempt, log, entry);
        AbortCause cause = (header & Header.LOCK) != 0
                ? AbortCause.LOCKED
                : (header & Header.OWNED) != 0 ? AbortCause.OWNED : AbortCause.WRITE_CONFLICT;
        return attempt.lose(cause, log.object(entry), header);
    }

    /**
     * Locks an object whatever commit wrote it last, and notes its word; false if it is being
     * committed.
     *
     * <p>The generation is looked at under the lock: before it, the same word can come back on
     * another object, when the slot that wrote it last frees the block, gets it again and
     * publishes, all while the clock rests (model: Reuse, mergeChecksFirst).
     */
    private static boolean lockAny(Attempt attempt, WriteLog log, int entry) {
        long address = attempt.base + log.object(entry);
        while (true) {
            long header = Memory.getAcquire(address);
            if ((header & Header.LOCK) != 0) {
                return false;
            }
            boolean freed = (header & Header.FREED) != 0 && CHECKS_MERGED;
            if (freed || (header & Header.OWNED) != 0) {
                throw giveUp(attempt, log, entry, header);
            }
            if (Memory.compareAndSet(address, header, Header.locked(header, attempt.slot))) {
                log.expected(entry, header);
                if (log.isGeneration(entry, Memory.get(address, Header.LIFE)) || !CHECKS_MERGED) {
                    return true;
                }
                throw giveUp(attempt, log, entry + 1, header);
            }
        }
    }

    /** Waits, holding nothing, until the object of an entry is not LOCKed. */
    private static void awaitUnlocked(Attempt attempt, WriteLog log, int entry) {
        long address = attempt.base + log.object(entry);
        for (int spins = 0; ; spins++) {
            long header = Memory.getAcquire(address);
            if ((header & Header.LOCK) == 0) {
                return;
            }
            if (spins == ReadPath.LOCK_SPINS) {
                throw attempt.lose(AbortCause.LOCKED, log.object(entry), header);
            }
            Engine.pause(spins);
        }
    }

    /** Restores the words of the entries before this one, and of all births. */
    static void unlock(Attempt attempt, WriteLog log, int end) {
        for (int entry = log.count() - 1; entry >= 0; entry--) {
            int what = log.what(entry);
            boolean locked = entry < end
                    && (what == WriteLog.WRITE || what == WriteLog.FREE || what == WriteLog.MERGE);
            if (locked || what == WriteLog.NEW) {
                Memory.setRelease(attempt.base + log.object(entry), log.expected(entry));
            }
        }
    }

    private static long breakTies(Attempt attempt, WriteLog log, long version) {
        for (int entry = 0; entry < log.count(); entry++) {
            long header = log.expected(entry);
            if (log.what(entry) == WriteLog.MERGE
                    && Header.version(header) == version
                    && Header.slot(header) != attempt.slot
                    && TIE_RULE) {
                attempt.tickPast(version);
                return Memory.getVolatile(attempt.clock);
            }
        }
        return version;
    }

    private static void publish(Attempt attempt, WriteLog log, long header) {
        long base = attempt.base;
        int count = log.count();
        for (int entry = 0; entry < count; entry++) {
            long address = base + log.object(entry);
            int what = log.what(entry);
            if (what == WriteLog.WRITE) {
                if (!PAYLOAD_FIRST) {
                    Memory.setRelease(address, header);
                }
                Memory.copy(base + log.image(entry), address + Header.BYTES, log.bytes(entry));
                Memory.setRelease(address, header);
            } else {
                publishOther(log, entry, what, base, header);
            }
        }
        if (log.deaths() != 0) {
            attempt.giveBackFreed();
        }
    }

    private static void publishOther(WriteLog log, int entry, int what, long base, long header) {
        long address = base + log.object(entry);
        switch (what) {
            case WriteLog.MERGE -> {
                MergeChain.apply(base, log.image(entry), address + Header.BYTES);
                Memory.setRelease(address, header);
            }
            case WriteLog.NEW -> Memory.setRelease(address, header);
            case WriteLog.FREE -> Memory.setRelease(address, Header.FREED | header);
            case WriteLog.OWN -> Memory.setRelease(address, log.expected(entry));
            default -> {}
        }
    }
}
