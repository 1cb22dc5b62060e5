package org.offheapstm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What a region knows of a type: its name, its size, and where it holds references.
 *
 * <p>Types are process-wide and interned: two calls with equal arguments give the same object, so
 * one type serves any number of engines. They are never unloaded; their number is bounded by
 * {@link #MAX_TYPES}.
 */
public abstract sealed class StmType permits ObjectType, ArrayType {
    /** How many types a process may have. */
    public static final int MAX_TYPES = 1 << 14;

    private static final List<StmType> REGISTRY = new ArrayList<>();

    private final String name;
    private final int id;
    private final int[] referenceOffsets;

    StmType(String name, int id, int[] referenceOffsets) {
        this.name = Objects.requireNonNull(name, "name");
        this.id = id;
        this.referenceOffsets = referenceOffsets;
    }

    /**
     * The name given by the user.
     *
     * @return the name
     */
    public final String name() {
        return name;
    }

    /**
     * The number of this type in this process, from 1; not stable from one run to the next.
     *
     * @return the number
     */
    public final int id() {
        return id;
    }

    /**
     * Where references lie.
     *
     * @return offsets in bytes from the start of the payload (of an element, for an array),
     *     ascending
     */
    public final int[] referenceOffsets() {
        return referenceOffsets.clone();
    }

    /**
     * The type with this number.
     *
     * @param id a number
     * @return the type, or null if there is none
     */
    public static StmType byId(int id) {
        synchronized (REGISTRY) {
            return id < 1 || id > REGISTRY.size() ? null : REGISTRY.get(id - 1);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    /** Makes a type of the next number, unless an equal one is known. */
    interface Maker<T extends StmType> {
        T make(int id, int[] referenceOffsets);
    }

    static <T extends StmType> T intern(
            Class<T> kind, String name, int bytes, int[] referenceOffsets, Maker<T> maker) {
        Objects.requireNonNull(name, "name");
        int[] sorted = referenceOffsets.clone();
        Arrays.sort(sorted);
        for (int offset : sorted) {
            if (offset < 0 || (offset & 7) != 0 || offset > bytes - 8) {
                throw new IllegalArgumentException("type refused: name=" + name
                        + ", referenceOffset=" + offset + ", bytes=" + bytes
                        + "; a reference is 8 bytes, aligned to 8, inside the payload");
            }
        }
        synchronized (REGISTRY) {
            for (StmType known : REGISTRY) {
                if (kind.isInstance(known)
                        && known.name.equals(name)
                        && known.bytes() == bytes
                        && Arrays.equals(known.referenceOffsets, sorted)) {
                    return kind.cast(known);
                }
            }
            if (REGISTRY.size() == MAX_TYPES) {
                throw new IllegalStateException("type refused: name=" + name + ", types="
                        + MAX_TYPES + "; define types once, not per use");
            }
            T made = maker.make(REGISTRY.size() + 1, sorted);
            REGISTRY.add(made);
            return made;
        }
    }

    /** Bytes of the payload of an object, or of an element of an array. */
    abstract int bytes();
}
