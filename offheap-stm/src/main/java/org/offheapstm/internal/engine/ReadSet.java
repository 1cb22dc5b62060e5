package org.offheapstm.internal.engine;

import org.offheapstm.AbortCause;
import org.offheapstm.internal.htm.CommitDescriptor;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

import java.util.Arrays;

/**
 * What an attempt has seen, and whether that still is one state of the region: the snapshot, its
 * extension, the read set, and what an escalated attempt owns.
 *
 * <p><b>Snapshot.</b> {@link #begin} loads the clock; a header word is <em>fresh</em> if it is
 * clean and its version is smaller than that value ({@link #bound} holds it shifted, so this is one
 * comparison), or if it is clean and this slot wrote it last. A fresh object has
 * not changed since the clock was loaded: a commit that changes it loads the clock after it has
 * locked it, so it publishes a version at least as large; and no commit of this slot runs beside
 * its attempt. What this slot wrote before that has a version no larger than the snapshot; so
 * what is not older is one word only, {@link #ownWord}: its slot at the snapshot's clock value.
 *
 * <p><b>Extend.</b> A version that is not fresh: tick the clock if it has not moved past that
 * version, load it, validate all that was read, go on with the new snapshot. The load comes before
 * the validation, or a commit between the two would be missed.
 *
 * <p><b>Read set.</b> The objects of {@link ReadList}.
 *
 * <p><b>Escalated</b> attempts cannot lose: they own each object, by OWNED in its header, before
 * they touch it, so nobody else commits a change of it. They hold the region's token, so there is
 * one at a time. {@link #bound} is 0 and {@link #ownWord} impossible then, so that every access
 * takes the slow path.
 *
 * <p><b>Doomed</b> attempts have met a conflict and must not go on; their bound is as that of an
 * escalated attempt, so that every access ends in the slow path, which throws again.
 *
 * <p>Sources: LSA (Riegel, Felber, Fetzer 2006) for extension; DCTL (Ramalhete, Correia 2024) for
 * the idea of a clock that commits only read. The model of all this is in the tests, {@code
 * Commit.tla}.
 */
abstract sealed class ReadSet extends ReadList permits SnapshotPath {
    /** How often a locked header is looked at before the attempt gives up. */
    static final int LOCK_SPINS = 2_000;

    private static final long NOTHING = -1;

    private static final boolean SECOND_LOOK = !Seam.without("secondHeaderLook");
    private static final boolean LOOK_FENCE = !Seam.without("lookFence");
    private static final boolean TICKS = !Seam.without("tick");
    private static final boolean VALIDATES_READS = !Seam.without("extendValidation");
    private static final boolean VALIDATES_LOG = !Seam.without("extendLogValidation");
    private static final boolean CLOCK_FIRST = !Seam.without("clockBeforeValidation");
    private static final boolean HANDS_OVER = !Seam.without("hardwareReads");
    private static final boolean MERGED_READ_CHECK = !Seam.without("mergedReadCheck");

    /** The bits of a header that reading, and validating, look at: all. */
    private static final long READ_BITS = Seam.without("lockCheck") ? ~Header.LOCK : -1;

    private static final long VALIDATED_BITS =
            Seam.without("lockCheckInValidation") ? ~Header.LOCK : -1;

    private static final boolean OWN_WORD_ONLY = !Seam.without("ownSlotRule");

    ReadSet(Engine engine, int slot) {
        super(engine, slot);
    }

    // ---- looking at a header

    /**
     * Whether a header word is clean, and as it was when the snapshot was taken.
     *
     * <p>Two calls, though each is a few nodes more for the compiler (see {@link Memory}): with the
     * second written out here, a scan beside a writer took 400 us in place of 310.
     */
    final boolean isFresh(long header) {
        return Header.isOlder(header & READ_BITS, bound) || isOwn(header);
    }

    private boolean isOwn(long header) {
        return OWN_WORD_ONLY ? header == ownWord : bound != 0 && Header.slot(header) == slot;
    }

