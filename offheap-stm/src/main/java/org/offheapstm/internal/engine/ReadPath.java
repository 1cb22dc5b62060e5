package org.offheapstm.internal.engine;

import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.StmType;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.BeforeImage;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

/**
 * How an attempt reads.
 *
 * <p><b>Read.</b> Header, payload, header again: if it was fresh (see {@link ReadSet}) and is the
 * same word, the payload is the one of the snapshot. An identical word can come back with another
 * payload only if its slot commits twice while the clock rests, at a version that is not smaller
 * than our snapshot, or as ourselves; neither is accepted between.
 *
 * <p><b>The object used last</b> is remembered with all that was checked of it, so that reading it
 * again, or writing it next, checks nothing twice: see {@link #isLast}.
 *
 * <p>Source: TL2 (Dice, Shalev, Shavit 2006).
 */
abstract sealed class ReadPath extends ReadSet permits WritePath {
    private static final boolean FREED_CHECK = !Seam.without("freedCheck");
    private static final boolean SNAPSHOT_WAITS = !Seam.without("snapshotLockWait");
    private static final boolean HEAD_RECHECK = !Seam.without("stripeHeadRecheck");

    private static final long NO_KEY = -1;

    /** The number of no type. */
    private static final int NO_TYPE = 0;

    /** What {@link #lastImage} says of an object that has only been read. */
    static final long NO_IMAGE = 0;

    /** A reference below this, unsigned, points into the region. */
    private final long endOfRuns;

    // ---- the object used last

    private long lastKey = NO_KEY;
    private int lastType = NO_TYPE;

    /** The header it was read under, if there is no image. */
    long lastHeader;

