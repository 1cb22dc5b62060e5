package org.offheapstm.internal.engine;

import org.offheapstm.Merge;
import org.offheapstm.internal.memory.Memory;

/**
 * The merges of one object in an attempt, oldest first, in the slot's image area.
 *
 * <pre>
 *  word 0  offset of the next merge, 0 if none
 *  word 1  offset of the word in the payload << 8 | which merge
 *  word 2  operand
 *  word 3  of the first: offset of the last
 *  word 4  result, once the merge is DONE
 * </pre>
 *
 * <p>A chain can be applied again after an Error: the result is noted, then the merge is DONE, in
 * one store, and only then the payload changes. What is DONE is stored again, which changes
 * nothing: the chain is gone through in order.
 */
final class MergeChain {
    static final long BYTES = 40;

    private static final Merge[] MERGES = Merge.values();

    /** In place of which merge: it has been computed. */
    private static final long DONE = 0xFF;

    private MergeChain() {}

    /** Starts a chain of one. */
    static void start(long base, long at, long word, Merge merge, long operand) {
        fill(base + at, word, merge, operand);
        Memory.set(base + at + 24, at);
    }

    private static void fill(long address, long word, Merge merge, long operand) {
        Memory.set(address, 0);
        Memory.set(address + 8, word << 8 | merge.ordinal());
        Memory.set(address + 16, operand);
    }

    /**
     * Offset of the operand to change if the chain's last merge is of this word and kind, else 0.
     */
    static long lastOperand(long base, long chain, long word, Merge merge) {
        long last = Memory.get(base + chain + 24);
        return Memory.get(base + last + 8) == (word << 8 | merge.ordinal()) ? last + 16 : 0;
    }

    /** Appends a merge; the words it changes are saved first. */
    static void append(
            long base, Nesting nesting, long chain, long at, long word, Merge merge, long operand) {
        fill(base + at, word, merge, operand);
        long last = Memory.get(base + chain + 24);
        nesting.saveWord(last);
        nesting.saveWord(chain + 24);
        Memory.set(base + last, at);
        Memory.set(base + chain + 24, at);
    }

    /** Applies a chain to a private payload; it can be applied to another one again. */
    static void applyPrivately(long base, long chain, long payload) {
        for (long at = chain; at != 0; at = Memory.get(base + at)) {
            long target = payload + (Memory.get(base + at + 8) >>> 8);
            Memory.set(target, result(base + at, target));
        }
    }

    private static long result(long merge, long target) {
        Merge kind = MERGES[(int) (Memory.get(merge + 8) & DONE)];
        return kind.apply(Memory.get(target), Memory.get(merge + 16));
    }

    /** Applies a chain to the payload at an address, for the first time or again after an Error. */
    static void apply(long base, long chain, long payload) {
        for (long at = chain; at != 0; at = Memory.get(base + at)) {
            long merge = base + at;
            long word = Memory.get(merge + 8);
            long target = payload + (word >>> 8);
            if ((word & DONE) != DONE) {
                Memory.set(merge + 32, result(merge, target));
                Memory.set(merge + 8, word | DONE);
            }
            Memory.set(target, Memory.get(merge + 32));
        }
    }
}