    /** Whether a header word that is not LOCKed would be fresh without OWNED and FREED. */
    private boolean isFreshBut(long header) {
        return Header.isOlder(header & ~(Header.OWNED | Header.FREED), bound)
                || isOwn(header & ~Header.FREED);
    }

    /**
     * The second look at a header, after the payload.
     *
     * <p>Order: the payload before this load. Pairs with: the store of LOCK before the payload in
     * {@link Commit}. Without it: new payload under the old header. Proof: TornReadLitmus, outcome
     * "old header twice, new payload" is FORBIDDEN; on x86 the hardware keeps the order and only
     * the compiler could break it.
     */
    static boolean isUnchanged(long base, long object, long header) {
        if (LOOK_FENCE) {
            Memory.loadLoadFence();
        }
        return Memory.getOpaque(base, object) == header || !SECOND_LOOK;
    }

    /**
     * A header word that this attempt may rely on: not LOCKed, and fresh but for OWNED and FREED.
     * Waits for a commit, or extends the snapshot, or loses.
     */
    final long settle(long object) {
        long address = base + object;
        for (int spins = 0; ; ) {
            long header = Memory.getAcquire(address);
            if ((header & Header.LOCK) != 0) {
                if (++spins == LOCK_SPINS) {
                    progress.registers |= !recording; // A registered snapshot waits as long.
                    throw lose(AbortCause.LOCKED, object, header);
                }
                Engine.pause(spins);
            } else if (isFreshBut(header)) {
                return header;
            } else {
                extend(object, header);
            }
        }
    }

    // ---- running a nested block again

    /** Whether this attempt has lost because something is not as it was, and could forget that. */
    final boolean isStale() {
        boolean changed = progress.cause == AbortCause.READ_CONFLICT
                || progress.cause == AbortCause.WRITE_CONFLICT;
        return changed && recording && isInOrder();
    }

    /** Goes on after that with what was read until the seal; loses again if that is stale. */
    final void goOnFrom(int seal) {
        forgetReadsSince(seal);
        heal();
        takeSnapshot();
    }

    // ---- extension and validation

    /** Takes a newer snapshot, past the version of this header. */
    private void extend(long object, long header) {
        step("extend");
        if (!recording) {
            progress.registers = true; // The next attempt ticks, and cannot lose.
            throw lose(AbortCause.SNAPSHOT_TOO_OLD, object, header);
        }
        if (TICKS) {
            tickPast(Header.version(header));
        }
        takeSnapshot();
    }

    /** Takes the present as the snapshot, unless something has changed since the one before. */
    private void takeSnapshot() {
        long now = Header.bound(Memory.getAcquire(clock));
        long changed = VALIDATES_READS ? firstChanged() : NOTHING;
        if (changed != NOTHING) {
            throw lose(AbortCause.READ_CONFLICT, changed, Memory.getAcquire(base + changed));
        }
        if (VALIDATES_LOG) {
            validateLog();
        }
        see(CLOCK_FIRST ? now : Header.bound(Memory.getAcquire(clock)));
    }

    /** Advances the clock past a version, unless somebody has. */
    void tickPast(long version) {
        long now = Memory.getAcquire(clock);
        if (now <= version) {
            Memory.compareAndSet(clock, now, now + 1);
        }
    }

    /**
     * In a commit that holds its locks: lets go of them and loses unless everything that was read
     * is as it was.
     */
    final void validateLocked() {
        long changed = firstChanged();
        if (changed != NOTHING) {
            long header = Memory.getAcquire(base + changed);
            Commit.unlock((Attempt) this, log);
            throw lose(AbortCause.READ_CONFLICT, changed, header);
        }
    }

    /** Writes the whole read set into a descriptor; false if it is too large for that. */
    final boolean describeReads(CommitDescriptor descriptor) {
        long[] objects = allReads();
        int n = readCount();
        if (n > CommitDescriptor.MAX_READS) {
            return false;
        }
        descriptor.reads(objects, HANDS_OVER ? n : 0);
        return true;
    }

