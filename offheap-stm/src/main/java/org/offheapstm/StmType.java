package org.offheapstm;

/**
 * What a region knows of a type: its name, its size, and where it holds references.
 *
 * <p>Types are process-wide and interned: two calls with equal arguments give the same object, so
 * one type serves any number of engines. They are never unloaded; their number is bounded by {@link
 * #MAX_TYPES}. Keep each in a {@code static final} field: the just-in-time compiler then treats its
 * sizes as constants.
 */
public sealed interface StmType permits ObjectType, ArrayType {
    /** How many types a process may have. */
    int MAX_TYPES = 1 << 14;

    /** For types that hold no references. */
    int[] NO_REFERENCES = {};

    /**
     * The name given by the user.
     *
     * @return the name
     */
    String name();

    /**
     * The number of this type in this process, from 1; not stable from one run to the next.
     *
     * @return the number
     */
    int id();

    /**
     * Where references lie, or may lie: by these {@link Stm#collect} finds what can be reached. A
     * word elsewhere is a number, also if it is a reference by chance. A type that was made without
     * a word on references has them all.
     *
     * @return offsets in bytes from the start of the payload (of an element, for an array),
     *     ascending
     */
    int[] referenceOffsets();

    /**
     * How many words there are in {@link #referenceOffsets}.
     *
     * @return a count
     */
    int referenceCount();

    /**
     * One of {@link #referenceOffsets}, without a copy of all.
     *
     * @param index which, from 0
     * @return bytes from the start of the payload, or of an element
     */
    int referenceOffset(int index);

    /**
     * The type with this number.
     *
     * @param id a number
     * @return the type, or null if there is none
     */
    static StmType byId(int id) {
        return TypeRegistry.byId(id);
    }
}
