package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

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
 * Goal: the compiler keeps a commit and a user's body in units of their own, and the keeping of
 * images in that of the commit. Method: the code of a commit is longer than what HotSpot inlines,
 * that of the keeping is not, and the handles by which bodies are called are no constants; nothing
 * else would tell that other code has become slower.
 */
final class CompiledUnitsTest {
    /** The default of HotSpot's FreqInlineSize, in bytes of code. */
    private static final int LONGEST_INLINED = 325;

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