    long lastImage;

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
        return checked(type, ref);
    }

    final long check(ArrayType type, long ref) {
        checkRunning();
        if (passesFor(type, ref)) {
            return Reference.offset(ref);
        }
        throw Refusal.stale((Attempt) this, type, ref);
    }

    /** As {@link #check(ObjectType, long)}, by the thread that runs the attempt. */
    final long checked(ObjectType type, long ref) {
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

    /**
     * Reads a word: one path for all attempts, so that the compiler's profile of a loading phase
     * does not spoil a reading phase. How many independent reads the processor overlaps is what its
     * window holds of these instructions, so each one counts: with 66 instead of 24 instructions
     * per random read of a million objects, a plain loop too took 2.7 times as long.
     *
     * @param object offset of the header
     * @param key the reference, or the complement of a stripe's offset
     * @param generation of the reference; other bits do not count
     * @param word offset of the word from the header
     */
    final long read(StmType type, long object, long key, long generation, int word) {
        long address = base + object;
        long header = Memory.getAcquire(address);
        if (isFresh(header)) {
            long life = Memory.get(address, Header.LIFE);
            long value = Memory.get(address, word);
            if (isUnchanged(address, header) && Header.isLife(life, generation)) {
                if (!recording) {
                    return value;
                }
                if (key == lastKey) {
                    return lastImage == NO_IMAGE ? value : getOwn(lastImage, word);
                }
                if (entryOf(object) == LogEntry.NONE) {
                    recordRead(object);
                    last(type, key, header, NO_IMAGE);
                    return value;
                }
            }
        }
        return readSlowly(type, object, Reference.generation(generation), word);
    }

    private long readSlowly(StmType type, long object, long generation, int word) {
        long address = base + object;
        while (true) {
            long entry = find(object);
            if (entry != LogEntry.NONE) {
                return readOwn(type, entry, generation, word);
            }
            if (registered != Registry.NONE) {
                return readThen(type, object, generation, word);
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

    /**
     * Reads a word as of the registered snapshot: in place if the object has not changed since,
     * else in the before-image. Waits for a commit that holds an object of the snapshot's time,
     * since its version may yet be one that the snapshot sees.
     */
    private long readThen(StmType type, long object, long generation, int word) {
        long address = base + object;
        for (int spins = 0; ; spins++) {
            long header = Memory.getAcquire(address);
            long life = Memory.getAcquire(address + Header.LIFE);
            if (!isSeen(header, bound)) {
                metNewer = true;
                long image = imageOf(life, generation);
                if (image == BeforeImage.NONE) {
                    throw Refusal.stale((Attempt) this, type, Reference.of(object, generation));
                }
                return Memory.get(base + image + BeforeImage.BYTES - Header.BYTES + word);
            }
            if ((header & Header.LOCK) == 0 || !SNAPSHOT_WAITS) {
                long value = Memory.get(address + word);
                if (isUnchanged(address, header)) {
                    checkLife(type, object, generation, header, life);
                    return value;
                }
            }
            Engine.pause(spins);
        }
    }

    /** Whether a registered snapshot sees the version of a header, whatever else it says. */
    static boolean isSeen(long header, long bound) {
        return Header.isOlder(header & ~(Header.LOCK | Header.OWNED | Header.FREED), bound);
    }

    /** The before-image for the registered snapshot, if this word 1 is of the generation. */
    private long imageOf(long life, long generation) {
        return Header.isLife(life, generation)
                ? BeforeImage.find(base, life, bound)
                : BeforeImage.NONE;
    }

    /** Whether an object of this generation exists in the registered snapshot. */
    private boolean wasAlive(long object, long generation) {
        long address = base + object;
        for (int spins = 0; ; spins++) {
            long header = Memory.getAcquire(address);
            long life = Memory.getAcquire(address + Header.LIFE);
            if (!isSeen(header, bound)) {
                metNewer = true;
                return imageOf(life, generation) != BeforeImage.NONE;
            }
            if ((header & Header.LOCK) == 0 && isUnchanged(address, header)) {
                return (header & Header.FREED) == 0 && Header.isLife(life, generation);
            }
            Engine.pause(spins);
        }
    }

    /** The entry of an object in the write log; throws if the attempt is doomed. */
    final long find(long object) {
        checkNotDoomed();
        return entryOf(object);
    }

    private long entryOf(long object) {
        return log.mayHave(object) ? log.find(object) : LogEntry.NONE;
    }

    private long readOwn(StmType type, long entry, long generation, int word) {
        int what = LogEntry.what(entry);
        checkOwnLife(type, entry, what, generation);
        if (what == LogEntry.MERGE) {
            materialize(type, entry, generation);
        }
        return getOwn(
                what == LogEntry.OWN
                        ? LogEntry.object(entry) + Header.BYTES
                        : LogEntry.image(entry),
                word);
    }

    private long getOwn(long image, int word) {
        return Memory.get(base + image + word - Header.BYTES);
    }

    private static boolean isGone(int what) {
        return what == LogEntry.FREE || what == LogEntry.DROPPED;
    }

    final void checkOwnLife(StmType type, long entry, int what, long generation) {
        long object = LogEntry.object(entry);
        if (isGone(what)) {
            throw Refusal.freed((Attempt) this, type, Reference.of(object, generation));
        }
        if (!isOwnLife(entry, generation)) {
            throw Refusal.stale((Attempt) this, type, Reference.of(object, generation));
        }
    }

    /**
     * Whether an entry is of this generation. The block may have been freed and handed out again
     * since the entry was made, so what its header says counts only while it is owned; the attempt
     * goes on with the life that it has seen, and loses at commit.
     */
    private boolean isOwnLife(long entry, long generation) {
        long shared = base + LogEntry.object(entry) + Header.LIFE;
        return escalated
                ? Header.isLife(Memory.get(shared), generation)
                : LogEntry.isGeneration(entry, generation);
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
        long entry = find(object);
        if (entry != LogEntry.NONE) {
            return !isGone(LogEntry.what(entry)) && isOwnLife(entry, generation);
        }
        if (registered != Registry.NONE) {
            return wasAlive(object, generation);
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
        long entry = entryOf(object);
        return entry != LogEntry.NONE && LogEntry.what(entry) == LogEntry.NEW;
    }

    /**
     * After a stripe was read: the array it belongs to is still the one that was read before. In a
     * registered snapshot it is: its place is not used again, see {@link Limbo}.
     */
    final void recheck(long object) {
        // Order: the stripe before this load of the head. Pairs with: FREED is published in the
        // head before the array's place is used again. Without it: on AArch64 the head could be
        // looked at first, and the stripe of a later array read. Proof: the scenarios with
        // stripeHeadRecheck taken out; on x86 the hardware keeps the order.
        Memory.loadLoadFence();
        long header = Memory.getAcquire(base + object);
        if (!isFresh(header) && !escalated && registered == Registry.NONE && HEAD_RECHECK) {
            settle(object);
        }
    }

    /** Turns merges into an ordinary read and write. */
    abstract void materialize(StmType type, long entry, long generation);

    // ---- the object used last

    /**
     * Whether the object used last has this name, and was used as this type: then the reference is
     * good, and the object is either in the read set, fresh under {@link #lastHeader}, and not in
     * the log; or in the log, with its private payload at {@link #lastImage}.
     *
     * @param key the reference, or the complement of a stripe's offset
     */
    final boolean isLast(StmType type, long key) {
        return key == lastKey && type.id() == lastType;
    }

    /** Notes the object used last. */
    final void last(StmType type, long key, long header, long image) {
        lastKey = key;
        lastType = type.id();
        lastHeader = header;
        lastImage = image;
    }

    @Override
    final void forgetLast() {
        lastKey = NO_KEY;
        lastType = NO_TYPE; // A user may pass any long as a reference, also this key.
    }
}
