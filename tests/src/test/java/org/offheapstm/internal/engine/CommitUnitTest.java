package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.util.List;

/**
 * Goal: the compiler keeps a commit in a unit of its own. Method: the length of its code is above
 * what HotSpot inlines; nothing else would tell that a shorter commit has become a slower one.
 */
final class CommitUnitTest {
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
