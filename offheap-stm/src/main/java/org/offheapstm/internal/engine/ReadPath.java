package org.offheapstm.internal.engine;

import org.offheapstm.AbortCause;
import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.StmType;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

import java.util.Arrays;

/**
 * How an attempt reads: the snapshot, its extension, and the read set.
 *
 * <p><b>Snapshot.</b> {@link #begin} loads the clock; a header word is <em>fresh</em> if it is
 * clean and its version is smaller than that value ({@link #bound} holds it shifted, so this is one
 * comparison), or if it is clean and this slot wrote it last ({@link #self}). A fresh object has
 * not changed since the clock was loaded: a commit that changes it loads the clock after it has
 * locked it, so it publishes a version at least as large; and no commit of this slot runs beside
 * its attempt.
 *
 * <p><b>Read.</b> Header, payload, header again: if it was fresh and is the same word, the payload
 * is the one of the snapshot. An identical word can come back with another payload only if its slot
 * commits twice while the clock rests, at a version that is not smaller than our snapshot, or as
 * ourselves; neither is accepted between.
 *
 * <p><b>Extend.</b> A version that is not fresh: tick the clock if it has not moved past that
 * version, load it, validate all that was read, go on with the new snapshot. The load comes before
 * the validation, or a commit between the two would be missed.
 *
 * <p><b>Escalated</b> attempts cannot lose: they own each object, by OWNED in its header, before
 * they touch it, so nobody else commits a change of it. They hold the region's token, so there is
 * one at a time. {@link #bound} is 0 and {@link #self} impossible then, so that every access takes
 * the slow path.
 *
 * <p><b>Doomed</b> attempts have met a conflict and must not go on; the filter is all ones, so that
 * every access ends in the slow path, which throws again.
 *
 * <p>Sources: TL2 (Dice, Shalev, Shavit 2006) for the read; LSA (Riegel, Felber, Fetzer 2006) for
 * extension; DCTL (Ramalhete, Correia 2024) for the idea of a clock that commits only read. The
 * model of all this is in the tests, {@code Commit.tla}.
 */
abstract sealed class ReadPath extends Lifecycle permits WritePath {
    private static final int FIRST_READS = 64;

    /** How often a locked header is looked at before the attempt gives up. */
    static final int LOCK_SPINS = 2_000;

    private static final long NOTHING = -1;

    private static final boolean SECOND_LOOK = !Seam.without("secondHeaderLook");
    private static final boolean LOOK_FENCE = !Seam.without("lookFence");
    private static final boolean FREED_CHECK = !Seam.without("freedCheck");
    private static final boolean HEAD_RECHECK = !Seam.without("stripeHeadRecheck");
    private static final boolean TICKS = !Seam.without("tick");
    private static final boolean VALIDATES_READS = !Seam.without("extendValidation");
    private static final boolean VALIDATES_LOG = !Seam.without("extendLogValidation");
    private static final boolean CLOCK_FIRST = !Seam.without("clockBeforeValidation");
    private static final boolean MERGED_READ_CHECK = !Seam.without("mergedReadCheck");

    /** The bits of a header that reading, and validating, look at: all. */
    private static final long READ_BITS = Seam.without("lockCheck") ? ~Header.LOCK : -1;

    private static final long VALIDATED_BITS =
            Seam.without("lockCheckInValidation") ? ~Header.LOCK : -1;

    /** What must be equal to the slot for a word to be accepted as the slot's own. */
    private static final long OWN_MASK =
            Seam.without("ownSlotRule") ? Header.SLOT_MASK : Header.OWN_MASK;

    /** A reference below this, unsigned, points into the region. */
    private final long endOfRuns;

    private long[] reads = new long[FIRST_READS];
    private int readCount;
    private long lastRead;

    ReadPath(Engine engine, int slot) {
        super(engine, slot);
        endOfRuns = Reference.ofRun(region.runs());
    }

    // ---- checks before an access

    final void checkRunning() {
        if (Thread.currentThread().threadId() != owner) {
            throw Refusal.notRunning(block, owner);
        }
    }

