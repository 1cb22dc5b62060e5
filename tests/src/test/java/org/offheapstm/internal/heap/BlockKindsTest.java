package org.offheapstm.internal.heap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.internal.heap.BlockKinds.Kind;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.RunEntry;

import java.util.stream.IntStream;

/**
 * Goal: a block holds what is put into it, and not much more. Method: every length of array that
 * fits a block, for element sizes of every sort; every size of object.
 */
final class BlockKindsTest {
    private final BlockKinds kinds = new BlockKinds(0);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8, 16, 24, 40, 136, 248, 256, 264, 1000, 4088, 4096})
    void arraysFitTheirBlocks(int elementBytes) {
        ArrayType type = ArrayType.of("Array of " + elementBytes, elementBytes);
        long stripe = BlockKinds.stripeBytes(type);
        assertTrue(stripe >= Header.BYTES + (long) type.elementsPerStripe() * elementBytes
                && stripe % 16 == 0);
        for (long length = 0; ; length++) {
            long bytes = BlockKinds.arrayBytes(type, length);
            if (bytes > BlockKinds.MAX_BLOCK_BYTES) {
                assertTrue(length > 2, "the largest element fits a block twice");
                return;
            }
            String what = type.name() + " length=" + length + " bytes=" + bytes;
            assertTrue(bytes >= end(type, length), what + ": the last element is outside");
            Kind kind = kinds.of(type, bytes);
            long block = kind.blockBytes();
            assertTrue(block >= bytes, what + " block=" + block);
            assertTrue(block <= BlockKinds.MAX_BLOCK_BYTES && block % 16 == 0, what);
            // Power-of-two steps and a half between: at most half as much again, and the rounding
            // of one small step.
            long payload = Math.max(bytes - BlockKinds.ARRAY_HEAD_BYTES, 16);
            assertTrue(
                    block - BlockKinds.ARRAY_HEAD_BYTES <= 2 * payload + stripe / 8 + 32,
                    what + ": wasteful block=" + block);
            assertTrue(RunEntry.isBlockStart(kind.entry(), kind.units()));
            assertSame(kind, kinds.byNumber(kind.number()));
        }
    }

    /** Where the last element ends, by the drawing in the class's comment. */
    private static long end(ArrayType type, long length) {
        if (length == 0) {
            return BlockKinds.ARRAY_HEAD_BYTES;
        }
        long stripe = type.stripeOf(length - 1);
        long inStripe = length - stripe * type.elementsPerStripe();
        assertTrue(inStripe >= 1 && inStripe <= type.elementsPerStripe());
        return BlockKinds.ARRAY_HEAD_BYTES
                + stripe * BlockKinds.stripeBytes(type)
                + Header.BYTES
                + inStripe * type.elementBytes();
    }

    @Test
    void objectsFitTheirBlocks() {
        IntStream.iterate(8, bytes -> bytes <= ObjectType.MAX_PAYLOAD_BYTES, bytes -> bytes + 8)
                .forEach(bytes -> {
                    ObjectType type = ObjectType.of("Object of " + bytes, bytes);
                    Kind kind = kinds.of(type);
                    assertTrue(kind.blockBytes() >= Header.BYTES + bytes);
                    assertTrue(kind.blockBytes() >= Header.BYTES + 16, "room for two links");
                    assertEquals(type.blockBytes(), kind.blockBytes());
                    assertSame(kind, kinds.of(type));
                    if (type.startMask() >= 0) {
                        for (int unit = 0; unit < RunEntry.UNITS_PER_RUN; unit++) {
                            assertEquals(
                                    RunEntry.isBlockStart(kind.entry(), unit),
                                    (unit & type.startMask()) == 0);
                        }
                    }
                });
    }

    @Test
    void typesOfOneSizeHaveKindsOfTheirOwn() {
        Kind one = kinds.of(ObjectType.of("One", 8));
        Kind two = kinds.of(ObjectType.of("Two", 8));
        assertNotEquals(one.number(), two.number());
        assertNotEquals(RunEntry.type(one.entry()), RunEntry.type(two.entry()));
    }

    /** Method: types of arrays, each with every size that it can have, until there are too many. */
    @Test
    void kindTooManyIsRefusedAndKnownOnesStay() {
        Kind first = kinds.of(ObjectType.of("One", 8));
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> {
            for (int i = 0; ; i++) {
                ArrayType type = ArrayType.of("Array " + i, 8);
                for (long bytes = 1; bytes <= BlockKinds.MAX_BLOCK_BYTES; bytes += 64) {
                    kinds.of(type, bytes);
                }
            }
        });
        String message = refused.getMessage();
        assertTrue(message.contains("type refused: name=Array "), message);
        assertTrue(message.contains(", kinds=32768; "), message);
        assertEquals(BlockKinds.MAX_KINDS, kinds.count());
        assertSame(first, kinds.of(ObjectType.of("One", 8)));
    }
}
