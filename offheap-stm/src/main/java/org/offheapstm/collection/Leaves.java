package org.offheapstm.collection;

import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

/**
 * The leaves of a {@link HashTrie}: up to 8 codes, each with a word.
 *
 * <pre>
 *  leaf     | tags | values | code 0 | ... | code 7 |
 *  values   | word 0 | ... | word 7 |
 * </pre>
 *
 * <p><b>Tags.</b> Byte i of <i>tags</i> is 0 if slot i is free, else 128 + 7 bits of its code: one
 * word tells where to look. <b>Values</b> are an object apart from their leaf, so that changing one
 * does not conflict with finding others, and merging into one conflicts with nobody. Slots keep
 * what they held when they become free.
 */
final class Leaves {
    /** Told of each code that is visited. */
    interface Visitor {
        void visit(long code, long word);
    }

    static final int SLOTS = 8;

    private static final int TAGS = 0;
    private static final int VALUES = 8;
    private static final int FIRST_CODE = 16;
    private static final ObjectType LEAF =
            ObjectType.of("HashTrie.Leaf", FIRST_CODE + 8 * SLOTS, VALUES);

    private static final int TAG_SHIFT = 13;
    private static final long LOW_BITS = 0x0101_0101_0101_0101L;

    /** The bits that say which slots are meant, or are not free: one for each. */
    static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private final ObjectType valuesType;

    /** The leaves whose values are of a type that {@link #valuesType} made. */
    Leaves(ObjectType valuesType) {
        this.valuesType = valuesType;
    }

    /** The type of the values of one kind of map: numbers or references. */
    static ObjectType valuesType(String name) {
        return ObjectType.of(name, 8 * SLOTS);
    }

    long create(Transaction tx) {
        long leaf = tx.allocate(LEAF);
        tx.setLong(LEAF, leaf, VALUES, tx.allocate(valuesType));
        return leaf;
    }

    void free(Transaction tx, long leaf) {
        tx.free(valuesType, values(tx, leaf));
        tx.free(LEAF, leaf);
    }

    // ---- slots ----------------------------------------------------------------------------------

    /** The slot of a code, or -1; the leaf may be 0. */
    static int slot(Transaction tx, long leaf, long code) {
        if (leaf != 0) {
            long tags = tx.getLong(LEAF, leaf, TAGS) ^ LOW_BITS * tag(code);
            // The high bits of the bytes that are 0; above one, a byte of 1 may show up too.
            long found = (tags - LOW_BITS) & ~tags & HIGH_BITS;
            for (; found != 0; found &= found - 1) {
                int slot = firstSlot(found);
                if (code(tx, leaf, slot) == code) {
                    return slot;
                }
            }
        }
        return -1;
    }

    static long code(Transaction tx, long leaf, int slot) {
        return tx.getLong(LEAF, leaf, codeOffset(slot));
    }

    long word(Transaction tx, long leaf, int slot) {
        return tx.getLong(valuesType, values(tx, leaf), 8 * slot);
    }

    void set(Transaction tx, long leaf, int slot, long word) {
        tx.setLong(valuesType, values(tx, leaf), 8 * slot, word);
    }

    void add(Transaction tx, long leaf, int slot, long delta) {
        tx.addLong(valuesType, values(tx, leaf), 8 * slot, delta);
    }

    /** Puts in a code that is not there, if a slot is free. */
    boolean tryInsert(Transaction tx, long leaf, long code, long word) {
        long tags = tx.getLong(LEAF, leaf, TAGS);
        int slot = firstSlot(~tags & HIGH_BITS);
        if (slot == SLOTS) {
            return false;
        }
        tx.setLong(LEAF, leaf, TAGS, tags | tag(code) << 8 * slot);
        tx.setLong(LEAF, leaf, codeOffset(slot), code);
        set(tx, leaf, slot, word);
        return true;
    }

    /** Frees the slots of these bits. */
    void remove(Transaction tx, long leaf, long slots) {
        tx.setLong(LEAF, leaf, TAGS, tx.getLong(LEAF, leaf, TAGS) & ~((slots >>> 7) * 0xFF));
    }

    /** Moves the codes in the slots of these bits to a new leaf. */
    long split(Transaction tx, long leaf, long slots) {
        long upper = create(tx);
        for (long rest = slots; rest != 0; rest &= rest - 1) {
            int slot = firstSlot(rest);
            tryInsert(tx, upper, code(tx, leaf, slot), word(tx, leaf, slot));
        }
        remove(tx, leaf, slots);
        return upper;
    }

    /** Tells of each code; returns how many there are. */
    int visit(Transaction tx, long leaf, Visitor visitor) {
        long used = tx.getLong(LEAF, leaf, TAGS) & HIGH_BITS;
        for (long rest = used; rest != 0; rest &= rest - 1) {
            int slot = firstSlot(rest);
            visitor.visit(code(tx, leaf, slot), word(tx, leaf, slot));
        }
        return Long.bitCount(used);
    }

    // ---- words ----------------------------------------------------------------------------------

    /** The bit of a slot. */
    static long bit(int slot) {
        return 0x80L << 8 * slot;
    }

    /** The slot of the lowest bit, or {@link #SLOTS}. */
    private static int firstSlot(long bits) {
        return Long.numberOfTrailingZeros(bits) >>> 3;
    }

    private static long tag(long code) {
        return code >>> TAG_SHIFT & 0x7F | 0x80;
    }

    private static int codeOffset(int slot) {
        return FIRST_CODE + 8 * slot;
    }

    private static long values(Transaction tx, long leaf) {
        return tx.getLong(LEAF, leaf, VALUES);
    }
}