    /** The first object in the read set that is not as it was, or {@link #NOTHING}. */
    private long firstChanged() {
        long[] objects = allReads();
        int n = readCount();
        long fresh = bound;
        for (int i = 0; i < n; i++) {
            long header = Memory.getAcquire(base + objects[i]);
            if (!Header.isOlder(header & VALIDATED_BITS, fresh)
                    && !isOwn(header)
                    && !stillFresh(objects[i], header)) {
                return objects[i];
            }
        }
        return NOTHING;
    }

    /** Whether an object that was read is unchanged although its header is not clean. */
    private boolean stillFresh(long object, long header) {
        if ((header & Header.LOCK) != 0) {
            return Header.slot(header) == slot && lockedFresh(object);
        }
        return isFreshBut(header);
    }

    /**
     * Whether an object that this commit has locked was fresh: the lock of a merge takes any
     * version.
     */
    private boolean lockedFresh(long object) {
        if (log.merges() == 0 || !MERGED_READ_CHECK) {
            return true;
        }
        long entry = log.find(object);
        assert entry != LogEntry.NONE : "locked in the name of this slot, and not by it";
        long header = LogEntry.expected(entry);
        return LogEntry.what(entry) != LogEntry.MERGE
                || Header.isOlder(header, bound)
                || header == ownWord;
    }

    /**
     * Loses unless everything that this attempt will replace is as it was. An object that only an
     * owner has taken since is known by its version, older than the snapshot; not by being equal to
     * the expected one, since a later owner can publish the same version from another slot.
     */
    private void validateLog() {
        for (long entry = log.first(); entry != log.end(); entry += LogEntry.BYTES) {
            int what = LogEntry.what(entry);
            if (what == LogEntry.WRITE || what == LogEntry.FREE) {
                long header = Memory.getAcquire(base + LogEntry.object(entry));
                long expected = LogEntry.expected(entry);
                boolean onlyOwned = (header & Header.OWNED) != 0
                        && Header.isOlder(header & ~Header.OWNED, bound);
                if (header != expected && !onlyOwned) {
                    throw lose(AbortCause.WRITE_CONFLICT, LogEntry.object(entry), header);
                }
            }
        }
    }

    // ---- owning: escalated attempts only

    /**
     * Owns an object that has no entry yet, and returns its header word; one that is FREED is left
     * alone.
     */
    final long own(long object) {
        long address = base + object;
        log.reserve();
        long entry = LogEntry.NONE;
        int spins = 0;
        while (true) {
            long header = Memory.getAcquire(address);
            if ((header & Header.LOCK) != 0) {
                Engine.pause(spins++);
            } else if ((header & Header.FREED) != 0) {
                if (entry != LogEntry.NONE) {
                    log.truncate(entry);
                }
                return header;
            } else {
                // The entry first: what is owned and not in the log would be owned for ever.
                if (entry == LogEntry.NONE) {
                    entry = log.add(Reference.of(object, 0), header, 0, 0, LogEntry.OWN);
                } else {
                    LogEntry.expected(entry, header);
                }
                long owned = Header.owned(header, slot);
                if (Memory.compareAndSet(address, header, owned)) {
                    return owned;
                }
            }
        }
    }

    // ---- waiting for a change

    /**
     * Enters the wait room for a change of anything this attempt has read; null if there is no need
     * to wait, because something has changed already or because the next attempt must keep a read
     * set first.
     */
    final WaitRoom.Waiter prepareToWait() {
        if (progress.at != null) {
            throw Refusal.nothingChanges(block);
        }
        if (escalated || !recording) {
            progress.recording = true;
            progress.losses = 0;
            return null;
        }
        heal();
        for (long entry = log.first(); entry != log.end(); entry += LogEntry.BYTES) {
            if (LogEntry.what(entry) == LogEntry.WRITE || LogEntry.what(entry) == LogEntry.FREE) {
                record(LogEntry.object(entry));
            }
        }
        long[] objects = allReads();
        if (readCount() == 0) {
            throw Refusal.nothingToWaitFor(block);
        }
        WaitRoom.Waiter waiter = engine.waitRoom.enter(Arrays.copyOf(objects, readCount()));
        if (firstChanged() != NOTHING) {
            engine.waitRoom.leave(waiter);
            return null;
        }
        engine.waitRoom.looked();
        return waiter;
    }
}
