package org.offheapstm;

import java.util.List;

/**
 * Where a store is entered: objects with names, kept in the region. What a root leads to is
 * reachable, so {@link Stm#collect} keeps it.
 *
 * <pre>{@code
 * stm.atomic(tx -> stm.roots().set(tx, LongMap.TYPE, "accounts", LongMap.create(tx).ref()));
 * ...
 * long ref = stm.readOnlyLong(tx -> stm.roots().get(tx, LongMap.TYPE, "accounts"));
 * LongMap accounts = LongMap.of(ref);
 * }</pre>
 *
 * <p>All methods are part of the transaction that they are given: a root that is set is seen by
 * others when it commits, and an opened snapshot has the roots of its instant. Finding a root reads
 * a few objects, so look for it once and not in every transaction. To set a new name, or to remove
 * one, may conflict with all who look for any root; to give a name that there is to another object,
 * with those whose search passes that name.
 */
public abstract class Roots {
    /** The longest name, in bytes of UTF-8. */
    public static final int MAX_NAME_BYTES = 216;

    /** For the engine. */
    protected Roots() {}

    /**
     * The object of a name.
     *
     * @param tx the running transaction
     * @param type the type that it is expected to have
     * @param name its name
     * @return the reference
     * @throws NoSuchRootException if there is no such root
     * @throws RootTypeException if it is of another type
     * @throws StaleReferenceException if its object was freed
     * @throws MisuseException if the transaction is of another engine
     */
    public abstract long get(Transaction tx, StmType type, String name);

    /**
     * Gives an object a name, which another may have had; an object may have several.
     *
     * @param tx the running transaction
     * @param type the object's type
     * @param name its name
     * @param ref the object
     * @throws StaleReferenceException if there is no such object of this type
     * @throws IllegalArgumentException if the name is empty or has more than {@link
     *     #MAX_NAME_BYTES} bytes
     * @throws MisuseException in a read-only block, or if the transaction is of another engine
     */
    public abstract void set(Transaction tx, StmType type, String name, long ref);

    /**
     * Takes a name away. The object stays, until it is freed or collected. Whoever frees it takes
     * its names away first: {@link Stm#verify} calls a name that leads to no object a fault.
     *
     * @param tx the running transaction
     * @param name its name
     * @return whether there was such a root
     * @throws MisuseException in a read-only block, or if the transaction is of another engine
     */
    public abstract boolean remove(Transaction tx, String name);

    /**
     * Whether there is a root of this name.
     *
     * @param tx the running transaction
     * @param name any name
     * @return true if so
     * @throws MisuseException if the transaction is of another engine
     */
    public abstract boolean contains(Transaction tx, String name);

    /**
     * All names.
     *
     * @param tx the running transaction
     * @return the names, sorted
     * @throws MisuseException if the transaction is of another engine
     */
    public abstract List<String> names(Transaction tx);
}
