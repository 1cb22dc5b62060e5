package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;

/**
 * Goal: the compiler keeps a commit, its keeping of images, and a user's body, in units of their
 * own. Method: the code of the first two is longer than what HotSpot inlines, and the handles by
 * which bodies are called are no constants; nothing else would tell that shorter or stricter code
 * has become slower.
 */
final class CompiledUnitsTest {
    /** The default of HotSpot's FreqInlineSize, in bytes of code. */
    private static final int LONGEST_INLINED = 325;

    @ParameterizedTest
    @MethodSource
    void commitIsTooLongToBeInlined(Class<?> step, String method, String measure)
            throws IOException {
        int length = codeLength(step, method);
        assertTrue(
                length > LONGEST_INLINED,
                step.getSimpleName() + "." + method + " has " + length + " bytes of code, "
                        + LONGEST_INLINED + " are inlined; measure " + measure
                        + " before you shorten it");
    }

    static List<Arguments> commitIsTooLongToBeInlined() {
        return List.of(
                Arguments.of(Commit.class, "run", "own-counter and update-2"),
                Arguments.of(Preservation.class, "keep", "the writer beside scans"));
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

    private static int codeLength(Class<?> type, String method) throws IOException {
        try (InputStream bytes = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            List<MethodModel> methods =
                    ClassFile.of().parse(bytes.readAllBytes()).methods();
            return methods.stream()
                    .filter(each -> each.methodName().equalsString(method))
                    .mapToInt(each ->
                            each.findAttribute(Attributes.code()).orElseThrow().codeLength())
                    .max()
                    .orElseThrow();
        }
    }
}
