package org.offheapstm.struct.processor;

import org.offheapstm.struct.Add;
import org.offheapstm.struct.Kind;
import org.offheapstm.struct.Length;
import org.offheapstm.struct.Ref;
import org.offheapstm.struct.Struct;
import org.offheapstm.struct.Text;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/**
 * Reads a struct's interface: sorts its methods into getters, setters and adders, pairs them by
 * name, and has {@link LayoutCheck} judge names and sizes. Each thing refused is reported at the
 * method or interface that has to change; reading goes on, so that one compilation shows all of
 * them.
 */
final class StructReader {
    private static final String SUPPORTED =
            "use boolean, byte, char, short, int, float, long, double, String with"
                    + " @Text, an interface with @Struct, or Ref of one";

    /** Names whose accessors or constants the generated class has already. */
    private static final Set<String> RESERVED = Set.of(
            "ref",
            "hashCode",
            "toString",
            "getClass",
            "notify",
            "notifyAll",
            "wait",
            "clone",
            "finalize");

    private final BiConsumer<Element, String> report;
    private boolean accepted = true;

    StructReader(BiConsumer<Element, String> report) {
        this.report = report;
    }

    /** Whether nothing was refused so far. */
    boolean accepted() {
        return accepted;
    }

    StructDeclaration read(TypeElement type) {
        checkInterface(type);
        StructDeclaration struct = declaration(type);
        if (accepted) {
            new LayoutCheck(this::refuse).of(struct);
        }
        return struct;
    }

    // ---- the interface

    private void checkInterface(TypeElement type) {
        if (type.getKind() != ElementKind.INTERFACE) {
            refuse(
                    type,
                    "struct refused: " + type
                            + " is not an interface; declare accessors in an interface");
        }
        if (!type.getInterfaces().isEmpty()) {
            refuse(
                    type,
                    "struct refused: " + type + " extends " + type.getInterfaces()
                            + "; the order of fields would be unclear, nest a struct instead");
        }
        if (!type.getTypeParameters().isEmpty()) {
            refuse(
                    type,
                    "struct refused: " + type + " has type parameters " + type.getTypeParameters()
                            + "; the size of a field has to be known");
        }
        if (type.getModifiers().contains(Modifier.SEALED)) {
            refuse(
                    type,
                    "struct refused: " + type
                            + " is sealed; the generated class has to implement it");
        }
        for (Element at = type; at != null; at = at.getEnclosingElement()) {
            if (at.getModifiers().contains(Modifier.PRIVATE)) {
                refuse(
                        type,
                        "struct refused: " + at + " is private; the generated class has to see it");
            }
        }
    }

    /** What an interface declares, as far as it was not refused. */
    StructDeclaration declaration(TypeElement type) {
        Map<String, List<ExecutableElement>> accessors = new LinkedHashMap<>();
        List<ExecutableElement> adders = new ArrayList<>();
        for (ExecutableElement method : ElementFilter.methodsIn(type.getEnclosedElements())) {
            if (!method.getModifiers().contains(Modifier.ABSTRACT)) {
                checkDefault(method);
                continue;
            }
            if (method.getAnnotation(Add.class) != null) {
                adders.add(method);
            } else {
                accessors
                        .computeIfAbsent(
                                method.getSimpleName().toString(), name -> new ArrayList<>())
                        .add(method);
            }
        }
        if (accessors.isEmpty()) {
            refuse(
                    type,
                    "struct refused: " + type + " has no fields; declare a getter and a setter");
        }
        List<StructDeclaration.Field> fields = new ArrayList<>();
        Set<String> constants = new HashSet<>(Set.of("TYPE"));
        accessors.forEach((name, methods) -> {
            StructDeclaration.Field field = field(name, methods);
            if (field != null) {
                fields.add(field);
                if (!constants.add(field.constant())) {
                    refuse(
                            field.getter(),
                            "field refused: field=" + name + ", constant=" + field.constant()
                                    + "; another field, or the type, has the same constant,"
                                    + " rename it");
                }
            }
        });
        List<StructDeclaration.Adder> adds = new ArrayList<>();
        for (ExecutableElement method : adders) {
            StructDeclaration.Adder adder = adder(method, fields);
            if (adder != null) {
                adds.add(adder);
            }
        }
        return new StructDeclaration(type, fields, adds);
    }

    /** Refuses a default method that the view would not inherit. */
    private void checkDefault(ExecutableElement method) {
        if (method.isDefault()
                && method.getSimpleName().contentEquals("ref")
                && method.getParameters().isEmpty()) {
            refuse(
                    method,
                    "method refused: method=ref(); the generated class has that name, use another");
        }
    }

    // ---- a field

    private StructDeclaration.Field field(String name, List<ExecutableElement> methods) {
        ExecutableElement getter = null;
        ExecutableElement setter = null;
        for (ExecutableElement method : methods) {
            boolean sets = method.getReturnType().getKind() == TypeKind.VOID;
            if (RESERVED.contains(name)) {
                refuse(
                        method,
                        "field refused: field=" + name
                                + "; the generated class has that name, use another");
                return null;
            }
            if (sets ? setter != null : getter != null) {
                refuse(
                        method,
                        "field refused: field=" + name + "; it has two "
                                + (sets ? "setters" : "getters") + ", keep one");
                return null;
            }
            setter = sets ? method : setter;
            getter = sets ? getter : method;
        }
        if (getter == null) {
            refuse(
                    setter,
                    "field refused: field=" + name + "; it has a setter only, declare its getter");
            return null;
        }
        StructDeclaration.Field field = classify(name, getter);
        if (field == null || !checkGetter(field) || !checkSetter(field, setter)) {
            return null;
        }
        return field;
    }