    final void checkWritable() {
        if (readOnly) {
            throw Refusal.readOnly(block);
        }
    }

    /**
     * The offset of the object of a reference, if its run holds the type and a block starts there.
     */
    final long check(ObjectType type, long ref) {
        checkRunning();
        if (passesFor(type, ref)) {
            return Reference.offset(ref);
        }
        throw Refusal.stale((Attempt) this, type, ref);
    }

    final long check(ArrayType type, long ref) {
        checkRunning();
        if (passesFor(type, ref)) {
            return Reference.offset(ref);
        }
        throw Refusal.stale((Attempt) this, type, ref);
    }

    /** Whether the run of a reference holds objects of the type, and one starts there. */
    final boolean passesFor(ObjectType type, long ref) {
        return Long.compareUnsigned(ref, endOfRuns) < 0
                && Memory.getLowHalf(entryAddress(ref)) == type.id()
                && (type.startMask() >= 0
                        ? Reference.isUnitMultiple(ref, type.startMask())
                        : isBlockStart(ref));
    }

    final boolean passesFor(ArrayType type, long ref) {
        return Long.compareUnsigned(ref, endOfRuns) < 0
                && Memory.getLowHalf(entryAddress(ref)) == type.id()
                && isBlockStart(ref);
    }

    private boolean isBlockStart(long ref) {
        return RunEntry.isBlockStart(Memory.get(entryAddress(ref)), Reference.unitInRun(ref));
    }

    private long entryAddress(long ref) {
        return base + Region.entryOffset(Reference.run(ref));
    }

    static boolean isOffset(ObjectType type, int offset) {
        return (offset & 7) == 0 && Integer.compareUnsigned(offset, type.payloadBytes()) < 0;
    }

    static void checkOffset(ObjectType type, int offset) {
        if (!isOffset(type, offset)) {
            throw Refusal.offset(type, offset);
        }
    }

    // ---- reading

    /** Whether a header word is clean, and as it was when the snapshot was taken. */
    final boolean isFresh(long header) {
        return Header.isOlder(header & READ_BITS, bound) || (header & OWN_MASK) == self;
    }

    /**
     * The second look at a header, after the payload.
     *
     * <p>Order: the payload before this load. Pairs with: the store of LOCK before the payload in
     * {@link Commit}. Without it: new payload under the old header. Proof: TornReadLitmus, outcome
     * "old header twice, new payload" is FORBIDDEN; on x86 the hardware keeps the order and only
     * the compiler could break it.
     */
    static boolean isUnchanged(long address, long header) {
        if (LOOK_FENCE) {
            Memory.loadLoadFence();
        }
        return Memory.getOpaque(address) == header || !SECOND_LOOK;
    }

    /**
     * Reads a word: one path for all attempts, so that the compiler's profile of a loading phase
     * does not spoil a reading phase. How many independent reads the processor overlaps is what its
     * window holds of these instructions, so each one counts: with 66 instead of 24 instructions
     * per random read of a million objects, a plain loop too took 2.7 times as long.
     *
     * @param object offset of the header
     * @param ref the reference, of which the generation counts; 0 for a stripe
     * @param word offset of the word from the header
     */
    final long read(StmType type, long object, long ref, int word) {
        long address = base + object;
        long header = Memory.getAcquire(address);
        if (isFresh(header)) {
            long life = Memory.get(address, Header.LIFE);
            long value = Memory.get(address, word);
            if (isUnchanged(address, header) && Header.isLife(life, ref)) {
                if (!recording) {
                    return value;
                }
                if ((filter >>> WriteLog.filterBit(object) & 1) == 0 || log.find(object) < 0) {
                    recordRead(object);
                    return value;
                }
            }
        }
        return readSlowly(type, object, Reference.generation(ref), word);
    }

