package org.offheapstm.struct.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.offheapstm.struct.StructType;
import org.offheapstm.struct.processor.Compilation.Source;

import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Goal: what can be a struct compiles without a warning, with all that javac can say turned on, and
 * serves the next compilation. Method: javac on one of everything, in two packages.
 */
class GeneratedCodeTest {
    private static final String HEAD = "package bank;\nimport org.offheapstm.struct.*;\n";

    @TempDir
    Path output;

    private static final Source EVERYTHING = new Source("Everything", """
        package bank;

        import org.offheapstm.struct.*;

        /** All that a struct may have. */
        @Struct
        public interface Everything {
            /** A constant. */
            int NUMBER = 3;

            /** {@return it} */
            boolean openNow();

            /**
             * Changes it.
             *
             * @param value it
             */
            void openNow(boolean value);

            /** {@return it} */
            long balance();

            /**
             * Changes it.
             *
             * @param value it
             */
            void balance(long value);

            /**
             * Changes it.
             *
             * @param amount what to add
             */
            @Add("balance")
            void deposit(long amount);

            /**
             * {@return one}
             *
             * @param index which
             */
            @Length(NUMBER)
            double scores(int index);

            /**
             * Sets one.
             *
             * @param index which
             * @param value it
             */
            void scores(int index, double value);

            /**
             * Adds to one.
             *
             * @param index which
             * @param delta what
             */
            @Add("scores")
            void score(int index, double delta);

            /** {@return it} */
            @Text(30)
            String owner();

            /**
             * Changes it.
             *
             * @param text it
             */
            void owner(CharSequence text);

            /** {@return it} */
            Inner inner();

            /**
             * {@return one}
             *
             * @param index which
             */
            @Length(2)
            Inner inners(int index);

            /** {@return it} */
            Ref<Later> later();

            /**
             * {@return one}
             *
             * @param index which
             */
            @Length(2)
            Ref<Everything> others(int index);

            /** {@return it} */
            Layout member();

                /** {@return it} */
                town.Street street();

                /** {@return it} */
                Ref<town.Street> way();

            /** {@return something else} */
            default int twice() {
                return 2;
            }

            /** {@return something else} */
            static int thrice() {
                return 3;
            }

            /** A part. */
            @Struct
            interface Inner {
                /** {@return it} */
                char letter();

                /**
                 * Changes it.
                 *
                 * @param value it
                 */
                void letter(char value);
            }
        }
        """);

    /** Declared after it was used, and not public. */
    private static final Source LATER = new Source("Later", """
        package bank;

        import org.offheapstm.struct.*;

        /** Not public. */
        @Struct
        interface Later {
            /** {@return it} */
            Ref<Everything> back();
        }
        """);

    /** Named as a class that the generated file imports, with fields named as methods of a view. */
    private static final Source LAYOUT = new Source("Layout", """
        package bank;

        import org.offheapstm.struct.Struct;

        /** A part. */
        @Struct
        public interface Layout {
            /** {@return it} */
            int index();

            /**
             * Changes it.
             *
             * @param value it
             */
            void index(int value);

            /** {@return it} */
            int object();

            /**
             * Changes it.
             *
             * @param value it
             */
            void object(int value);
        }
        """);

    private static final Source ELSEWHERE = new Source("Street", """
        package town;

        import org.offheapstm.struct.Struct;

        /** In another package. */
        @Struct
        public interface Street {
            /** {@return it} */
            int number();

            /**
             * Changes it.
             *
             * @param value it
             */
            void number(int value);
        }
        """);

    private static final List<Source> ALL = List.of(EVERYTHING, LATER, LAYOUT, ELSEWHERE);

    @Test
    void generatedCodeCompilesWithoutAWarning() throws Exception {
        Compilation run = Compilation.of(output, ALL, "-Xlint:all", "-Xdoclint:all", "-Werror");
        assertEquals(List.of(), run.diagnostics());
        assertEquals(
                List.of(
                        "EverythingStruct.java",
                        "InnerStruct.java",
                        "LaterStruct.java",
                        "LayoutStruct.java",
                        "StreetStruct.java"),
                run.generated());
        assertTrue(Files.readString(output.resolve("bank/EverythingStruct.java"))
                .startsWith("// Generated by " + StructProcessor.class.getName()
                        + " from bank.Everything; do not edit.\npackage bank;\n"));
    }

    /** Names that the generated class uses as well, be it of java.lang or its own. */
    @ParameterizedTest
    @ValueSource(strings = {"W", "V", "Override", "String", "CharSequence", "Deprecated"})
    void anInterfaceMayBeNamedAsWhatTheGeneratedClassUses(String name) {
        String text = HEAD + "@Struct\ninterface " + name + " {\n"
                + "@Text(4) java.lang.String x();\nvoid x(java.lang.CharSequence v);\n"
                + name + ".Inner inner();\nRef<" + name + "> next();\n"
                + "@Struct\ninterface Inner { int y(); void y(int v); }\n}\n";
        Compilation run =
                Compilation.of(output, List.of(new Source(name, text)), "-Xlint:all", "-Werror");
        assertEquals(List.of(), run.diagnostics());
    }

    @Test
    void deprecatedAccessorsAreNoWarningInTheGeneratedClass() {
        String text = HEAD + "/** A. */ @Struct\npublic interface A {\n"
                + "@Deprecated int x();\n@Deprecated void x(int v);\n"
                + "@Deprecated(forRemoval = true) long y();\nvoid y(long v);\n"
                + "@Deprecated @Add(\"y\") void add(long d);\nOld old();\n"
                + "@Deprecated @Struct interface Old { int z(); void z(int v); }\n}\n";
        Compilation run = Compilation.of(
                output, List.of(new Source("A", text)), "-Xlint:all,-deprecation", "-Werror");
        assertEquals(List.of(), run.diagnostics());
        String alone = HEAD + "@Struct\npublic interface B {\n"
                + "@Deprecated int x();\n@Deprecated void x(int v);\n}\n";
        run = Compilation.of(output, List.of(new Source("B", alone)), "-Xlint:all", "-Werror");
        assertEquals(List.of(), run.diagnostics());
    }

    @Test
    void aGeneratedClassIsAsVisibleAsItsInterfaceAndHasItsSize() throws Exception {
        Compilation.of(output, ALL);
        URL[] path = {output.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(path, getClass().getClassLoader())) {
            Class<?> everything = loader.loadClass("bank.EverythingStruct");
            StructType<?> type = (StructType<?>) everything.getField("TYPE").get(null);
            assertEquals(128, type.object().payloadBytes());
            assertTrue(Modifier.isPublic(everything.getModifiers()));
            assertFalse(Modifier.isPublic(loader.loadClass("bank.LaterStruct").getModifiers()));
        }
    }

    @Test
    void theNextCompilationMayUseTheClassesOfThisOne() {
        Compilation.of(output, ALL);
        String text =
                HEAD + "@Struct\ninterface A {\nEverything e();\n@Length(2) Layout f(int i);\n"
                        + "Ref<Later> g();\n}\n";
        Compilation run =
                Compilation.of(output, List.of(new Source("A", text)), "-Xlint:all", "-Werror");
        assertEquals(List.of(), run.diagnostics());
    }
}
