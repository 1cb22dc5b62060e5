package org.offheapstm.collection;

import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

/**
 * The entries of a map from bytes: one object for each key, and how it is found; and its value, an
 * object of the map's own type.
 *
 * <pre>
 *  trie of codes --> entry | value ref | length, bytes |  --> value
 *       hints ------->
 *  code   63..13 hash of the bytes     12..0 how many bytes
 * </pre>
 *
 * <p><b>Invariant.</b> An entry exists as long as its key is in the map, and does not change. So
 * whoever knows where an entry is need only see that it exists and has the key: {@link Hints} says
 * where entries were, and what the trie looks like meanwhile does not matter.
 *
 * <p><b>Equal hashes.</b> A code belongs to one entry. A key whose code is taken by another uses
 * the next hash that is free: linear probing (Knuth, volume 3, 6.4), with his way of removal,
 * Algorithm R, in a table of 2^51 places. With a hash seeded by the map this practically never
 * happens, but it must be right.
 */
final class Entries {
    private static final int VALUE_REF = 0;
    private static final int KEY = 8;

    private static final Leaves LEAVES = new Leaves(Leaves.valuesType("BytesMap.Entries"));

    /** Entries of 16, 32, 64 ... bytes. */
    private static final ObjectType[] SIZES = new ObjectType[10];

    private static final int SMALLEST_SHIFT = 4;
    private static final long NEXT_HASH = 1L << BytesKey.LENGTH_BITS;

    static {
        for (int i = 0; i < SIZES.length; i++) {
            int bytes = 1 << SMALLEST_SHIFT + i;
            SIZES[i] = ObjectType.of("BytesMap.Entry" + bytes, bytes, VALUE_REF);
        }
        assert KEY + BytesKey.PREFIX_BYTES + BytesKey.MAX_BYTES
                        == SIZES[SIZES.length - 1].payloadBytes()
                : "the longest key fits the largest entry";
        assert BytesKey.MAX_BYTES < NEXT_HASH : "a length fits its bits";
    }

    final HashTrie trie;

    private final ObjectType valueType;

    /** Bits that all hashes have in common: 0, but in tests. */
    private final long alike;

    private volatile Hints hints = new Hints(null);

    /**
     * A view of the entries of a map.
     *
     * @param valueType of the value of each entry
     */
    Entries(ObjectType rootType, long root, ObjectType valueType, long alike) {
        this.valueType = valueType;
        trie = new HashTrie(rootType, LEAVES, root);
        this.alike = alike;
    }

    // ---- one entry ------------------------------------------------------------------------------

    private static ObjectType type(int length) {
        int bytes = KEY + BytesKey.PREFIX_BYTES + length;
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(bytes - 1);
        return SIZES[Math.max(0, bits - SMALLEST_SHIFT)];
    }

    /** The value of an entry if it has the key, else NULL. */
    private static long valueIfOf(Transaction tx, BytesKey key, long entry) {
        return key.refBefore(tx, type(key.length()), entry);
    }

    /** The value of the entry of a code. */
    static long valueOf(Transaction tx, long code, long entry) {
        return tx.getLong(type(BytesKey.length(code)), entry, VALUE_REF);
    }

    /** Reads the key of the entry of a code. */
    static void readKey(Transaction tx, long code, long entry, BytesKey key) {
        int length = BytesKey.length(code);
        key.read(tx, type(length), entry, KEY, length);
    }

    /** Ends the entry of a code, and its value. */
    void free(Transaction tx, long code, long entry) {
        tx.free(valueType, valueOf(tx, code, entry));
        tx.free(type(BytesKey.length(code)), entry);
    }

    // ---- finding --------------------------------------------------------------------------------

    /** The value of a key, or NULL. */
    long find(Transaction tx, BytesKey key) {
        Hints known = hints(tx);
        long home = home(tx, key);
        long hint = known.get(home);
        if (hint != Transaction.NULL && tx.exists(type(key.length()), hint)) {
            long value = valueIfOf(tx, key, hint);
            if (value != Transaction.NULL) {
                return value;
            }
        }
        for (long code = home; ; code += NEXT_HASH) {
            long entry = trie.get(tx, code, Transaction.NULL);
            if (entry == Transaction.NULL) {
                return Transaction.NULL;
            }
            long value = valueIfOf(tx, key, entry);
            if (value != Transaction.NULL) {
                known.put(home, entry);
                return value;
            }
        }
    }

    private Hints hints(Transaction tx) {
        Hints known = hints;
        if (!known.areOf(tx.stm())) {
            known = new Hints(tx.stm());
            hints = known;
        }
        return known;
    }

    /** The code where the search for a key begins. */
    private long home(Transaction tx, BytesKey key) {
        return key.code(trie.seed(tx)) | alike;
    }

    // ---- changing -------------------------------------------------------------------------------

    /** Makes the entry of a key that has none; returns its value. */
    long insert(Transaction tx, BytesKey key) {
        ObjectType type = type(key.length());
        long value = tx.allocate(valueType);
        long entry = tx.allocate(type);
        tx.setLong(type, entry, VALUE_REF, value);
        key.write(tx, type, entry, KEY);
        long code = home(tx, key);
        long leaf = trie.leaf(tx, code);
        while (Leaves.slot(tx, leaf, code) >= 0) {
            code += NEXT_HASH;
            leaf = trie.leaf(tx, code);
        }
        trie.insert(tx, leaf, code, entry);
        hints(tx).put(home(tx, key), entry);
        return value;
    }

    /** Ends the entry of a key, and its value; false if there is none. */
    boolean remove(Transaction tx, BytesKey key) {
        long code = home(tx, key);
        long entry = trie.get(tx, code, Transaction.NULL);
        while (entry != Transaction.NULL && valueIfOf(tx, key, entry) == Transaction.NULL) {
            code += NEXT_HASH;
            entry = trie.get(tx, code, Transaction.NULL);
        }
        if (entry == Transaction.NULL) {
            return false;
        }
        hints(tx).forget(home(tx, key));
        free(tx, code, entry); // First: a value of another type than the view's is refused here.
        long hole = moveUp(tx, code);
        long leaf = trie.leaf(tx, hole);
        trie.remove(tx, leaf, Leaves.slot(tx, leaf, hole));
        return true;
    }

    /**
     * Moves into the place of a code, one after the other, those entries behind it that a search
     * would not find without it; returns the code that can go.
     */
    private long moveUp(Transaction tx, long code) {
        long hole = code;
        for (long at = code + NEXT_HASH; ; at += NEXT_HASH) {
            long entry = trie.get(tx, at, Transaction.NULL);
            if (entry == Transaction.NULL) {
                return hole;
            }
            BytesKey key = new BytesKey();
            readKey(tx, at, entry, key);
            if (Long.compareUnsigned(at - home(tx, key), at - hole) >= 0) {
                long leaf = trie.leaf(tx, hole);
                trie.leaves.set(tx, leaf, Leaves.slot(tx, leaf, hole), entry);
                hole = at;
            }
        }
    }

    /** For tests: how many hints there is room for. */
    int hintCapacity() {
        return hints.capacity();
    }

    /** For tests: the hint of a key. */
    long hint(Transaction tx, BytesKey key) {
        return hints(tx).get(home(tx, key));
    }

    /** For tests: leaves a hint that may be wrong. */
    void mislead(Transaction tx, BytesKey key, long entry) {
        hints(tx).put(home(tx, key), entry);
    }
}