    private long readSlowly(StmType type, long object, long generation, int word) {
        long address = base + object;
        while (true) {
            int entry = find(object);
            if (entry >= 0) {
                return readOwn(type, entry, generation, word);
            }
            long header = escalated ? own(object) : settle(object);
            long life = Memory.get(address, Header.LIFE);
            long value = Memory.get(address + word);
            if (isUnchanged(address, header)) {
                checkLife(type, object, generation, header, life);
                if (recording) {
                    recordRead(object);
                }
                return value;
            }
        }
    }

    /** The entry of an object in the write log, or -1; throws if the attempt is doomed. */
    final int find(long object) {
        checkNotDoomed();
        return filter == 0 ? -1 : log.find(object);
    }

    private long readOwn(StmType type, int entry, long generation, int word) {
        int what = log.what(entry);
        checkOwnLife(type, entry, what, generation);
        if (what == WriteLog.MERGE) {
            materialize(type, entry, generation);
        }
        return Memory.get(base
                + (what == WriteLog.OWN ? log.object(entry) + Header.BYTES : log.image(entry))
                + word
                - Header.BYTES);
    }

    private static boolean isGone(int what) {
        return what == WriteLog.FREE || what == WriteLog.DROPPED;
    }

    final void checkOwnLife(StmType type, int entry, int what, long generation) {
        long object = log.object(entry);
        long life = Memory.get(base + object + Header.LIFE);
        if (isGone(what)) {
            throw Refusal.freed((Attempt) this, type, Reference.of(object, generation));
        }
        checkLife(type, object, generation, 0, life);
    }

    final void checkLife(StmType type, long object, long generation, long header, long life) {
        boolean freed = (header & Header.FREED) != 0 && FREED_CHECK;
        if (freed || !Header.isLife(life, generation)) {
            if (recording) {
                record(object); // A caught refusal is something that the attempt has learned.
            }
            throw Refusal.stale((Attempt) this, type, Reference.of(object, generation));
        }
    }

    /** Whether an object of this generation exists in the snapshot. */
    final boolean isAlive(StmType type, long object, long generation) {
        int entry = find(object);
        if (entry >= 0) {
            int what = log.what(entry);
            long life = Memory.get(base + object + Header.LIFE);
            return !isGone(what) && Header.isLife(life, generation);
        }
        while (true) {
            long header = escalated ? own(object) : settle(object);
            long life = Memory.get(base + object + Header.LIFE);
            if (isUnchanged(base + object, header)) {
                if (recording) {
                    recordRead(object);
                }
                return (header & Header.FREED) == 0 && Header.isLife(life, generation);
            }
        }
    }

    /** Whether an object was made by this attempt, so that nobody else can see it. */
    final boolean isBorn(long object) {
        if ((filter >>> WriteLog.filterBit(object) & 1) == 0) {
            return false;
        }
        int entry = find(object);
        return entry >= 0 && log.what(entry) == WriteLog.NEW;
    }

    /** After a stripe was read: the array it belongs to is still the one that was read before. */
    final void recheck(long object) {
        Memory.loadLoadFence();
        long header = Memory.getAcquire(base + object);
        if (!isFresh(header) && !escalated && HEAD_RECHECK) {
            settle(object);
        }
    }

    final boolean readOnly() {
        return readOnly;
    }

    private void recordRead(long object) {
        record(object);
        step("read");
    }

