package org.offheapstm.tests.tidy;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.VarHandle;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Goal: a room of the module imports lower rooms only, so that each can be understood without those
 * above it. Method: the drawing of the rooms as rules over the classes of the engine's jar; and
 * each rule over a few lines that break it, so that no rule passes because it means nothing.
 */
final class LayeringTest {
    private static final JavaClasses ENGINE =
            new ClassFileImporter().importUrl(EngineJar.location());

    /** From the bottom up; a room may use itself, {@code java.*}, and what it names here. */
    private enum Room {
        ROOT("org.offheapstm", none()),
        MEMORY("org.offheapstm.internal.memory..", exceptionsOf(ROOT)),
        LAYOUT("org.offheapstm.internal.layout..", in(ROOT, MEMORY)),
        HEAP("org.offheapstm.internal.heap..", in(ROOT, MEMORY, LAYOUT)),
        BINDINGS("org.offheapstm.internal.bindings..", none()),
        HTM("org.offheapstm.internal.htm..", in(MEMORY, BINDINGS)),
        ENGINE("org.offheapstm.internal.engine..", in(ROOT, MEMORY, LAYOUT, HEAP, HTM)),
        STRUCT("org.offheapstm.struct..", in(ROOT).or(annotationProcessing())),
        COLLECTION("org.offheapstm.collection..", in(ROOT, STRUCT));

        final String packages;
        final ArchRule importsOnlyLowerRooms;

        Room(String packages, DescribedPredicate<JavaClass> lower) {
            this.packages = packages;
            importsOnlyLowerRooms = classes()
                    .that()
                    .resideInAPackage(packages)
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAnyPackage(packages, "java..").or(lower))
                    .allowEmptyShould(true)
                    .because("a room imports lower rooms only; move the code to where it may, or"
                            + " redraw the rooms in LayeringTest and in the package-info of both");
        }

        private static DescribedPredicate<JavaClass> none() {
            return describe("none", type -> false);
        }

        private static DescribedPredicate<JavaClass> in(Room... rooms) {
            return resideInAnyPackage(
                    Arrays.stream(rooms).map(room -> room.packages).toArray(String[]::new));
        }

        private static DescribedPredicate<JavaClass> exceptionsOf(Room room) {
            return resideInAPackage(room.packages).and(assignableTo(Throwable.class));
        }

