package org.offheapstm.struct.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.offheapstm.struct.processor.Compilation.Source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import javax.tools.Diagnostic;

/**
 * Goal: what cannot be a struct is refused by the compiler where it stands. Method: javac on
 * sources in memory; the marked line is the one that the error must name.
 */
class RefusalTest {
    private static final String HEAD = "package bank;\nimport org.offheapstm.struct.*;\n";

    @TempDir
    Path output;

    /** An interface that is refused: what the message says, and the source. */
    record Refusal(String message, String source) {
        @Override
        public String toString() {
            return message;
        }
    }

    /** The body of an interface that is refused. */
    private static Refusal body(String message, String body) {
        return new Refusal(message, "@Struct\ninterface A {\n" + body + "\n}\n");
    }

    static List<Refusal> refusals() {
        return List.of(
                new Refusal("is not an interface", "@Struct\nclass A { //!\n}\n"),
                new Refusal("is not an interface", "@Struct\nrecord A(int x) { //!\n}\n"),
                new Refusal(
                        "extends java.lang.Runnable",
                        "@Struct\n"
                                + "interface A extends Runnable { //!\n"
                                + "int x();\n"
                                + "void x(int v);\n"
                                + "}\n"),
                new Refusal(
                        "has type parameters",
                        "@Struct\ninterface A<T> { //!\nint x();\nvoid x(int v);\n}\n"),
                new Refusal(
                        "is private",
                        "class O {\n"
                                + "@Struct\n"
                                + "private interface A { //!\n"
                                + "int x();\n"
                                + "void x(int v);\n"
                                + "}\n"
                                + "}\n"),
                new Refusal(
                        "is sealed",
                        "@Struct\n"
                                + "sealed interface A permits B { //!\n"
                                + "int x();\n"
                                + "void x(int v);\n"
                                + "}\n"
                                + "non-sealed interface B extends A {}\n"),
                new Refusal("has no fields", "@Struct\ninterface A { //!\n}\n"),
                body("type=java.lang.Integer", "Integer x(); //!\nvoid x(Integer v);"),
                body("type=int[]", "int[] x(); //!\nvoid x(int[] v);"),
                body("type=java.lang.Runnable", "Runnable x(); //!"),
                body(
                        "type=org.offheapstm.struct.Ref<java.lang.Runnable>",
                        "Ref<Runnable> x(); //!"),
                body("type=org.offheapstm.struct.Ref<?>", "Ref<?> x(); //!"),
                body("say with @Text", "String x(); //!\nvoid x(CharSequence v);"),
                body("@Text is for String", "@Text(4) int x(); //!\nvoid x(int v);"),
                body("limit=0", "@Text(0) String x(); //!\nvoid x(CharSequence v);"),
                body("length=0", "@Length(0) int x(int i); //!\nvoid x(int i, int v);"),
                body("say with @Length", "int x(int i); //!\nvoid x(int i, int v);"),
                body("a row takes an int index", "@Length(2) int x(); //!\nvoid x(int v);"),
                body(
                        "a row takes an int index",
                        "@Length(2) int x(long i); //!\nvoid x(long i, int v);"),
                body("a getter takes none", "int x(long i); //!\nvoid x(long i, int v);"),
                body("it has no setter, declare void x(int)", "int x(); //!"),
                body(
                        "declare void x(int,java.lang.CharSequence)",
                        "@Length(2) @Text(4) String x(int i); //!"),
                body("it has a setter only", "int y();\nvoid y(int v);\nvoid x(int v); //!"),
                body("goes with the getter is void x(int)", "int x();\nvoid x(long v); //!"),
                body(
                        "goes with the getter is void x(java.lang.CharSequence)",
                        "@Text(4) String x();\nvoid x(String v); //!"),
                body(
                        "stand at the getter",
                        "@Text(4) String x();\n@Text(4) void x(CharSequence v); //!"),
                body("two getters", "int x();\n@Length(2) int x(long i); //!\nvoid x(int v);"),
                body("two setters", "int x();\nvoid x(int v);\nvoid x(long v); //!"),
                body("the generated class has that name", "int ref(); //!\nvoid ref(int v);"),
                body("constant=TYPE", "int type(); //!\nvoid type(int v);"),
                body("constant=TYPE", "int TYPE(); //!\nvoid TYPE(int v);"),
                body(
                        "method=ref(); the generated class has that name",
                        "int x();\nvoid x(int v);\ndefault long ref() { return 42; } //!"),
                body(
                        "constant=X_Y",
                        "int xY();\nvoid xY(int v);\nint x_y(); //!\nvoid x_y(int v);"),
                body("drop the setter", "Ref<A> x();\nvoid x(Ref<A> v); //!"),
                body(
                        "end=8193 bytes",
                        "@Length(1024) long x(int i);\nvoid x(int i, long v);\n"
                                + "byte y(); //!\nvoid y(byte v);"),
                body("inside=[bank.A]; a struct cannot hold itself, use Ref<A>", "A x(); //!"),
                new Refusal(
                        "inside=[bank.A, bank.B]",
                        "@Struct\n"
                                + "interface A {\n"
                                + "B b();\n"
                                + "}\n"
                                + "@Struct\n"
                                + "interface B {\n"
                                + "A a(); //!\n"
                                + "}\n"),
                body(
                        "name a long or double field",
                        "int x();\nvoid x(int v);\n@Add(\"x\") void add(int d); //!"),
                body(
                        "name a long or double field",
                        "long x();\nvoid x(long v);\n@Add(\"y\") void add(long d); //!"),
                body(
                        "declare void add(long)",
                        "long x();\nvoid x(long v);\n@Add(\"x\") void add(int d); //!"),
                body(
                        "declare void add(long)",
                        "long x();\nvoid x(long v);\n@Add(\"x\") long add(long d); //!"),
                body(
                        "declare void add(int,double)",
                        "@Length(2) double x(int i);\n"
                                + "void x(int i, double v);\n"
                                + "@Add(\"x\") void add(double d); //!"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void isRefusedWhereItStands(Refusal refusal) throws IOException {
        String text = HEAD + refusal.source;
        Compilation run = Compilation.of(output, List.of(new Source("A", text)));
        List<String> lines = text.lines().toList();
        List<Diagnostic<?>> said = List.copyOf(run.diagnostics());
        assertTrue(
                said.stream()
                        .anyMatch(d -> d.getKind() == Diagnostic.Kind.ERROR
                                && d.getMessage(null).contains(refusal.message)
                                && lines.get((int) d.getLineNumber() - 1).contains("//!")),
                () -> "not said at its line: " + said);
        assertFalse(run.generated().contains("AStruct.java"), "generated all the same");
    }

    @Test
    void oneCompilationShowsAllThatIsWrong() {
        String text = HEAD + "@Struct\ninterface A {\nint x();\nString y();\nvoid z(int v);\n}\n";
        Compilation run = Compilation.of(output, List.of(new Source("A", text)));
        assertEquals(3, run.diagnostics().size(), run.diagnostics().toString());
    }

    @Test
    void twoStructsOfOneGeneratedNameAreRefused() {
        String text = HEAD + "class O {\n@Struct interface A { int x(); void x(int v); }\n}\n"
                + "class P {\n@Struct interface A { int x(); void x(int v); }\n}\n";
        Compilation run = Compilation.of(output, List.of(new Source("O", text)));
        assertTrue(
                run.diagnostics().stream()
                        .anyMatch(
                                d -> d.getMessage(null).contains("two structs of one simple name")),
                run.diagnostics().toString());
    }
}
