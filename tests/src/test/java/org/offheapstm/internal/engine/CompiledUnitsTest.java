package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Goal: the compiler keeps a commit and a user's body in units of their own, and the keeping of
 * images in that of the commit. Method: the code of a commit is longer than what HotSpot inlines;
 * that of the keeping is not, nor that of its callees, even where they are seldom called; all
 * accesses of both fit HotSpot's nodes; and the handles by which bodies are called are no
 * constants. Nothing else would tell that other code has become slower.
 */
final class CompiledUnitsTest {
    /** The default of HotSpot's FreqInlineSize, in bytes of code. */
    private static final int LONGEST_INLINED = 325;

    /** The default of its MaxInlineSize: what is inlined that is called now and then. */
    private static final int LONGEST_INLINED_IF_RARE = 35;

    /**
     * Accesses in a commit of updates, with all that is inlined into it; four of them are for tests
     * and not compiled, two are seldom come to. Each is 620 nodes, and HotSpot inlines nothing
     * beyond 18,000: with six more, those of a phase of allocations, the last became calls.
     */
    private static final int ACCESSES = 29;

    /**
     * Called from a commit of updates at most now and then, or only by those that allocate, free,
     * merge, or run in hardware.
     */
    private static final Set<String> RARE = Set.of(
            "Commit.lockBirths",
            "Commit.lockAny",
            "Commit.startAgain",
            "Commit.giveUp",
            "Commit.breakTies",
            "Commit.publishOther",
            "Commit.step",
            "Commit.unlock",
            "HardwareCommit.run",
            "Lifecycle.lose",
            "Memory.copyRest",
            "Preservation.freedBytes",
            "Preservation.keepFreed",
            "Preservation.look",
            "Preservation.openRun",
            "ReadSet.stillFresh",
            "WaitRoom.changed",
            "WritePath.giveBackFreed");

    @Test
    void commitIsTooLongToBeInlined() throws IOException {
        int length = codeLength(Commit.class, "run");
        assertTrue(
                length > LONGEST_INLINED,
                "Commit.run has " + length + " bytes of code, " + LONGEST_INLINED
                        + " are inlined; measure own-counter and update-2 before you shorten it");
    }

    @Test
    void keepingOfImagesIsShortEnoughToBeInlined() throws IOException {
        int length = codeLength(Preservation.class, "keep");
        assertTrue(
                length <= LONGEST_INLINED,
                "Preservation.keep has " + length + " bytes of code, " + LONGEST_INLINED
                        + " are inlined; measure the writer beside scans before you lengthen it");
    }

    @Test
    void calleesOnTheWayOfAnImageAreInlinedEvenIfRare() throws IOException {
        Map<String, MethodModel> callees = new TreeMap<>();
        addCallees(method(Preservation.class, "keep"), callees, new TreeSet<>());
        assertTrue(callees.size() > 10, callees.keySet()::toString);
        callees.values().removeIf(callee -> codeLength(callee) <= LONGEST_INLINED_IF_RARE);
        assertEquals(Set.of(), callees.keySet(), "longer than " + LONGEST_INLINED_IF_RARE);
    }

    @Test
    void accessesOfACommitFitTheNodesOfTheCompiler() throws IOException {
        assertEquals(
                ACCESSES,
                accesses(method(Commit.class, "run")),
                "accesses of Commit.run and what is inlined into it; if there are more, look for"
                        + " NodeCountInliningCutoff in what PrintInlining says of it");
    }

    @Test
    void whatIsRareIsCalled() throws IOException {
        Set<String> rare = new TreeSet<>();
        addCallees(method(Commit.class, "run"), new TreeMap<>(), rare);
        assertEquals(new TreeSet<>(RARE), rare);
    }

    @Test
    void bodiesAreCalledByHandlesThatAreNoConstants() {
        List<Field> handles = Arrays.stream(BodyCall.class.getDeclaredFields())
                .filter(field -> field.getType() == MethodHandle.class)
                .toList();
        assertEquals(3, handles.size());
        for (Field handle : handles) {
            assertFalse(
                    Modifier.isFinal(handle.getModifiers()),
                    handle
                            + " is final, so bodies are inlined; measure the scans before you do"
                            + " that");
        }
    }

    private static int codeLength(Class<?> type, String name) throws IOException {
        return codeLength(method(type, name));
    }

    private static int codeLength(MethodModel method) {
        return method.findAttribute(Attributes.code()).orElseThrow().codeLength();
    }

    /** Adds all that is inlined into a method, if everything is that is not rare. */
    private static void addCallees(
            MethodModel method, Map<String, MethodModel> callees, Set<String> rare)
            throws IOException {
        for (InvokeInstruction call : calls(method)) {
            Optional<MethodModel> callee = callee(call);
            if (callee.isEmpty()) {
                continue;
            }
            String name = nameOf(callee.get());
            if (RARE.contains(name)) {
                rare.add(name);
            } else if (callees.put(name + callee.get().methodType(), callee.get()) == null) {
                addCallees(callee.get(), callees, rare);
            }
        }
    }

    private static int accesses(MethodModel method) throws IOException {
        int accesses = 0;
        for (InvokeInstruction call : calls(method)) {
            Optional<MethodModel> callee = callee(call);
            if (callee.isPresent()) {
                accesses += RARE.contains(nameOf(callee.get())) ? 0 : accesses(callee.get());
            } else if (call.owner().asInternalName().equals("java/lang/invoke/VarHandle")) {
                accesses += call.name().stringValue().endsWith("Fence") ? 0 : 1;
            }
        }
        return accesses;
    }

    private static List<InvokeInstruction> calls(MethodModel method) {
        return method.code()
                .orElseThrow()
                .elementStream()
                .filter(InvokeInstruction.class::isInstance)
                .map(InvokeInstruction.class::cast)
                .toList();
    }

    /** What is called, if it is the engine's own and in what is shipped does something. */
    private static Optional<MethodModel> callee(InvokeInstruction call) throws IOException {
        String owner = call.owner().asInternalName();
        while (owner.startsWith("org/offheapstm/internal/") && !owner.endsWith("/Seam")) {
            ClassModel type = parse(owner);
            for (MethodModel each : type.methods()) {
                if (each.methodName().equals(call.name())
                        && each.methodType().equals(call.type())) {
                    return Optional.of(each);
                }
            }
            owner = type.superclass().orElseThrow().asInternalName();
        }
        return Optional.empty();
    }

    private static String nameOf(MethodModel method) {
        String type = method.parent().orElseThrow().thisClass().asInternalName();
        return type.substring(type.lastIndexOf('/') + 1) + "." + method.methodName();
    }

    private static MethodModel method(Class<?> type, String name) throws IOException {
        return parse(type.getName().replace('.', '/')).methods().stream()
                .filter(each -> each.methodName().equalsString(name))
                .max(Comparator.comparingInt(CompiledUnitsTest::codeLength))
                .orElseThrow();
    }

    private static ClassModel parse(String internalName) throws IOException {
        try (InputStream bytes =
                CompiledUnitsTest.class.getResourceAsStream("/" + internalName + ".class")) {
            return ClassFile.of().parse(bytes.readAllBytes());
        }
    }
}
