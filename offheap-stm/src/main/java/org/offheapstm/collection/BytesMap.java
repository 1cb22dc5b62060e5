package org.offheapstm.collection;

import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

import java.util.Objects;

/**
 * A map from texts or bytes to {@code long} values, in a region. Keys are handed over in a {@link
 * BytesKey}.
 *
 * <p><b>Finding.</b> A key that was found before is found again by looking at its entry alone: the
 * view remembers, on the Java heap, where entries were, and the transaction sees for itself that
 * the entry still exists and has the key. Such a look-up reads one object. It conflicts with the
 * removal of the key, but not with other keys that come and go, nor with the key's value: so a
 * transaction may use thousands of known keys while others add new ones. A key that is not in the
 * map, or new to the view, is looked for as in a {@link LongMap}: that conflicts with those who add
 * or remove keys in the same bucket.
 *
 * <p><b>Values</b> lie apart from entries: {@link #addTo} conflicts with readers of the value only.
 *
 * <p>An entry takes, with all that leads to it, about 120 bytes for a key of up to 6 bytes, 135 for
 * up to 22, 165 for up to 54.
 */
public final class BytesMap {
    /** Told of the entries of a map. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Takes an entry; must not change the map.
         *
         * @param key its key, valid until this method returns
         * @param value its value
         */
        void visit(BytesKey key, long value);
    }

    /** The type of all maps of this class: what a root that is one is set and got with. */
    public static final ObjectType TYPE = HashTrie.rootType("BytesMap");

    private static final Visitor NOBODY = (key, value) -> {};

    private final Entries entries;

    BytesMap(long ref, long alike) {
        entries = new Entries(TYPE, ref, alike);
    }

    /**
     * Makes an empty map.
     *
     * @param tx the running transaction
     * @return a view of it
     */
    public static BytesMap create(Transaction tx) {
        return of(HashTrie.create(tx, TYPE));
    }

    /**
     * A view of a map. Each view learns for itself where entries are; share one among threads.
     *
     * @param ref what {@link #ref} of another view returned
     * @return the view
     */
    public static BytesMap of(long ref) {
        return new BytesMap(ref, 0);
    }

    /**
     * The map's place in the region.
     *
     * @return a reference, of which {@link #of} makes another view
     */
    public long ref() {
        return entries.trie.root();
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
    public long get(Transaction tx, BytesKey key, long absent) {
        long entry = entries.find(tx, key);
        return entry == Transaction.NULL ? absent : Entries.value(tx, key, entry);
    }

    /**
     * Whether the map has a key.
     *
     * @param tx the running transaction
     * @param key any key
     * @return true if so
     */
    public boolean containsKey(Transaction tx, BytesKey key) {
        return entries.find(tx, key) != Transaction.NULL;
    }

    /**
     * Sets the value of a key.
     *
     * @param tx the running transaction
     * @param key any key, copied if it is new to the map
     * @param value its value from now on
     * @param absent what to return if there was none
     * @return the value it had
     */
    public long put(Transaction tx, BytesKey key, long value, long absent) {
        long entry = entries.find(tx, key);
        if (entry == Transaction.NULL) {
            entries.insert(tx, key, value);
            return absent;
        }
        return Entries.setValue(tx, key, entry, value);
    }

    /**
     * Sets the value of a key that has none.
     *
     * @param tx the running transaction
     * @param key any key, copied if it is new to the map
     * @param value its value from now on, if it has none
     * @param absent what to return if there was none
     * @return the value it has kept
     */
    public long putIfAbsent(Transaction tx, BytesKey key, long value, long absent) {
        long entry = entries.find(tx, key);
        if (entry == Transaction.NULL) {
            entries.insert(tx, key, value);
            return absent;
        }
        return Entries.value(tx, key, entry);
    }

    /**
     * Adds to the value of a key, or sets it if there is none. If there is one, it is not read:
     * transactions that only add to it do not conflict.
     *
     * @param tx the running transaction
     * @param key any key, copied if it is new to the map
     * @param delta what to add, wrapping around
     */
    public void addTo(Transaction tx, BytesKey key, long delta) {
        long entry = entries.find(tx, key);
        if (entry == Transaction.NULL) {
            entries.insert(tx, key, delta);
        } else {
            Entries.addToValue(tx, key, entry, delta);
        }
    }

    /**
     * Removes a key. Its bucket stays for keys to come; {@link #clear} gives buckets back.
     *
     * @param tx the running transaction
     * @param key any key
     * @param absent what to return if there was none
     * @return the value it had
     */
    public long remove(Transaction tx, BytesKey key, long absent) {
        return entries.remove(tx, key, absent);
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
        return entries.trie.size(tx);
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
     * of one instant, and a key that is in the map all the time is visited exactly once, unless its
     * hash is that of a removed key.
     *
     * @param tx the running transaction
     * @param cursor 0 at first, then what the previous call returned
     * @param buckets how many buckets, of up to 8 entries, to visit
     * @param visitor told of each entry
     * @return where to go on, or 0 at the end
     */
    public long forEach(Transaction tx, long cursor, long buckets, Visitor visitor) {
        return entries.trie.visit(tx, cursor, buckets, telling(tx, visitor));
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
        Leaves.Visitor tell = telling(tx, visitor);
        return entries.trie.clear(tx, buckets, (code, entry) -> {
            tell.visit(code, entry);
            Entries.free(tx, code, entry);
        });
    }

    /**
     * Ends the map: all its references are stale. Clears it first, as {@link
     * #clear(Transaction)}.
     *
     * @param tx the running transaction
     */
    public void free(Transaction tx) {
        clear(tx);
        entries.trie.free(tx);
    }

    private static Leaves.Visitor telling(Transaction tx, Visitor visitor) {
        Objects.requireNonNull(tx, "tx");
        Objects.requireNonNull(visitor, "visitor");
        BytesKey key = new BytesKey();
        return (code, entry) -> {
            Entries.readKey(tx, code, entry, key);
            visitor.visit(key, Entries.value(tx, key, entry));
        };
    }

    /** For tests: what holds the keys. */
    Entries entries() {
        return entries;
    }
}
