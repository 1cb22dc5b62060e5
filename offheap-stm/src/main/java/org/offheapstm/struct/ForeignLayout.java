package org.offheapstm.struct;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Locale;

/** Reads layouts of the Foreign Memory API. */
final class ForeignLayout {
    private ForeignLayout() {}

    static Layout read(StructLayout struct) {
        return read(struct, named(struct, "a struct"));
    }

    private static Layout read(StructLayout struct, String name) {
        Layout.Builder builder = Layout.named(name);
        long offset = 0;
        for (MemoryLayout member : struct.memberLayouts()) {
            if (!(member instanceof PaddingLayout)) {
                builder.skip(Math.toIntExact(offset) - builder.end());
                add(builder, name, member);
            }
            offset += member.byteSize();
        }
        builder.skip(Math.toIntExact(offset) - builder.end());
        return builder.build();
    }

    private static void add(Layout.Builder builder, String struct, MemoryLayout member) {
        String field = named(member, "a member of " + struct);
        if (member instanceof SequenceLayout sequence) {
            add(
                    builder,
                    struct,
                    field,
                    sequence.elementLayout(),
                    Math.toIntExact(sequence.elementCount()));
        } else {
            add(builder, struct, field, member, 1);
        }
    }

    private static void add(
            Layout.Builder builder, String struct, String field, MemoryLayout element, int length) {
        if (length == 0) {
            throw refusal(struct, field, element, "a sequence of 0 holds nothing, leave it out");
        }
        int offset = builder.end();
        switch (element) {
            case AddressLayout address -> {
                String target =
                        address.targetLayout().flatMap(MemoryLayout::name).orElse(null);
                builder.address(field, target, length);
            }
            case ValueLayout value -> {
                if (value.order() != ByteOrder.nativeOrder()) {
                    throw refusal(struct, field, element, "use the machine's byte order");
                }
                builder.add(kind(value.carrier()), field, length);
            }
            case StructLayout nested ->
                builder.nested(field, read(nested, nested.name().orElse(field)), length);
            case GroupLayout union ->
                throw refusal(struct, field, union, "a union has no typed fields");
            case SequenceLayout rows ->
                throw refusal(struct, field, rows, "put the inner sequence into a struct");
            case PaddingLayout padding ->
                throw refusal(struct, field, padding, "use one padding layout of the whole size");
        }
        int expected = Math.toIntExact(offset + element.byteSize() * length);
        if (builder.end() != expected) {
            throw refusal(
                    struct,
                    field,
                    element,
                    offset % element.byteAlignment() == 0 && element instanceof StructLayout
                            ? "its size is no multiple of its alignment; add padding at its end"
                            : "it is not aligned to its size; add padding before it");
        }
    }

    private static Kind kind(Class<?> carrier) {
        return Kind.valueOf(carrier.getSimpleName().toUpperCase(Locale.ROOT));
    }

    private static String named(MemoryLayout layout, String what) {
        return layout.name()
                .orElseThrow(() -> new IllegalArgumentException("layout refused: " + what
                        + " has no name, layout=" + layout + "; use withName"));
    }

    private static IllegalArgumentException refusal(
            String struct, String field, MemoryLayout layout, String remedy) {
        return new IllegalArgumentException("layout refused: field=" + struct + "." + field
                + ", layout=" + layout + "; " + remedy);
    }
}
