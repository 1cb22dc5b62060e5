package org.offheapstm.internal.engine;

import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.StmType;
import org.offheapstm.Transaction;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.Directory;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

import java.util.Arrays;

/**
 * Which objects of a snapshot can be reached: one bit for each unit of the runs in which there are
 * any, and a stack of those whose references are not followed yet.
 *
 * <p>A word that may hold a reference is followed if it is one to an object of the snapshot: that
 * is checked as for any reference, so numbers do no harm, but for the rare one that keeps an object
 * alive.
 *
 * <p>Each step takes effect by its last store, so that after an Error the marking goes on where it
 * was, and nothing is marked that will not be followed.
 */
final class Marking {
    private static final boolean FOLLOWS = !Seam.without("markReferences");
    private static final int FIRST_DEPTH = 1 << 10;
    private static final int WORDS_PER_RUN = RunEntry.UNITS_PER_RUN / Long.SIZE;

    private final Region region;
    private final long[][] marks;
    private long[] stack = new long[FIRST_DEPTH];
    private int depth;
    private long reached;

    // ---- the object being looked at
    private StmType type;
    private long ref = Transaction.NULL;
    private long length;

    /** Of an array, the next element. */
    private long next;

    /** The next bucket of the directory, by its offset. */
    private int bucket;

    Marking(Region region) {
        this.region = region;
        this.marks = new long[region.runs()][];
    }

    long reached() {
        return reached;
    }

    boolean isMarked(long block) {
        long[] run = marks[Region.runOf(block)];
        int unit = unit(block);
        return run != null && (run[unit / Long.SIZE] >>> unit & 1) != 0;
    }

    private static int unit(long block) {
        return (int) (block & RunEntry.RUN_BYTES - 1) / Reference.UNIT;
    }

    // ---- following references

    /**
     * Marks from the roots.
     *
     * @param attempt reads the snapshot
     * @param words about how many words to read
     * @return how many of them are left; 0 or less if there may be more to do
     */
    long proceed(Attempt attempt, long words) {
        long left = words;
        while (left > 0) {
            if (ref != Transaction.NULL) {
                left -= type instanceof ObjectType object
                        ? follow(attempt, object)
                        : follow(attempt, (ArrayType) type, left);
            } else if (depth != 0) {
                left--;
                take(attempt, stack[depth - 1]);
            } else if (bucket < Directory.PAYLOAD_BYTES) {
                left--;
                reach(attempt, attempt.bucket(bucket));
                bucket += Long.BYTES;
            } else {
                return left;
            }
        }
        return left;
    }

    private void take(Attempt attempt, long taken) {
        type = attempt.engine.typeOf(taken);
        if (type instanceof ArrayType array) {
            length = attempt.length(array, taken);
            next = 0;
        }
        ref = taken;
        depth--;
    }

    private long follow(Attempt attempt, ObjectType object) {
        int words = object.referenceCount();
        for (int i = 0; i < words; i++) {
            reach(attempt, attempt.getLong(object, ref, object.referenceOffset(i)));
        }
        ref = Transaction.NULL;
        return words;
    }

    private long follow(Attempt attempt, ArrayType array, long most) {
        int words = array.referenceCount();
        long end = Math.min(length, next + most / words + 1);
        long elements = end - next;
        for (; next < end; next++) {
            for (int i = 0; i < words; i++) {
                reach(attempt, attempt.getLong(array, ref, next, array.referenceOffset(i)));
            }
        }
        ref = end == length ? Transaction.NULL : ref;
        return elements * words;
    }

    /** Marks an object, if the word is a reference to one. */
    void reach(Attempt attempt, long word) {
        if (word == Transaction.NULL || Reference.run(word) >= region.runs()) {
            return;
        }
        int run = (int) Reference.run(word);
        long entry = Memory.getAcquire(region.entryAddress(run));
        if (RunEntry.type(entry) <= 0
                || !RunEntry.isBlockStart(entry, Reference.unitInRun(word))
                || isMarked(Reference.offset(word))) {
            return;
        }
        StmType found = StmType.byId(RunEntry.type(entry));
        if (attempt.exists(found, word)) {
            if (found.referenceCount() != 0 && FOLLOWS) {
                push(word);
            }
            mark(Reference.offset(word));
        }
    }

    private void mark(long block) {
        int run = Region.runOf(block);
        int unit = unit(block);
        if (marks[run] == null) {
            marks[run] = new long[WORDS_PER_RUN];
        }
        marks[run][unit / Long.SIZE] |= 1L << unit;
        reached++;
    }

    private void push(long object) {
        if (depth == stack.length) {
            stack = Arrays.copyOf(stack, 2 * depth);
        }
        stack[depth++] = object;
    }
}
