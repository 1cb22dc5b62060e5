package org.offheapstm.struct;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * Goal: narrow values lie where memory has them, in both byte orders. Method: ByteBuffer as the
 * judge.
 */
class WordTest {
    @Test
    void shiftFindsTheBytesThatMemoryHas() {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
            ByteBuffer memory =
                    ByteBuffer.allocate(8).order(order).putLong(0, 0x0123_4567_89ab_cdefL);
            for (int bytes = 1; bytes <= 4; bytes *= 2) {
                for (int offset = 0; offset < 8; offset += bytes) {
                    long expected = switch (bytes) {
                        case 1 -> memory.get(offset) & 0xffL;
                        case 2 -> memory.getShort(offset) & 0xffffL;
                        default -> memory.getInt(offset) & 0xffff_ffffL;
                    };
                    int shift = Word.shift(order == ByteOrder.LITTLE_ENDIAN, offset, bytes);
                    long found = memory.getLong(0) >>> shift & -1L >>> 64 - 8 * bytes;
                    assertEquals(
                            expected, found, order + ", bytes " + bytes + ", offset " + offset);
                }
            }
        }
    }

    @Test
    void insertChangesItsBytesOnly() {
        Random random = new Random(42);
        ByteBuffer memory = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        for (int i = 0; i < 1_000; i++) {
            int bytes = 1 << random.nextInt(4);
            int offset = random.nextInt(8 / bytes) * bytes;
            long value = random.nextLong();
            long before = memory.getLong(0);
            switch (bytes) {
                case 1 -> memory.put(offset, (byte) value);
                case 2 -> memory.putShort(offset, (short) value);
                case 4 -> memory.putInt(offset, (int) value);
                default -> memory.putLong(offset, value);
            }
            assertEquals(
                    memory.getLong(0),
                    Word.insert(before, offset, bytes, value),
                    bytes + " at " + offset);
        }
    }
}
