package org.offheapstm.struct;

import org.offheapstm.ObjectType;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Names, offsets and sizes of the fields of a struct; a value that belongs to no engine.
 *
 * <p>Fields lie in the order in which they were added. Each is aligned to its size, so that none
 * straddles a word; text begins at a word and has its words for itself; a nested struct is aligned
 * as its widest field, and padded to a multiple of that. The payload of an object is rounded up to
 * whole words. The layout is the same on every machine; the bytes of a value are in the machine's
 * order.
 */
public final class Layout {
    /** Bytes before the text of a text field: its length. */
    static final int TEXT_PREFIX_BYTES = Short.BYTES;

    private final String name;
    private final List<Member> members;
    private final int size;
    private final int alignment;

    private Layout(String name, List<Member> members, int size, int alignment) {
        this.name = name;
        this.members = List.copyOf(members);
        this.size = size;
        this.alignment = alignment;
    }

    /**
     * Begins a layout.
     *
     * @param name the struct's name, by which types and messages call it
     * @return a builder without fields
     */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /**
     * The struct's name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * The fields.
     *
     * @return in the order of their offsets
     */
    public List<Member> members() {
        return members;
    }

    /**
     * Bytes that a struct takes inside another, padding at the end included.
     *
     * @return a multiple of the alignment
     */
    public int size() {
        return size;
    }

    /**
     * What the offset of a struct inside another is a multiple of.
     *
     * @return 1, 2, 4 or 8
     */
    public int alignment() {
        return alignment;
    }

    /**
     * Bytes that a struct takes as an object, or as an element of an array.
     *
     * @return a multiple of 8
     */
    public int payloadBytes() {
        return roundUp(size, Long.BYTES);
    }

    /**
     * The field of this name.
     *
     * @param path a name, or {@code outer.inner} for a field of a nested struct
     * @return where it lies in this struct
     * @throws IllegalArgumentException if there is none
     */
    public Member member(String path) {
        int dot = path.indexOf('.');
        String first = dot < 0 ? path : path.substring(0, dot);
        for (Member member : members) {
            if (member.name().equals(first)) {
                if (dot < 0) {
                    return member;
                }
                if (member.nested() != null) {
                    return member.nested().member(path.substring(dot + 1)).within(member);
                }
            }
        }
        throw new IllegalArgumentException("field refused: struct=" + name + ", field=" + path
                + "; it has " + members.stream().map(Member::name).toList());
    }

    /**
     * A table of names, offsets, sizes, alignment and padding, in bytes; the fields of nested
     * structs follow theirs, indented, with their offsets in this struct.
     *
     * @return several lines
     */
    public String describe() {
        return LayoutTable.of(this);
    }

    @Override
    public String toString() {
        return name;
    }

    /** Offsets of all references, those of nested structs and of rows included. */
    int[] referenceOffsets() {
        List<Integer> found = new ArrayList<>();
        collectReferences(0, found);
        return found.stream().mapToInt(Integer::intValue).toArray();
    }

    private void collectReferences(int base, List<Integer> found) {
        for (Member member : members) {
            for (int i = 0; i < member.length(); i++) {
                if (member.kind() == Kind.REFERENCE) {
                    found.add(base + member.at(i));
                } else if (member.kind() == Kind.STRUCT) {
                    member.nested().collectReferences(base + member.at(i), found);
                }
            }
        }
    }

    static int roundUp(int bytes, int multiple) {
        return (bytes + multiple - 1) & -multiple;
    }

    /** Collects the fields of a layout, in order. */
    public static final class Builder {
        private final String name;
        private final List<Member> members = new ArrayList<>();
        private int end;
        private int alignment = 1;

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        /**
         * Adds a field of a primitive kind.
         *
         * @param kind what it holds; not text, reference or struct
         * @param field its name
         * @return this builder
         * @throws IllegalArgumentException if the name is taken, or the struct becomes too large
         */
        public Builder add(Kind kind, String field) {
            return add(kind, field, 1);
        }

        /**
         * Adds a row of values of a primitive kind.
         *
         * @param kind what it holds; not text, reference or struct
         * @param field its name
         * @param length number of values, at least 1
         * @return this builder
         * @throws IllegalArgumentException if the name is taken, or the struct becomes too large
         */
        public Builder add(Kind kind, String field, int length) {
            if (!kind.isPrimitive()) {
                throw new IllegalArgumentException("field refused: field=" + name + "." + field
                        + ", kind=" + kind + "; use text, reference or nested");
            }
            return place(kind, field, kind.bytes(), kind.bytes(), length, null, null);
        }