    /** What a getter's type and annotations say; null if it was refused. */
    private StructDeclaration.Field classify(String name, ExecutableElement getter) {
        TypeMirror type = getter.getReturnType();
        Text text = getter.getAnnotation(Text.class);
        Length row = getter.getAnnotation(Length.class);
        Kind kind = type.getKind().isPrimitive() ? Kind.valueOf(type.getKind().name()) : null;
        TypeElement other = null;
        if (type.getKind() == TypeKind.DECLARED) {
            DeclaredType declared = (DeclaredType) type;
            TypeElement element = (TypeElement) declared.asElement();
            if (element.getQualifiedName().contentEquals(String.class.getName())) {
                kind = Kind.TEXT;
            } else if (element.getQualifiedName().contentEquals(Ref.class.getName())) {
                kind = Kind.REFERENCE;
                other = declared.getTypeArguments().size() == 1
                        ? struct(declared.getTypeArguments().getFirst())
                        : null;
            } else {
                other = struct(type);
                kind = other == null ? null : Kind.STRUCT;
            }
        }
        if (kind == null || (kind == Kind.REFERENCE && other == null)) {
            refuse(getter, "field refused: field=" + name + ", type=" + type + "; " + SUPPORTED);
            return null;
        }
        if ((kind == Kind.TEXT) != (text != null)) {
            refuse(
                    getter,
                    "field refused: field=" + name + ", type=" + type
                            + (text == null
                                    ? "; say with @Text how many bytes it may have"
                                    : "; @Text is for String"));
            return null;
        }
        if (row != null && row.value() < 1) {
            refuse(
                    getter,
                    "field refused: field=" + name + ", length=" + row.value() + "; use 1 or more");
            return null;
        }
        return new StructDeclaration.Field(
                name,
                getter,
                kind,
                row == null ? StructDeclaration.Field.PLAIN : row.value(),
                text == null ? 0 : text.value(),
                other);
    }

    /** The struct's interface that a type is; null if it is not one. */
    private static TypeElement struct(TypeMirror type) {
        return type.getKind() == TypeKind.DECLARED
                        && ((DeclaredType) type).asElement() instanceof TypeElement element
                        && element.getAnnotation(Struct.class) != null
                ? element
                : null;
    }

    private boolean checkGetter(StructDeclaration.Field field) {
        ExecutableElement getter = field.getter();
        boolean indexed = getter.getParameters().size() == 1
                && getter.getParameters().getFirst().asType().getKind() == TypeKind.INT;
        boolean fits = field.isRow() ? indexed : getter.getParameters().isEmpty();
        if (!fits) {
            refuse(
                    getter,
                    "field refused: field=" + field.name() + ", parameters="
                            + getter.getParameters()
                            + (field.isRow()
                                    ? "; the getter of a row takes an int index"
                                    : indexed
                                            ? "; say with @Length how many values it has"
                                            : "; a getter takes none"));
        }
        return fits;
    }

    private boolean checkSetter(StructDeclaration.Field field, ExecutableElement setter) {
        if (!field.hasSetter()) {
            if (setter != null) {
                refuse(
                        setter,
                        "field refused: field=" + field.name()
                                + "; it is written through what its getter"
                                + " returns, drop the setter");
            }
            return setter == null;
        }
        String value = field.kind() == Kind.TEXT
                ? CharSequence.class.getName()
                : typeName(field.getter().getReturnType());
        String expected = (field.isRow() ? "int," : "") + value;
        if (setter == null) {
            refuse(
                    field.getter(),
                    "field refused: field=" + field.name() + "; it has no setter, declare void "
                            + field.name() + "(" + expected + ")");
            return false;
        }
        String found = parameters(setter);
        boolean fits = found.equals(expected);
        if (!fits) {
            refuse(
                    setter,
                    "field refused: field=" + field.name() + ", parameters=(" + found + ")"
                            + "; the setter that goes with the getter is void " + field.name() + "("
                            + expected + ")");
        } else if (setter.getAnnotation(Text.class) != null
                || setter.getAnnotation(Length.class) != null) {
            refuse(
                    setter,
                    "field refused: field=" + field.name()
                            + "; @Text and @Length stand at the getter");
            fits = false;
        }
        return fits;
    }

    private StructDeclaration.Adder adder(
            ExecutableElement method, List<StructDeclaration.Field> fields) {
        String name = method.getAnnotation(Add.class).value();
        StructDeclaration.Field field = fields.stream()
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElse(null);
        if (field == null || (field.kind() != Kind.LONG && field.kind() != Kind.DOUBLE)) {
            refuse(
                    method,
                    "adder refused: method=" + method.getSimpleName() + ", field=" + name
                            + "; name a long or double field");
            return null;
        }
        String expected =
                (field.isRow() ? "int," : "") + typeName(field.getter().getReturnType());
        String found = parameters(method);
        if (method.getReturnType().getKind() != TypeKind.VOID || !found.equals(expected)) {
            refuse(
                    method,
                    "adder refused: method=" + method + ", field=" + name + "; declare void "
                            + method.getSimpleName() + "(" + expected + ")");
            return null;
        }
        return new StructDeclaration.Adder(method, field);
    }

    private static String parameters(ExecutableElement method) {
        return method.getParameters().stream()
                .map(parameter -> typeName(parameter.asType()))
                .collect(Collectors.joining(","));
    }

    /** A type as it is written, without the annotations that it may carry. */
    static String typeName(TypeMirror type) {
        if (type.getKind().isPrimitive()) {
            return type.getKind().name().toLowerCase(Locale.ROOT);
        }
        return type.getKind() == TypeKind.DECLARED
                ? ((DeclaredType) type).asElement().toString()
                : type.toString();
    }

    private void refuse(Element at, String message) {
        accepted = false;
        report.accept(at, message);
    }
}
