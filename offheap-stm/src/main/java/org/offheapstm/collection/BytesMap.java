package org.offheapstm.collection;

import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

/**
 * A map from texts or bytes to {@code long} values, in a region. Keys are handed over in a {@link
 * BytesKey}.
 *
 * <p><b>Finding.</b> A key that was found before is found again by looking at its entry alone: the
 * view remembers, in up to 16 MiB of the Java heap, where entries were, and the transaction sees
 * for itself that the entry still exists and has the key. Such a look-up reads one object. It
 * conflicts with the removal of the key, but not with other keys that come and go, nor with the
 * key's value: so a transaction may use thousands of known keys while others add new ones. A key
 * that is not in the map, or new to the view, is looked for as in a {@link LongMap}: that conflicts
 * with those who add or remove keys in the same bucket.
 *
 * <p><b>Values</b> lie apart from entries: {@link #addTo} conflicts with readers of the value only.
 * A value that only says where an object is costs a look at one more object than in a {@link
 * BytesObjectMap}.
 *
 * <p>An entry takes, with all that leads to it, about 120 bytes for a key of up to 6 bytes, 135 for
 * up to 22, 165 for up to 54.
 */
public final class BytesMap extends EntryMap {
    /** Told of the entries of a map; of those of a {@link BytesObjectMap} too. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Takes an entry; must not change the map.
         *
         * @param key its key, valid until this method returns
         * @param value its value; in a {@link BytesObjectMap}, the reference to its object
         */
        void visit(BytesKey key, long value);
    }

    /** The type of all maps of this class: what a root that is one is set and got with. */
    public static final ObjectType TYPE = HashTrie.rootType("BytesMap");

    /** What a value is: one word. */
    private static final ObjectType VALUE = ObjectType.of("BytesMap.Value", Long.BYTES);

    BytesMap(long ref, long alike) {
        super(TYPE, ref, VALUE, alike);
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
     * The value of a key.
     *
     * @param tx the running transaction
     * @param key any key
     * @param absent what to return if there is none
     * @return the value
     */
    public long get(Transaction tx, BytesKey key, long absent) {
        long value = entries.find(tx, key);
        return value == Transaction.NULL ? absent : tx.getLong(VALUE, value, 0);
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
        long known = entries.find(tx, key);
        if (known == Transaction.NULL) {
            tx.setLong(VALUE, entries.insert(tx, key), 0, value);
            return absent;
        }
        long old = tx.getLong(VALUE, known, 0);
        tx.setLong(VALUE, known, 0, value);
        return old;
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
        long known = entries.find(tx, key);
        if (known == Transaction.NULL) {
            tx.setLong(VALUE, entries.insert(tx, key), 0, value);
            return absent;
        }
        return tx.getLong(VALUE, known, 0);
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
        long known = entries.find(tx, key);
        if (known == Transaction.NULL) {
            tx.setLong(VALUE, entries.insert(tx, key), 0, delta);
        } else {
            tx.addLong(VALUE, known, 0, delta);
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
        long known = entries.find(tx, key);
        if (known == Transaction.NULL) {
            return absent;
        }
        long old = tx.getLong(VALUE, known, 0);
        entries.remove(tx, key);
        return old;
    }

    @Override
    long told(Transaction tx, long value) {
        return tx.getLong(VALUE, value, 0);
    }
}
