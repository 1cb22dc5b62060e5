package org.offheapstm.collection;

import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

import java.util.Objects;

/**
 * A map from {@code long} keys to {@code long} values, in a region.
 *
 * <p>It grows bucket by bucket, each as part of the transaction that fills it, and never as a
 * whole. Two transactions conflict where one adds or removes a key and the other looks for a key in
 * the same bucket, of up to 8 keys; or where one sets a value and the other reads one in the same
 * bucket. Additions to values ({@link #addTo}) do not conflict with each other. Adding a key now
 * and then splits a bucket, which conflicts with uses of its neighbours.
 *
 * <p>A look-up reads 9 words of 6 objects in a map of 64 thousand keys; an entry takes about 50
 * bytes.
 *
 * <p>Keys become codes by a mixing of all their bits that can be undone (Stafford's thirteenth,
 * known from SplittableRandom) after a seed that each map draws anew, so that no choice of keys
 * makes it slow.
 */
public final class LongMap {
    /** Told of the entries of a map. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Takes an entry; must not change the map.
         *
         * @param key its key
         * @param value its value
         */
        void visit(long key, long value);
    }

    /** The type of all maps of this class: what a root that is one is set and got with. */
    public static final ObjectType TYPE = HashTrie.rootType("LongMap");

    private static final Leaves LEAVES = new Leaves(Leaves.valuesType("LongMap.Values"));
    private static final Visitor NOBODY = (key, value) -> {};

    private final HashTrie trie;

    private LongMap(long ref) {
        trie = new HashTrie(TYPE, LEAVES, ref);
    }

    /**
     * Makes an empty map.
     *
     * @param tx the running transaction
     * @return a view of it
     */
    public static LongMap create(Transaction tx) {
        return of(HashTrie.create(tx, TYPE));
    }

    /**
     * A view of a map.
     *
     * @param ref what {@link #ref} of another view returned
     * @return the view
     */
    public static LongMap of(long ref) {
        return new LongMap(ref);
    }

    /**
     * The map's place in the region.
     *
     * @return a reference, of which {@link #of} makes another view
     */
    public long ref() {
        return trie.root();
    }

    // ---- one entry ------------------------------------------------------------------------------

    /**
     * The value of a key.
     *
     * @param tx the running transaction
     * @param key any key
     * @param absent what to return if there is none
     * @return the value
     */
    public long get(Transaction tx, long key, long absent) {
        return trie.get(tx, code(tx, key), absent);
    }

    /**
     * Whether the map has a key.
     *
     * @param tx the running transaction
     * @param key any key
     * @return true if so
     */
    public boolean containsKey(Transaction tx, long key) {
        long code = code(tx, key);
        return Leaves.slot(tx, trie.leaf(tx, code), code) >= 0;
    }

    /**
     * Sets the value of a key.
     *
     * @param tx the running transaction
     * @param key any key
     * @param value its value from now on
     * @param absent what to return if there was none
     * @return the value it had
     */
    public long put(Transaction tx, long key, long value, long absent) {
        long code = code(tx, key);
        long leaf = trie.leaf(tx, code);
        int slot = Leaves.slot(tx, leaf, code);
        if (slot < 0) {
            trie.insert(tx, leaf, code, value);
            return absent;
        }
        long old = trie.leaves.word(tx, leaf, slot);
        trie.leaves.set(tx, leaf, slot, value);
        return old;
    }

    /**
     * Sets the value of a key that has none.
     *
     * @param tx the running transaction
     * @param key any key
     * @param value its value from now on, if it has none
     * @param absent what to return if there was none
     * @return the value it has kept
     */
    public long putIfAbsent(Transaction tx, long key, long value, long absent) {
        long code = code(tx, key);
        long leaf = trie.leaf(tx, code);
        int slot = Leaves.slot(tx, leaf, code);
        if (slot < 0) {
            trie.insert(tx, leaf, code, value);
            return absent;
        }
        return trie.leaves.word(tx, leaf, slot);
    }

    /**
     * Adds to the value of a key, or sets it if there is none. If there is one, it is not read:
     * transactions that only add to it do not conflict.
     *
     * @param tx the running transaction
     * @param key any key
     * @param delta what to add, wrapping around
     */
    public void addTo(Transaction tx, long key, long delta) {
        long code = code(tx, key);
        long leaf = trie.leaf(tx, code);
        int slot = Leaves.slot(tx, leaf, code);
        if (slot < 0) {
            trie.insert(tx, leaf, code, delta);
        } else {
            trie.leaves.add(tx, leaf, slot, delta);
        }
    }

    /**
     * Removes a key. Its bucket stays for keys to come; {@link #clear} gives buckets back. If its
     * value was a reference, {@link org.offheapstm.Stm#collect} may find it there until another key
     * takes the place.
     *
     * @param tx the running transaction
     * @param key any key
     * @param absent what to return if there was none
     * @return the value it had
     */
    public long remove(Transaction tx, long key, long absent) {
        long code = code(tx, key);
        long leaf = trie.leaf(tx, code);
        int slot = Leaves.slot(tx, leaf, code);
        if (slot < 0) {
            return absent;
        }
        long old = trie.leaves.word(tx, leaf, slot);
        trie.remove(tx, leaf, slot);
        return old;
    }

    // ---- the whole map --------------------------------------------------------------------------

    /**
     * How many keys there are, as of one instant. Conflicts with every transaction that adds or
     * removes a key.
     *
     * @param tx the running transaction
     * @return a count
     */
    public long size(Transaction tx) {
        return trie.size(tx);
    }

    /**
     * Whether there is no key. Costs and conflicts as {@link #size}.
     *
     * @param tx the running transaction
     * @return true if so
     */
    public boolean isEmpty(Transaction tx) {
        return size(tx) == 0;
    }

    /**
     * Visits every entry, as of one instant, in no particular order. Reads the whole map, so it
     * conflicts with every change of it: for a large map that others change, visit in chunks.
     *
     * @param tx the running transaction
     * @param visitor told of each entry
     */
    public void forEach(Transaction tx, Visitor visitor) {
        forEach(tx, 0, Long.MAX_VALUE, visitor);
    }

    /**
     * Visits a chunk of the entries. Chunks may be visited in transactions of their own: each is as
     * of one instant, and a key that is in the map all the time is visited exactly once.
     *
     * @param tx the running transaction
     * @param cursor 0 at first, then what the previous call returned
     * @param buckets how many buckets, of up to 8 entries, to visit
     * @param visitor told of each entry
     * @return where to go on, or 0 at the end
     */
    public long forEach(Transaction tx, long cursor, long buckets, Visitor visitor) {
        return trie.visit(tx, cursor, buckets, uncoding(tx, visitor));
    }

    /**
     * Removes all entries and gives their memory back, in one transaction, whose size is that of
     * the map; what values refer to is left alone. For a large map, clear in chunks.
     *
     * @param tx the running transaction
     */
    public void clear(Transaction tx) {
        clear(tx, Long.MAX_VALUE, NOBODY);
    }

    /**
     * Removes a chunk of the entries and gives their memory back.
     *
     * @param tx the running transaction
     * @param buckets how many buckets, of up to 8 entries, to remove at most
     * @param visitor told of each entry that goes, for instance to free what its value refers to
     * @return whether anything is left: clear again
     */
    public boolean clear(Transaction tx, long buckets, Visitor visitor) {
        return trie.clear(tx, buckets, uncoding(tx, visitor));
    }

    /**
     * Ends the map: all its references are stale. Clears it first, as {@link
     * #clear(Transaction)}.
     *
     * @param tx the running transaction
     */
    public void free(Transaction tx) {
        clear(tx);
        trie.free(tx);
    }

    /** For tests: what holds the codes. */
    HashTrie trie() {
        return trie;
    }

    // ---- codes ----------------------------------------------------------------------------------

    private static final int SHIFT_1 = 30;
    private static final int SHIFT_2 = 27;
    private static final int SHIFT_3 = 31;
    private static final long FACTOR_1 = 0xBF58_476D_1CE4_E5B9L;
    private static final long FACTOR_2 = 0x94D0_49BB_1331_11EBL;
    private static final long INVERSE_1 = inverse(FACTOR_1);
    private static final long INVERSE_2 = inverse(FACTOR_2);

    private long code(Transaction tx, long key) {
        return mix(key ^ trie.seed(tx));
    }

    private Leaves.Visitor uncoding(Transaction tx, Visitor visitor) {
        Objects.requireNonNull(visitor, "visitor");
        long seed = trie.seed(tx);
        return (code, word) -> visitor.visit(unmix(code) ^ seed, word);
    }

    static long mix(long bits) {
        long mixed = (bits ^ bits >>> SHIFT_1) * FACTOR_1;
        mixed = (mixed ^ mixed >>> SHIFT_2) * FACTOR_2;
        return mixed ^ mixed >>> SHIFT_3;
    }

    static long unmix(long mixed) {
        long bits = unshift(mixed, SHIFT_3) * INVERSE_2;
        bits = unshift(bits, SHIFT_2) * INVERSE_1;
        return unshift(bits, SHIFT_1);
    }

    /** Undoes {@code x ^ x >>> shift}, for a shift of more than a third of the word. */
    private static long unshift(long bits, int shift) {
        return bits ^ bits >>> shift ^ bits >>> 2 * shift;
    }

    /** What an odd factor's product must be multiplied with; each round doubles the right bits. */
    private static long inverse(long odd) {
        long inverse = odd;
        for (int rightBits = 3; rightBits < Long.SIZE; rightBits *= 2) {
            inverse *= 2 - odd * inverse;
        }
        return inverse;
    }
}
