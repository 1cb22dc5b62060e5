package org.offheapstm.struct.processor;

import org.offheapstm.struct.Kind;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;

/**
 * What an interface declares.
 *
 * @param element the interface
 * @param fields its fields, in order
 * @param adds its methods that add to a field
 */
record StructDeclaration(TypeElement element, List<Field> fields, List<Adder> adds) {
    /**
     * A field.
     *
     * @param name its name
     * @param getter where it is declared
     * @param kind what it holds
     * @param length number of values of a row, or {@link #PLAIN}
     * @param limit the most bytes of a text
     * @param other the interface of the struct inside or referred to
     */
    record Field(
            String name,
            ExecutableElement getter,
            Kind kind,
            int length,
            int limit,
            TypeElement other) {
        static final int PLAIN = 0;

        boolean isRow() {
            return length != PLAIN;
        }

        /** The name of the constant that holds its handle. */
        String constant() {
            return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_")
                    .toUpperCase(Locale.ROOT);
        }

        /**
         * Whether users write it with a setter; the other kinds are written through what is got.
         */
        boolean hasSetter() {
            return kind != Kind.STRUCT && kind != Kind.REFERENCE;
        }
    }

    /**
     * A method that adds.
     *
     * @param method where it is declared
     * @param field what it adds to
     */
    record Adder(ExecutableElement method, Field field) {}

    String name() {
        return element.getQualifiedName().toString();
    }

    String packageName() {
        return packageName(element);
    }

    String generatedName() {
        return generatedName(element);
    }

    boolean isPublic() {
        Element at = element;
        while (!(at instanceof PackageElement)) {
            if (!at.getModifiers().contains(Modifier.PUBLIC)) {
                return false;
            }
            at = at.getEnclosingElement();
        }
        return true;
    }

    /** Whether the interface, or anything in it or named by it, is deprecated. */
    boolean isDeprecated() {
        return Stream.of(
                        Stream.of(element),
                        element.getEnclosedElements().stream(),
                        fields.stream().map(Field::other).filter(Objects::nonNull))
                .flatMap(each -> each)
                .anyMatch(each -> each.getAnnotation(Deprecated.class) != null);
    }

    static String packageName(TypeElement type) {
        Element at = type;
        while (!(at instanceof PackageElement)) {
            at = at.getEnclosingElement();
        }
        return ((PackageElement) at).getQualifiedName().toString();
    }

    static String generatedName(TypeElement type) {
        String packageName = packageName(type);
        return (packageName.isEmpty() ? "" : packageName + ".") + type.getSimpleName() + "Struct";
    }
}
