package org.offheapstm.collection;

import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

import java.util.Objects;

/**
 * What the maps from texts or bytes have in common: their keys, each with a value, which is an
 * object of one type.
 */
abstract sealed class EntryMap permits BytesMap, BytesObjectMap {
    private static final BytesMap.Visitor NOBODY = (key, value) -> {};

    final Entries entries;

    EntryMap(ObjectType rootType, long ref, ObjectType valueType, long alike) {
        entries = new Entries(rootType, ref, valueType, alike);
    }

    /** What a visitor gets of the value of an entry. */
    abstract long told(Transaction tx, long value);

    /**
     * The map's place in the region.
     *
     * @return a reference, of which {@code of} makes another view
     */
    public long ref() {
        return entries.trie.root();
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
    public void forEach(Transaction tx, BytesMap.Visitor visitor) {
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
    public long forEach(Transaction tx, long cursor, long buckets, BytesMap.Visitor visitor) {
        return entries.trie.visit(tx, cursor, buckets, telling(tx, visitor));
    }

    /**
     * Removes all entries and gives their memory back, in one transaction, whose size is that of
     * the map; what values refer to is left alone. For a large map, clear in chunks.
     *
     * <p>If it throws, some entries are half gone: let the block end by that, or clear in a {@link
     * Transaction#nested nested} one.
     *
     * @param tx the running transaction
     */
    public void clear(Transaction tx) {
        clear(tx, Long.MAX_VALUE, NOBODY);
    }

    /**
     * Removes a chunk of the entries and gives their memory back. If it or the visitor throws, see
     * {@link #clear(Transaction)}.
     *
     * @param tx the running transaction
     * @param buckets how many buckets, of up to 8 entries, to remove at most
     * @param visitor told of each entry just before it goes, for instance to free what its value
     *     refers to; the objects of a {@link BytesObjectMap} are freed by the map
     * @return whether anything is left: clear again
     */
    public boolean clear(Transaction tx, long buckets, BytesMap.Visitor visitor) {
        Leaves.Visitor tell = telling(tx, visitor);
        return entries.trie.clear(tx, buckets, (code, entry) -> {
            tell.visit(code, entry);
            entries.free(tx, code, entry);
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

    private Leaves.Visitor telling(Transaction tx, BytesMap.Visitor visitor) {
        Objects.requireNonNull(tx, "tx");
        Objects.requireNonNull(visitor, "visitor");
        BytesKey key = new BytesKey();
        return (code, entry) -> {
            Entries.readKey(tx, code, entry, key);
            visitor.visit(key, told(tx, Entries.valueOf(tx, code, entry)));
        };
    }
}
