package org.offheapstm.internal.engine;

import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.StmType;
import org.offheapstm.internal.heap.Region;
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
 * again, or writing it next, checks nothing twice: see {@link #isLast}. So is the array used last,
 * for one that is read from end to end: see {@link #isLastArray}.
 *
 * <p><b>Keys.</b> What is read is named by its key: the reference; for a stripe of an array one to
 * its header, of generation 0.
 *
 * <p>Source: TL2 (Dice, Shalev, Shavit 2006).
 */
abstract sealed class ReadPath extends SnapshotPath permits WritePath {
    /** Offset of the length of an array from its header. */
    static final int LENGTH = Header.BYTES;

    private static final boolean HEAD_RECHECK = !Seam.without("stripeHeadRecheck");

    /** A reference below this, unsigned, points into the region. */
    private final long endOfRuns;

    /** What {@link #touch} has loaded: used for something, or the compiler would not load it. */
    @SuppressWarnings("UnusedVariable")
    private long touched;

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

    /** Refuses a reference unless its run holds the type and a block starts there. */
    final void check(ObjectType type, long ref) {
        checkRunning();
        if (!passesFor(type, ref)) { // Not checkRef: see the cost of a frame in Memory.
            throw Refusal.stale((Attempt) this, type, ref);
        }
    }

    /** As {@link #check(ObjectType, long)}, by the thread that runs the attempt. */
    final void checkRef(ObjectType type, long ref) {
        if (!passesFor(type, ref)) {
            throw Refusal.stale((Attempt) this, type, ref);
        }
    }

    final void check(ArrayType type, long ref) {
        checkRunning();
        if (!passesFor(type, ref)) {
            throw Refusal.stale((Attempt) this, type, ref);
        }
    }

    /** Whether the run of a reference holds objects of the type, and one starts there. */
    final boolean passesFor(ObjectType type, long ref) {
        if (Long.compareUnsigned(ref, endOfRuns) >= 0) {
            return false;
        }
        long entry = runEntry(ref);
        return RunEntry.type(entry) == type.id()
                && (type.startMask() >= 0
                        ? Reference.isUnitMultiple(ref, type.startMask())
                        : RunEntry.isBlockStart(entry, Reference.unitInRun(ref)));
    }

    final boolean passesFor(ArrayType type, long ref) {
        if (Long.compareUnsigned(ref, endOfRuns) >= 0) {
            return false;
        }
        long entry = runEntry(ref);
        return RunEntry.type(entry) == type.id()
                && RunEntry.isBlockStart(entry, Reference.unitInRun(ref));
    }

    private long runEntry(long ref) {
        return Memory.get(base, Region.entryOffset(Reference.run(ref)));
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
     * <p>What the slow path needs is made from the key again: a local that lives on would be kept,
     * in a register or on the stack, for the interpreter's sake at each branch not taken yet.
     *
     * @param word offset of the word from the header
     */
    final long read(StmType type, long key, int word) {
        long object = Reference.offset(key);
        long header = Memory.getAcquire(base, object);
        if (isFresh(header) && Header.isLife(Memory.get(base, object + Header.LIFE), key)) {
            long value = Memory.get(base, object + word);
            if (isUnchanged(base, object, header)) {
                if (!recording) {
                    return value;
                }
                if (isLast(key)) {
                    return lastImage == READ ? value : getOwn(lastImage, word);
                }
                if (entryOf(Reference.offset(key)) == LogEntry.NONE) {
                    last(type, key, header, READ);
                    step("read");
                    return value;
                }
            }
        }
        return readSlowly(type, key, word);
    }

    /**
     * Reads words of an object that is fresh and not in the write log, as {@link #read} does; else
     * reads nothing that counts, and returns false.
     */
    final boolean readInPlace(
            StmType type, long key, int word, long[] target, int from, int count) {
        long object = Reference.offset(key);
        long header = Memory.getAcquire(base, object);
        if (!isFresh(header)
                || !Header.isLife(Memory.get(base, object + Header.LIFE), key)
                || recording && entryOf(object) != LogEntry.NONE) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            target[from + i] = Memory.get(base, object + word + (long) Long.BYTES * i);
        }
        if (!isUnchanged(base, object, header)) {
            return false;
        }
        if (recording && !isLast(key)) {
            last(type, key, header, READ);
            step("read");
        }
        return true;
    }

    /**
     * Loads headers, for the caches only: whatever they say. It stays inside the region, which
     * cannot be unmapped while an attempt runs.
     */
    final void touch(long[] refs, int from, int to) {
        long headers = touched;
        for (int i = from; i < to; i++) {
            long ref = refs[i];
            if (Long.compareUnsigned(ref, endOfRuns) < 0) {
                headers ^= Memory.get(base, Reference.offset(ref));
            }
        }
        touched = headers;
    }

    private long readSlowly(StmType type, long key, int word) {
        long object = Reference.offset(key);
        while (true) {
            long entry = find(object);
            if (entry != LogEntry.NONE) {
                return readOwn(type, entry, key, word);
            }
            if (registered != Registry.NONE) {
                return readThen(type, key, word);
            }
            long header = escalated ? own(object) : settle(object);
            long life = Memory.get(base, object + Header.LIFE);
            long value = Memory.get(base, object + word);
            if (isUnchanged(base, object, header)) {
                checkLife(type, key, header, life);
                if (recording) {
                    record(object);
                    step("read");
                }
                return value;
            }
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

    private long readOwn(StmType type, long entry, long key, int word) {
        int what = LogEntry.what(entry);
        checkOwnLife(type, entry, what, key);
        if (what == LogEntry.MERGE) {
            materialize(type, entry, key);
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

    final void checkOwnLife(StmType type, long entry, int what, long key) {
        if (isGone(what)) {
            throw Refusal.freed((Attempt) this, type, key);
        }
        if (!isOwnLife(entry, key)) {
            throw Refusal.stale((Attempt) this, type, key);
        }
    }

    /**
     * Whether an entry is of the generation of a key. The block may have been freed and handed out
     * again since the entry was made, so what its header says counts only while it is owned; the
     * attempt goes on with the life that it has seen, and loses at commit.
     */
    private boolean isOwnLife(long entry, long key) {
        long shared = base + LogEntry.object(entry) + Header.LIFE;
        return escalated
                ? Header.isLife(Memory.get(shared), key)
                : LogEntry.isGeneration(entry, key);
    }

    /**
     * Whether an object of this generation exists in the snapshot. First as {@link #read} would
     * read its life: a map that looks at known entries asks for each. Only a guessed reference
     * needs the second look here: a true one to the next life was made after FREED had been
     * published.
     */
    final boolean isAlive(long ref) {
        long object = Reference.offset(ref);
        long seen = Memory.getAcquire(base, object);
        if (!recording
                && isFresh(seen)
                && Header.isLife(Memory.get(base, object + Header.LIFE), ref)
                && isUnchanged(base, object, seen)) {
            return true;
        }
        long entry = find(object);
        if (entry != LogEntry.NONE) {
            return !isGone(LogEntry.what(entry)) && isOwnLife(entry, ref);
        }
        if (registered != Registry.NONE) {
            return wasAlive(ref);
        }
        while (true) {
            long header = escalated ? own(object) : settle(object);
            long life = Memory.get(base + object + Header.LIFE);
            if (isUnchanged(base, object, header)) {
                if (recording) {
                    record(object);
                    step("read");
                }
                return (header & Header.FREED) == 0 && Header.isLife(life, ref);
            }
        }
    }

    // ---- arrays

    /** The length of an array, read by the protocol unless it is the one used last. */
    final long open(ArrayType type, long ref) {
        checkRunning();
        return isLastArray(type, ref) ? lastLength : openHead(type, ref);
    }

    private long openHead(ArrayType type, long ref) {
        check(type, ref);
        long length = read(type, ref, LENGTH);
        boolean inPlace = isFresh(Memory.getAcquire(base, Reference.offset(ref)));
        if (inPlace && entryOf(Reference.offset(ref)) == LogEntry.NONE) {
            lastArray(type, ref, length);
        }
        return length;
    }

    /** Whether an array was made by this attempt, so that nobody else can see it. */
    final boolean isBorn(ArrayType type, long ref) {
        if (isLastArray(type, ref)) {
            return false;
        }
        long entry = entryOf(Reference.offset(ref));
        return entry != LogEntry.NONE && LogEntry.what(entry) == LogEntry.NEW;
    }

    /**
     * After a stripe was read: the array it belongs to is still the one that was read before. In a
     * registered snapshot it is, unless that was ended: its place is not used again, see {@link
     * Limbo}.
     */
    final void recheck(long ref) {
        // Order: the stripe before this load of the head. Pairs with: FREED is published in the
        // head before the array's place is used again. Without it: on AArch64 the head could be
        // looked at first, and the stripe of a later array read. Proof: the scenarios with
        // stripeHeadRecheck taken out; on x86 the hardware keeps the order.
        Memory.loadLoadFence();
        long header = Memory.getAcquire(base, Reference.offset(ref));
        if (!isFresh(header) && !escalated && HEAD_RECHECK) {
            if (registered == Registry.NONE) {
                settle(Reference.offset(ref));
            } else {
                checkNotEnded();
            }
        }
    }

    /** Turns merges into an ordinary read and write. */
    abstract void materialize(StmType type, long entry, long key);
}