        private static DescribedPredicate<JavaClass> annotationProcessing() {
            return resideInAnyPackage(
                    "javax.annotation.processing..", "javax.lang.model..", "javax.tools..");
        }
    }

    private static final ArchRule EVERY_CLASS_HAS_A_ROOM = classes()
            .should()
            .resideInAnyPackage(
                    Arrays.stream(Room.values()).map(room -> room.packages).toArray(String[]::new))
            .because("what is in no room may import anything; add the room to LayeringTest");

    private static final ArchRule ONLY_THE_MEMORY_ROOM_TOUCHES_MEMORY = noClasses()
            .that()
            .resideOutsideOfPackages(
                    Room.MEMORY.packages, Room.BINDINGS.packages, Room.HTM.packages)
            .should()
            .accessClassesThat(assignableTo(VarHandle.class)
                    .or(assignableTo(MemorySegment.class))
                    .or(assignableTo(SegmentAllocator.class))
                    .or(assignableTo(Arena.class))
                    .or(assignableTo(Linker.class))
                    .or(assignableTo(SymbolLookup.class)))
            .because("one room holds every access to shared words, so that a test can watch them"
                    + " all, and every restricted method but those that call the shim; go through"
                    + " internal.memory");

    @ParameterizedTest
    @EnumSource
    void roomImportsOnlyLowerRooms(Room room) {
        room.importsOnlyLowerRooms.check(ENGINE);
    }

    @Test
    void everyClassHasARoom() {
        EVERY_CLASS_HAS_A_ROOM.check(ENGINE);
    }

    @Test
    void onlyTheMemoryRoomTouchesMemory() {
        ONLY_THE_MEMORY_ROOM_TOUCHES_MEMORY.check(ENGINE);
    }

    /** A class that breaks one rule: the rule, where the class is, its name, and its body. */
    private record Breach(ArchRule rule, String inPackage, String name, String body) {
        static Breach upward(Room room, String name, String used) {
            return new Breach(
                    room.importsOnlyLowerRooms,
                    room.packages.replace("..", ""),
                    name,
                    used + " x;");
        }

        static Breach touch(String name, String body) {
            return new Breach(
                    ONLY_THE_MEMORY_ROOM_TOUCHES_MEMORY,
                    "org.offheapstm.internal.heap",
                    name,
                    body);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static List<Breach> breaches() {
        return List.of(
                Breach.upward(Room.ROOT, "RootUsesStruct", "org.offheapstm.struct.Text"),
                Breach.upward(Room.ROOT, "RootUsesHeap", "org.offheapstm.internal.heap.Block"),
                Breach.upward(Room.ROOT, "RootUsesAnotherModule", "javax.tools.Tool"),
                Breach.upward(Room.MEMORY, "MemoryUsesContract", "org.offheapstm.Plain"),
                Breach.upward(Room.LAYOUT, "LayoutUsesHeap", "org.offheapstm.internal.heap.Block"),
                Breach.upward(Room.HEAP, "HeapUsesEngine", "org.offheapstm.internal.engine.Step"),
                Breach.upward(Room.BINDINGS, "BindingUsesPlain", "org.offheapstm.Plain"),
                Breach.upward(Room.HTM, "ShimUsesEngine", "org.offheapstm.internal.engine.Step"),
                Breach.upward(Room.ENGINE, "EngineUsesStruct", "org.offheapstm.struct.Text"),
                Breach.upward(Room.STRUCT, "StructUsesHeap", "org.offheapstm.internal.heap.Block"),
                Breach.upward(
                        Room.STRUCT, "StructUsesCollection", "org.offheapstm.collection.Tree"),
                Breach.upward(
                        Room.COLLECTION, "TreeUsesHeap", "org.offheapstm.internal.heap.Block"),
                new Breach(EVERY_CLASS_HAS_A_ROOM, "org.offheapstm.internal", "Homeless", "int x;"),
                Breach.touch("Fence", "void f() { java.lang.invoke.VarHandle.fullFence(); }"),
                Breach.touch("FenceByName", "Runnable r = java.lang.invoke.VarHandle::fullFence;"),
                Breach.touch(
                        "Handle", "void f(java.lang.invoke.VarHandle h) { h.setRelease(1L); }"),
                Breach.touch(
                        "Segment",
                        "byte f(java.lang.foreign.MemorySegment s) {"
                                + " return s.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0); }"),
                Breach.touch(
                        "Restricted",
                        "Object f(java.lang.foreign.MemorySegment s) { return s.reinterpret(8); }"),
                Breach.touch(
                        "Downcall",
                        "Object f(java.lang.foreign.FunctionDescriptor d) { return"
                                + " java.lang.foreign.Linker.nativeLinker().downcallHandle(d); }"),
                Breach.touch("Taking", "Object o = java.lang.foreign.Arena.ofAuto().allocate(8);"));
    }

    /** All breaches, and the small classes that they name. */
    private static JavaClasses broken;

    @BeforeAll
    static void compileBreaches(@TempDir Path target) {
        Stream<JavaFileObject> named = Stream.of(
                source("org.offheapstm", "Plain", "public class Plain {}"),
                source("org.offheapstm", "Refused", "public class Refused extends Error {}"),
                source("org.offheapstm.struct", "Text", "public class Text {}"),
                source("org.offheapstm.collection", "Tree", "public class Tree {}"),
                source("org.offheapstm.internal.heap", "Block", "public class Block {}"),
                source("org.offheapstm.internal.engine", "Step", "public class Step {}"),
                source("org.offheapstm.internal.memory", "Right", RIGHT));
        Stream<JavaFileObject> breaking = breaches().stream()
                .map(each -> source(
                        each.inPackage, each.name, "class " + each.name + " {" + each.body + "}"));
        StringWriter complaints = new StringWriter();
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        complaints,
                        null,
                        null,
                        List.of("-d", target.toString(), "-proc:none", "-cp", ""),
                        null,
                        Stream.concat(named, breaking).toList())
                .call();
        assertTrue(compiled, complaints::toString);
        broken = new ClassFileImporter().importPath(target);
    }

    /** Breaks no rule, though it is full of what others may not do. */
    private static final String RIGHT = """
        class Right {
            org.offheapstm.Refused thrown;
            void fence() { java.lang.invoke.VarHandle.fullFence(); }
        }\
        """;

    private static JavaFileObject source(String inPackage, String name, String text) {
        URI place = URI.create("string:///" + inPackage.replace('.', '/') + "/" + name + ".java");
        return new SimpleJavaFileObject(place, JavaFileObject.Kind.SOURCE) {
            @Override
            public String getCharContent(boolean ignoreEncodingErrors) {
                return "package " + inPackage + "; " + text;
            }
        };
    }

    @ParameterizedTest
    @MethodSource("breaches")
    void breachIsRefused(Breach breach) {
        List<String> refused = breach.rule.evaluate(broken).getFailureReport().getDetails();
        assertTrue(
                refused.stream()
                        .anyMatch(detail -> detail.contains("." + breach.name + ".")
                                || detail.contains("." + breach.name + ">")),
                refused::toString);
    }

    @Test
    void memoryRoomMayTouchMemoryAndThrowExceptionsOfTheContract() {
        JavaClasses right = broken.that(simpleName("Right"));
        Room.MEMORY.importsOnlyLowerRooms.check(right);
        EVERY_CLASS_HAS_A_ROOM.check(right);
        ONLY_THE_MEMORY_ROOM_TOUCHES_MEMORY.allowEmptyShould(true).check(right);
    }
}
