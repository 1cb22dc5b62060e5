package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.offheapstm.ObjectType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Goal: bytes at every alignment are read and written, and no byte beside them. Method: every
 * offset and length in an object of a few words, against an array of bytes.
 */
final class BytesTest extends EngineTest {
    private static final ObjectType FIVE = ObjectType.of("Five words", 40);

    @Test
    void everyOffsetAndLengthOfAnObject() {
        long object = stm.atomicLong(tx -> tx.allocate(FIVE));
        byte[] model = new byte[40];
        byte[] piece = new byte[48];
        byte[] read = new byte[40];
        byte next = 1;
        for (int offset = 0; offset <= 40; offset++) {
            for (int length = 0; length <= 40 - offset; length++) {
                int at = offset;
                int count = length;
                int from = (offset + length) % 8;
                Arrays.fill(piece, from, from + count, next++);
                System.arraycopy(piece, from, model, at, count);
                stm.atomic(tx -> {
                    tx.setBytes(FIVE, object, at, piece, from, count);
                    tx.getBytes(FIVE, object, 0, read, 0, 40);
                });
                assertArrayEquals(model, read, () -> "own, offset=" + at + " length=" + count);
                Arrays.fill(read, (byte) 0);
                stm.readOnly(tx -> tx.getBytes(FIVE, object, at, read, at, count));
                assertArrayEquals(
                        Arrays.copyOfRange(model, at, at + count),
                        Arrays.copyOfRange(read, at, at + count),
                        () -> "committed, offset=" + at + " length=" + count);
            }
        }
    }

    @Test
    void bytesOfAWordAreInTheOrderOfTheMachine() {
        long object = stm.atomicLong(tx -> tx.allocate(FIVE));
        byte[] bytes = new byte[8];
        stm.atomic(tx -> {
            tx.setLong(FIVE, object, 8, 0x0102_0304_0506_0708L);
            tx.getBytes(FIVE, object, 8, bytes, 0, 8);
        });
        assertEquals(
                0x0102_0304_0506_0708L,
                ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getLong());
    }

    @Test
    void partOfAWordIsOfOneSnapshotWithTheRest() {
        long object = stm.atomicLong(tx -> tx.allocate(FIVE));
        stm.atomic(tx -> {
            tx.setBytes(FIVE, object, 0, new byte[] {1}, 0, 1);
            if (tx.attempt() == 1) {
                other.run(() -> stm.atomic(o -> o.setBytes(FIVE, object, 1, new byte[] {2}, 0, 1)));
            }
        });
        byte[] both = new byte[2];
        stm.readOnly(tx -> tx.getBytes(FIVE, object, 0, both, 0, 2));
        assertArrayEquals(new byte[] {1, 2}, both);
    }
}
