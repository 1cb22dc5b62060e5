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

/**
 * Goal: the compiler keeps a commit and a user's body in units of their own, and the keeping of
 * images in that of the commit. Method: the code of a commit is longer than what HotSpot inlines,
 * that of the keeping is not, all accesses of both fit HotSpot's nodes, and the handles by which
 * bodies are called are no constants; nothing else would tell that other code has become slower.
 */
final class CompiledUnitsTest {
    /** The default of HotSpot's FreqInlineSize, in bytes of code. */
    private static final int LONGEST_INLINED = 325;

    /** The default of its MaxInlineSize: what is inlined that is called now and then. */
    private static final int LONGEST_INLINED_IF_RARE = 35;

    /**
     * Accesses in a commit with all that is inlined into it, five of which are for tests and not
     * compiled. Each is 620 nodes, and HotSpot inlines nothing beyond 18,000: with six more the
     * last ones became calls.
     */
    private static final int MOST_ACCESSES = 27;

    /** Called from a commit, but not on the way of an update and its image. */
    private static final Set<String> RARE = Set.of(
            "Commit.lockBirths",
            "Commit.lockAny",
            "Commit.startAgain",
            "Commit.giveUp",
            "Commit.breakTies",
            "Commit.publishOther",
            "Commit.step",
            "HardwareCommit.run",
            "Memory.copyRest",
            "Preservation.freedBytes",
            "Preservation.keepFreed",
            "Preservation.look",
            "Preservation.openRun",
            "ReadSet.validateLocked",
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
        addCallees(method(Preservation.class, "keep"), callees);
        assertTrue(callees.containsKey("Memory.copyPayload"), callees.keySet()::toString);
        callees.values().removeIf(callee -> codeLength(callee) <= LONGEST_INLINED_IF_RARE);
        assertEquals(Set.of(), callees.keySet(), "longer than " + LONGEST_INLINED_IF_RARE);
    }

    @Test
    void accessesOfACommitFitTheNodesOfTheCompiler() throws IOException {
        int accesses = accesses(method(Commit.class, "run"));
        assertTrue(
                accesses <= MOST_ACCESSES,
                "Commit.run and what is inlined into it have " + accesses + " accesses, "
                        + MOST_ACCESSES + " are known to fit; look for NodeCountInliningCutoff in"
                        + " what PrintInlining says of it before you allow more");
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

    /** All that is inlined into a method, if everything is that is not {@link #RARE}. */
    private static void addCallees(MethodModel method, Map<String, MethodModel> callees)
            throws IOException {
        for (InvokeInstruction call : calls(method)) {
            Optional<MethodModel> callee = callee(call);
            if (callee.isPresent() && callees.put(nameOf(callee.get()), callee.get()) == null) {
                addCallees(callee.get(), callees);
            }
        }
    }

    private static int accesses(MethodModel method) throws IOException {
        int accesses = 0;
        for (InvokeInstruction call : calls(method)) {
            Optional<MethodModel> callee = callee(call);
            boolean isFence = call.name().stringValue().endsWith("Fence");
            boolean isAccess = call.owner().asInternalName().equals("java/lang/invoke/VarHandle");
            accesses += callee.isPresent() ? accesses(callee.get()) : isAccess && !isFence ? 1 : 0;
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

    /** What is called, if it is the engine's own and not {@link #RARE}. */
    private static Optional<MethodModel> callee(InvokeInstruction call) throws IOException {
        String owner = call.owner().asInternalName();
        while (owner.startsWith("org/offheapstm/internal/") && !owner.endsWith("/Seam")) {
            ClassModel type = parse(owner);
            for (MethodModel each : type.methods()) {
                if (each.methodName().equals(call.name())
                        && each.methodType().equals(call.type())) {
                    return Optional.of(each).filter(found -> !RARE.contains(nameOf(found)));
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
