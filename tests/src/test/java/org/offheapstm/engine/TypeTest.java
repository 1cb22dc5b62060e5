package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.offheapstm.ArrayType;
import org.offheapstm.HistoryPolicy;
import org.offheapstm.ObjectType;
import org.offheapstm.StmOptions;
import org.offheapstm.StmType;

import java.lang.reflect.Field;
import java.util.Collections;
import java.util.List;

/**
 * Goal: a type, or an option, that an engine could not work with is refused where it is made, in
 * words that say what would do. Method: numbers beside each limit, on both sides.
 */
final class TypeTest {
    private static void assertRefused(String parts, Runnable making) {
        String message =
                assertThrows(IllegalArgumentException.class, making::run).getMessage();
        for (String part : parts.split("\\|")) {
            assertTrue(message.contains(part), part + " is not in: " + message);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -8, 0, 7, 12, 8191, 8193, 8200, Integer.MAX_VALUE})
    void payloadThatIsNoNumberOfWordsOrTooLargeIsRefused(int bytes) {
        assertRefused(
                "type refused: name=Odd, payloadBytes=" + bytes
                        + "; use a multiple of 8 from 8 to 8192, or an array",
                () -> ObjectType.of("Odd", bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3, 5, 12, 4097, 4104, Integer.MAX_VALUE})
    void elementThatIsNoNumberOfWordsOrTooLargeIsRefused(int bytes) {
        assertRefused(
                "array type refused: name=Odd, elementBytes=" + bytes
                        + "; use 1, 2, 4 or a multiple of 8 up to 4096",
                () -> ArrayType.of("Odd", bytes));
    }

    @Test
    void smallestAndLargestAreAccepted() {
        assertEquals(8, ObjectType.of("Small", 8).payloadBytes());
        assertEquals(8192, ObjectType.of("Large", ObjectType.MAX_PAYLOAD_BYTES).payloadBytes());
        assertEquals(1, ArrayType.of("Bytes", 1).elementBytes());
        assertEquals(4096, ArrayType.of("Pages", ArrayType.MAX_ELEMENT_BYTES).elementBytes());
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -8, 4, 17, 24, Integer.MAX_VALUE})
    void referenceThatIsNoWordOfThePayloadIsRefused(int offset) {
        String message = "type refused: name=Odd, referenceOffset=" + offset
                + ", bytes=24; a reference is 8 bytes, aligned to 8, inside the payload";
        assertRefused(message, () -> ObjectType.of("Odd", "", 24, 0, offset));
        assertRefused(message, () -> ArrayType.of("Odd", "", 24, 0, offset));
    }

    @Test
    void elementSmallerThanAReferenceHoldsNone() {
        assertRefused("referenceOffset=0, bytes=4", () -> ArrayType.of("Ints", "", 4, 0));
        assertArrayEquals(new int[0], ArrayType.of("Ints", 4).referenceOffsets());
    }

    @Test
    void sameTypeIsMadeOnce() {
        ObjectType type = ObjectType.of("Node", "next", 24, 16, 0);
        assertSame(type, ObjectType.of("Node", "next", 24, 0, 16));
        assertArrayEquals(new int[] {0, 16}, type.referenceOffsets());
        assertTrue(type != ObjectType.of("Node", "other", 24, 0, 16));
    }

    /** Method: the list of all types is filled up with one, and shortened again. */
    @Test
    void typeTooManyIsRefusedAndKnownOnesStay() throws Exception {
        ObjectType known = ObjectType.of("Known", 8);
        ArrayType knownArray = ArrayType.of("Known", 8);
        Field field = Class.forName("org.offheapstm.TypeRegistry").getDeclaredField("TYPES");
        field.setAccessible(true);
        @SuppressWarnings("unchecked")
        List<StmType> types = (List<StmType>) field.get(null);
        int before = types.size();
        types.addAll(Collections.nCopies(StmType.MAX_TYPES - before - 1, known));
        try {
            assertEquals(StmType.MAX_TYPES, ObjectType.of("Last " + before, 8).id());
            String message =
                    "type refused: name=One more, types=16384; define types once, not per" + " use";
            assertEquals(
                    message,
                    assertThrows(IllegalStateException.class, () -> ObjectType.of("One more", 8))
                            .getMessage());
            assertEquals(
                    message,
                    assertThrows(IllegalStateException.class, () -> ArrayType.of("One more", 8))
                            .getMessage());
            assertSame(known, ObjectType.of("Known", 8));
            assertSame(knownArray, ArrayType.of("Known", 8));
        } finally {
            types.subList(before, types.size()).clear();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 1, (64 << 10) - 1})
    void historyLimitBelowTheLeastIsRefused(long bytes) {
        assertRefused(
                "options refused: historyLimitBytes=" + bytes + "; use QUARTER, or 65536 and more",
                () -> StmOptions.DEFAULT.withHistoryLimit(bytes, HistoryPolicy.END_OLDEST));
    }

    @Test
    void historyLimitsAreAccepted() {
        for (long bytes : new long[] {StmOptions.QUARTER, 64 << 10, Long.MAX_VALUE}) {
            assertEquals(
                    bytes,
                    StmOptions.DEFAULT
                            .withHistoryLimit(bytes, HistoryPolicy.DELAY_WRITERS)
                            .historyLimitBytes());
        }
    }
}
