package org.offheapstm.collection;

import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

import java.util.Objects;

/**
 * A map from texts or bytes to objects of one type, in a region. Each object belongs to its key: it
 * is made with the key, and freed with it; do not free it, remove its key. Keys are handed over in
 * a {@link BytesKey}.
 *
 * <pre>{@code
 * ObjectType type = AccountStruct.TYPE.object();
 * BytesObjectMap accounts = stm.atomicGet(tx -> BytesObjectMap.create(tx, type));
 * ...
 * long account = accounts.getOrCreate(tx, key);
 * AccountStruct.BALANCE.add(tx, account, 100);
 * }</pre>
 *
 * <p>Keys are found as in a {@link BytesMap}: a key that was found before is found again by looking
 * at its entry alone. What is read or written of the object is a matter of the transaction and the
 * object; who finds a key conflicts with its removal, and not with that.
 *
 * <p>An entry takes as much as that of a BytesMap, of which 32 bytes are the value there; here it
 * is the object.
 */
public final class BytesObjectMap extends EntryMap {
    /** The type of all maps of this class: what a root that is one is set and got with. */
    public static final ObjectType TYPE = HashTrie.rootType("BytesObjectMap");

    private BytesObjectMap(long ref, ObjectType objectType) {
        super(TYPE, ref, Objects.requireNonNull(objectType, "objectType"), 0);
    }

    /**
     * Makes an empty map.
     *
     * @param tx the running transaction
     * @param objectType the type of the objects; of a struct, what {@link
     *     org.offheapstm.struct.StructType#object} returns
     * @return a view of it
     */
    public static BytesObjectMap create(Transaction tx, ObjectType objectType) {
        return of(HashTrie.create(tx, TYPE), objectType);
    }

    /**
     * A view of a map. Each view learns for itself where entries are; share one among threads.
     *
     * @param ref what {@link #ref} of another view returned
     * @param objectType the type that the map was made with; with another, each object that is
     *     found ends in a {@link org.offheapstm.StaleReferenceException} when it is used or
     *     removed, and so does each that is made, in the views of the right type
     * @return the view
     */
    public static BytesObjectMap of(long ref, ObjectType objectType) {
        return new BytesObjectMap(ref, objectType);
    }

    /**
     * The object of a key.
     *
     * @param tx the running transaction
     * @param key any key
     * @return its reference, or {@link Transaction#NULL} if the map does not have the key
     */
    public long get(Transaction tx, BytesKey key) {
        return entries.find(tx, key);
    }

    /**
     * The object of a key, made if the map does not have the key: then it is all zero.
     *
     * @param tx the running transaction
     * @param key any key, copied if it is new to the map
     * @return its reference
     * @throws org.offheapstm.MisuseException in a read-only block, if the key is new
     * @throws org.offheapstm.RegionFullException if there is no room
     */
    public long getOrCreate(Transaction tx, BytesKey key) {
        long known = entries.find(tx, key);
        return known == Transaction.NULL ? entries.insert(tx, key) : known;
    }

    /**
     * Removes a key and frees its object; what that refers to is left alone. The key's bucket stays
     * for keys to come; {@link #clear} gives buckets back.
     *
     * @param tx the running transaction
     * @param key any key
     * @return whether the map had it
     * @throws org.offheapstm.MisuseException in a read-only block, if the map has it
     */
    public boolean remove(Transaction tx, BytesKey key) {
        return entries.remove(tx, key);
    }

    @Override
    long told(Transaction tx, long value) {
        return value;
    }
}