        /**
         * Adds a text.
         *
         * @param field its name
         * @param limit the most UTF-8 bytes that it may have, at least 1
         * @return this builder
         * @throws IllegalArgumentException if the name is taken, or the struct becomes too large
         */
        public Builder text(String field, int limit) {
            return text(field, limit, 1);
        }

        /**
         * Adds a row of texts.
         *
         * @param field its name
         * @param limit the most UTF-8 bytes that each may have, at least 1
         * @param length number of texts, at least 1
         * @return this builder
         * @throws IllegalArgumentException if the name is taken, or the struct becomes too large
         */
        public Builder text(String field, int limit, int length) {
            if (limit < 1 || limit > ObjectType.MAX_PAYLOAD_BYTES - TEXT_PREFIX_BYTES) {
                throw new IllegalArgumentException("field refused: field=" + name + "." + field
                        + ", limit=" + limit + "; use 1 to "
                        + (ObjectType.MAX_PAYLOAD_BYTES - TEXT_PREFIX_BYTES));
            }
            return place(
                    Kind.TEXT, field, TEXT_PREFIX_BYTES + limit, Long.BYTES, length, null, null);
        }

        /**
         * Adds a reference.
         *
         * @param field its name
         * @param target the name of the struct referred to
         * @return this builder
         * @throws IllegalArgumentException if the name is taken, or the struct becomes too large
         */
        public Builder reference(String field, String target) {
            return reference(field, target, 1);
        }

        /**
         * Adds a row of references.
         *
         * @param field its name
         * @param target the name of the struct referred to
         * @param length number of references, at least 1
         * @return this builder
         * @throws IllegalArgumentException if the name is taken, or the struct becomes too large
         */
        public Builder reference(String field, String target, int length) {
            return address(field, Objects.requireNonNull(target, "target"), length);
        }

        /** Adds a row of references to structs whose name is not known, if null. */
        Builder address(String field, String target, int length) {
            return place(Kind.REFERENCE, field, Long.BYTES, Long.BYTES, length, null, target);
        }

        /**
         * Adds a struct by value.
         *
         * @param field its name
         * @param layout its layout
         * @return this builder
         * @throws IllegalArgumentException if the name is taken, or the struct becomes too large
         */
        public Builder nested(String field, Layout layout) {
            return nested(field, layout, 1);
        }

        /**
         * Adds a row of structs by value.
         *
         * @param field its name
         * @param layout the layout of each
         * @param length number of structs, at least 1
         * @return this builder
         * @throws IllegalArgumentException if the name is taken, or the struct becomes too large
         */
        public Builder nested(String field, Layout layout, int length) {
            return place(
                    Kind.STRUCT, field, layout.size(), layout.alignment(), length, layout, null);
        }

        /**
         * The layout of the fields added so far.
         *
         * @return the layout
         * @throws IllegalArgumentException if there are none
         */
        public Layout build() {
            if (members.isEmpty()) {
                throw new IllegalArgumentException(
                        "struct refused: struct=" + name + ", fields=0; give it a field");
            }
            return new Layout(name, members, roundUp(end, alignment), alignment);
        }

        /** Bytes so far, padding at the end not included. */
        int end() {
            return end;
        }

        /** Leaves bytes unused. */
        void skip(int bytes) {
            end += bytes;
        }

        private Builder place(
                Kind kind,
                String field,
                int size,
                int align,
                int length,
                Layout nested,
                String target) {
            if (members.stream().anyMatch(known -> known.name().equals(field))) {
                throw new IllegalArgumentException("field refused: field=" + name + "." + field
                        + "; the name is taken, use another");
            }
            int stride = roundUp(size, align);
            int offset = roundUp(end, align);
            // Text has its words for itself: what follows begins at the next.
            long next = offset + (long) stride * length;
            if (next > ObjectType.MAX_PAYLOAD_BYTES) {
                throw new IllegalArgumentException("field refused: field=" + name + "." + field
                        + ", size=" + size
                        + ", length=" + length + ", end=" + next + " bytes; a struct has room for "
                        + ObjectType.MAX_PAYLOAD_BYTES + ", put the rest into an array");
            }
            members.add(
                    new Member(name, field, kind, offset, size, length, stride, nested, target));
            end = (int) next;
            alignment = Math.max(alignment, align);
            return this;
        }
    }
}
