package org.offheapstm.struct.processor;

import org.offheapstm.struct.Layout;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BiConsumer;

import javax.lang.model.element.Element;

/**
 * Lays a struct out as the generated class will, for the sake of what {@link Layout} refuses: names
 * and sizes, those of nested structs included. A struct inside itself is found here too.
 */
final class LayoutCheck {
    private final BiConsumer<Element, String> refuse;

    /** The structs that are being laid out, from the outermost on. */
    private final Set<String> around = new LinkedHashSet<>();

    LayoutCheck(BiConsumer<Element, String> refuse) {
        this.refuse = refuse;
    }

    /** The layout of what was not refused; null if that is nothing. */
    Layout of(StructDeclaration struct) {
        around.add(struct.name());
        Layout.Builder builder = Layout.named(struct.name());
        boolean empty = true;
        for (StructDeclaration.Field field : struct.fields()) {
            try {
                empty &= !add(builder, field, Math.max(1, field.length()));
            } catch (IllegalArgumentException e) {
                refuse.accept(field.getter(), e.getMessage());
            }
        }
        around.remove(struct.name());
        return empty ? null : builder.build();
    }

    private boolean add(Layout.Builder builder, StructDeclaration.Field field, int length) {
        switch (field.kind()) {
            case TEXT -> builder.text(field.name(), field.limit(), length);
            case REFERENCE -> builder.reference(field.name(), field.other().toString(), length);
            case STRUCT -> {
                Layout inner = inner(field);
                if (inner == null) {
                    return false;
                }
                builder.nested(field.name(), inner, length);
            }
            default -> builder.add(field.kind(), field.name(), length);
        }
        return true;
    }

    private Layout inner(StructDeclaration.Field field) {
        if (around.contains(field.other().toString())) {
            refuse.accept(
                    field.getter(),
                    "field refused: field=" + field.name() + ", type=" + field.other()
                            + ", inside=" + around + "; a struct cannot hold itself, use Ref<"
                            + field.other().getSimpleName() + ">");
            return null;
        }
        // What is wrong with the inner struct itself is reported where that is compiled.
        return of(new StructReader((at, message) -> {}).declaration(field.other()));
    }
}