    /** Puts an object into the read set. */
    final void record(long object) {
        if (object != lastRead) {
            int n = readCount;
            if (n == reads.length) {
                reads = Arrays.copyOf(reads, 2 * n);
            }
            reads[n] = object;
            readCount = n + 1;
            lastRead = object;
        }
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
                    throw lose(AbortCause.LOCKED, object, header);
                }
                Engine.pause(spins);
            } else if (Header.isOlder(header & ~(Header.OWNED | Header.FREED), bound)
                    || (header & (Header.OWNED | Header.SLOT_MASK)) == self) {
                return header;
            } else {
                extend(object, header);
            }
        }
    }

    /** Takes a newer snapshot, past the version of this header. */
    private void extend(long object, long header) {
        step("extend");
        if (TICKS) {
            tickPast(Header.version(header));
        }
        if (!recording) {
            throw lose(AbortCause.SNAPSHOT_TOO_OLD, object, header);
        }
        long now = Header.bound(Memory.getAcquire(clock));
        long changed = VALIDATES_READS ? firstChanged() : NOTHING;
        if (changed != NOTHING) {
            throw lose(AbortCause.READ_CONFLICT, changed, Memory.getAcquire(base + changed));
        }
        if (VALIDATES_LOG) {
            validateLog();
        }
        bound = CLOCK_FIRST ? now : Header.bound(Memory.getAcquire(clock));
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
            Commit.unlock((Attempt) this, log, log.count());
            throw lose(AbortCause.READ_CONFLICT, changed, header);
        }
    }

    /** The first object in the read set that is not as it was, or {@link #NOTHING}. */
    private long firstChanged() {
        long[] objects = reads;
        int n = readCount;
        long fresh = bound;
        long own = self;
        for (int i = 0; i < n; i++) {
            long header = Memory.getAcquire(base + objects[i]);
            if (!Header.isOlder(header & VALIDATED_BITS, fresh)
                    && (header & OWN_MASK) != own
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
        return Header.isOlder(header & ~(Header.OWNED | Header.FREED), bound)
                || (header & (Header.OWNED | Header.SLOT_MASK)) == self;
    }

    /**
     * Whether an object that this commit has locked was fresh: the lock of a merge takes any
     * version.
     */
    private boolean lockedFresh(long object) {
        int entry = log.find(object);
        long header = log.expected(entry);
        return log.what(entry) != WriteLog.MERGE
                || !MERGED_READ_CHECK
                || Header.isOlder(header, bound)
                || (header & Header.OWN_MASK) == self;
    }

    private void validateLog() {
        for (int entry = 0; entry < log.count(); entry++) {
            int what = log.what(entry);
            if (what == WriteLog.WRITE || what == WriteLog.FREE) {
                long header = Memory.getAcquire(base + log.object(entry));
                long expected = log.expected(entry);
                boolean onlyOwned = (header & ~Header.SLOT_MASK)
                        == (Header.OWNED | expected & ~Header.SLOT_MASK);
                if (header != expected && !onlyOwned) {
                    throw lose(AbortCause.WRITE_CONFLICT, log.object(entry), header);
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
        int spins = 0;
        while (true) {
            long header = Memory.getAcquire(address);
            if ((header & Header.FREED) != 0 && (header & Header.LOCK) == 0) {
                return header;
            }
            if ((header & Header.LOCK) != 0) {
                Engine.pause(spins++);
            } else {
                long owned = Header.owned(header, slot);
                if (Memory.compareAndSet(address, header, owned)) {
                    log.add(object, 0, header, 0, 0, WriteLog.OWN);
                    return owned;
                }
            }
        }
    }
    /**
     * Enters the wait room for a change of anything this attempt has read; null if there is no need
     * to wait, because something has changed already or because the next attempt must keep a read
     * set first.
     */
    final WaitRoom.Waiter prepareToWait() {
        if (escalated || !recording) {
            progress.recording = true;
            progress.losses = 0;
            return null;
        }
        heal();
        for (int entry = 0; entry < log.count(); entry++) {
            if (log.what(entry) == WriteLog.WRITE || log.what(entry) == WriteLog.FREE) {
                record(log.object(entry));
            }
        }
        if (readCount == 0) {
            throw Refusal.nothingToWaitFor(block);
        }
        WaitRoom.Waiter waiter = engine.waitRoom.enter(Arrays.copyOf(reads, readCount));
        if (firstChanged() != NOTHING) {
            engine.waitRoom.leave(waiter);
            return null;
        }
        engine.waitRoom.looked();
        return waiter;
    }

    @Override
    final void forgetReads() {
        readCount = 0;
        lastRead = 0;
    }

    /**
     * Takes an object out of the read set if it was the last to go in: a log entry now says the
     * same.
     */
    final void unrecord(long object) {
        if (lastRead == object) {
            readCount--;
            lastRead = 0;
        }
    }

    /** Turns merges into an ordinary read and write. */
    abstract void materialize(StmType type, int entry, long generation);
}
