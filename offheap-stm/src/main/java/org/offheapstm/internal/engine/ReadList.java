package org.offheapstm.internal.engine;

import org.offheapstm.StmType;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.memory.Seam;

import java.util.Arrays;

/**
 * The list of what an attempt has read, and short cuts to what it has used last.
 *
 * <p>The list holds every object that was read and is not in the write log, which says the same of
 * its own. The object used last is not in it yet: most objects that are read are written next, and
 * never need to go in.
 */
abstract sealed class ReadList extends Lifecycle permits ReadSet {
    private static final boolean SEALS = !Seam.without("sealedReads");
    private static final int FIRST_READS = 64;

    /** From here on the list is freed of duplicates before it grows; and is not kept. */
    private static final int MANY_READS = 1 << 20;

    private static final long NO_KEY = -1;

    /** The number of no type. */
    private static final int NO_TYPE = 0;

    /** What {@link #lastImage} says of an object that has only been read. */
    static final long READ = 0;

    /** What {@link #lastImage} says of no object. */
    private static final long NO_OBJECT = -1;

    private long[] reads = new long[FIRST_READS];
    private int readCount;

    // ---- the object used last

    private long lastKey = NO_KEY;
    private int lastType = NO_TYPE;

    /** The header it was read under, if {@link #lastImage} is {@link #READ}. */
    long lastHeader;

    /** Offset of its private payload, or {@link #READ}, or {@link #NO_OBJECT}. */
    long lastImage = NO_OBJECT;

    // ---- the array used last

    private long lastArray;
    private int lastArrayType = NO_TYPE;
    long lastLength;

    ReadList(Engine engine, int slot) {
        super(engine, slot);
    }

    // ---- the list

    /** Puts an object into the list. */
    final void record(long object) {
        int at = readCount;
        long[] objects = reads;
        if (Integer.compareUnsigned(at, objects.length) < 0) {
            objects[at] = object;
            readCount = at + 1;
        } else {
            makeRoomForReads();
            reads[readCount++] = object;
        }
    }

    /**
     * Doubles the list; from {@link #MANY_READS} on duplicates are taken out first, so that a
     * block that goes to and fro between objects for ever needs no more than there are objects.
     */
    private void makeRoomForReads() {
        if (readCount >= MANY_READS) {
            Arrays.sort(reads);
            int kept = 1;
            for (int i = 1; i < readCount; i++) {
                if (reads[i] != reads[kept - 1]) {
                    reads[kept++] = reads[i];
                }
            }
            readCount = kept;
        }
        if (readCount > reads.length / 2) {
            reads = Arrays.copyOf(reads, 2 * reads.length);
        }
    }

    /** All that was read; {@link #readCount} says how many of the elements count. */
    final long[] allReads() {
        forgetLast();
        return reads;
    }

    final int readCount() {
        return readCount;
    }

    /** How much has been read; none of it is taken out from now on, as a nested block begins. */
    final int sealReads() {
        if (SEALS) {
            forgetLast();
        }
        return readCount;
    }

    /** Whether what was read since a seal is still at the end of the list. */
    final boolean isInOrder() {
        return reads.length < MANY_READS;
    }

    /** Forgets what was read since a seal. */
    final void forgetReadsSince(int seal) {
        forgetLast();
        forgetLastArray();
        readCount = seal;
    }

    @Override
    final void forgetReads() {
        readCount = 0;
        lastImage = NO_OBJECT;
        lastKey = NO_KEY;
        lastType = NO_TYPE;
        forgetLastArray();
        if (reads.length >= MANY_READS) {
            reads = new long[FIRST_READS];
        }
    }

    // ---- the object used last

    /**
     * Whether the object used last has this name, and was used as this type: then the reference is
     * good, and the object is either read, fresh under {@link #lastHeader}, and not in the log; or
     * in the log, with its private payload at {@link #lastImage}.
     *
     * @param key the reference, with generation 0 for a stripe
     */
    final boolean isLast(StmType type, long key) {
        return key == lastKey && type.id() == lastType;
    }

    final boolean isLast(long key) {
        return key == lastKey;
    }

    /** Notes the object used last. */
    final void last(StmType type, long key, long header, long image) {
        recordLast();
        lastKey = key;
        lastType = type.id();
        lastHeader = header;
        lastImage = image;
    }

    @Override
    final void forgetLast() {
        recordLast();
        lastImage = NO_OBJECT;
        lastKey = NO_KEY;
        lastType = NO_TYPE; // A user may pass any long as a reference, also this key.
    }

    /** Puts the object used last where {@link #reads} has the others, if it has been read only. */
    private void recordLast() {
        if (lastImage == READ) {
            record(Reference.offset(lastKey));
        }
    }

    /**
     * Whether the array used last has this reference, and was used as this type: then the reference
     * is good, the head was fresh in this attempt, and is in the read set if there is one; and the
     * array was not made or freed by this attempt.
     */
    final boolean isLastArray(StmType type, long ref) {
        return ref == lastArray && type.id() == lastArrayType;
    }

    /** Notes the array used last. */
    final void lastArray(StmType type, long ref, long length) {
        lastArray = ref;
        lastArrayType = type.id();
        lastLength = length;
    }

    @Override
    final void forgetLastArray() {
        lastArrayType = NO_TYPE;
    }
}
