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
 * </pre>
 */
final class MergeChain {
    static final long BYTES = 32;

    private static final Merge[] MERGES = Merge.values();

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

    /** Applies a chain to the payload at an address. */
    static void apply(long base, long chain, long payload) {
        for (long at = chain; at != 0; at = Memory.get(base + at)) {
            long word = Memory.get(base + at + 8);
            long target = payload + (word >>> 8);
            Memory.set(
                    target,
                    MERGES[(int) word & 0xFF].apply(
                            Memory.get(target), Memory.get(base + at + 16)));
        }
    }
}
