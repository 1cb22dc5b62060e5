package org.offheapstm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** All types of this process, by number and by what they are made of. */
final class TypeRegistry {
    private static final List<StmType> TYPES = new ArrayList<>();

    private TypeRegistry() {}

    /**
     * An object type; the sizes are numbers that the compiler can trust because this is a record.
     */
    @SuppressWarnings("ArrayRecordComponent") // Why: interned, so compared by identity only.
    record SingleType(
            String name,
            String shape,
            int id,
            int payloadBytes,
            int blockBytes,
            int startMask,
            int[] references)
            implements ObjectType {
        @Override
        public int[] referenceOffsets() {
            return references.clone();
        }

        @Override
        public int referenceCount() {
            return references.length;
        }

        @Override
        public int referenceOffset(int index) {
            return references[index];
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** An array type. */
    @SuppressWarnings("ArrayRecordComponent") // Why: as above.
    record StripedType(
            String name,
            String shape,
            int id,
            int elementBytes,
            int elementsPerStripe,
            int stripeShift,
            int[] references)
            implements ArrayType {
        @Override
        public int[] referenceOffsets() {
            return references.clone();
        }

        @Override
        public int referenceCount() {
            return references.length;
        }

        @Override
        public int referenceOffset(int index) {
            return references[index];
        }

        @Override
        public long stripeOf(long index) {
            return stripeShift >= 0 ? index >>> stripeShift : index / elementsPerStripe;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static synchronized StmType byId(int id) {
        return id < 1 || id > TYPES.size() ? null : TYPES.get(id - 1);
    }

    static synchronized ObjectType single(
            String name, String shape, int payloadBytes, int[] references) {
        Objects.requireNonNull(shape, "shape");
        int[] sorted = check(name, payloadBytes, references);
        for (StmType known : TYPES) {
            if (known instanceof SingleType type
                    && type.name.equals(name)
                    && type.shape.equals(shape)
                    && type.payloadBytes == payloadBytes
                    && Arrays.equals(type.references, sorted)) {
                return type;
            }
        }
        int block = ObjectType.HEADER_BYTES + Math.max(16, (payloadBytes + 15) & -16);
        int mask = Integer.bitCount(block) == 1 ? block / 16 - 1 : -1;
        SingleType made =
                new SingleType(name, shape, next(name), payloadBytes, block, mask, sorted);
        TYPES.add(made);
        return made;
    }

    static synchronized ArrayType striped(
            String name, String shape, int elementBytes, int[] references) {
        Objects.requireNonNull(shape, "shape");
        int[] sorted = check(name, elementBytes, references);
        for (StmType known : TYPES) {
            if (known instanceof StripedType type
                    && type.name.equals(name)
                    && type.shape.equals(shape)
                    && type.elementBytes == elementBytes
                    && Arrays.equals(type.references, sorted)) {
                return type;
            }
        }
        int perStripe = Math.max(1, ArrayType.STRIPE_BYTES / elementBytes);
        int shift =
                Integer.bitCount(perStripe) == 1 ? Integer.numberOfTrailingZeros(perStripe) : -1;
        StripedType made =
                new StripedType(name, shape, next(name), elementBytes, perStripe, shift, sorted);
        TYPES.add(made);
        return made;
    }

    private static int next(String name) {
        if (TYPES.size() == StmType.MAX_TYPES) {
            throw new IllegalStateException("type refused: name=" + name + ", types="
                    + StmType.MAX_TYPES + "; define types once, not per use");
        }
        return TYPES.size() + 1;
    }

    /** The offsets of all words. */
    static int[] allWords(int bytes) {
        int[] offsets = new int[Math.max(0, bytes / Long.BYTES)];
        Arrays.setAll(offsets, word -> word * Long.BYTES);
        return offsets;
    }

    private static int[] check(String name, int bytes, int[] references) {
        Objects.requireNonNull(name, "name");
        int[] sorted = references.clone();
        Arrays.sort(sorted);
        for (int offset : sorted) {
            if (offset < 0 || (offset & 7) != 0 || offset > bytes - 8) {
                throw new IllegalArgumentException(
                        "type refused: name=" + name + ", referenceOffset="
                                + offset + ", bytes=" + bytes
                                + "; a reference is 8 bytes, aligned to 8, inside the payload");
            }
        }
        return sorted;
    }
}
