package org.offheapstm.internal.engine;

import org.offheapstm.StmType;

import java.nio.ByteOrder;
import java.util.Objects;

/** Bytes in words, in memory order. */
final class ByteRange {
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private ByteRange() {}

    static void check(StmType type, long offset, int length, long bytes, byte[] array, int from) {
        if (offset < 0 || length < 0 || offset > bytes - length) {
            throw Refusal.range(type, offset, length, bytes);
        }
        Objects.checkFromIndexSize(from, length, array.length);
    }

    private static int shift(int at) {
        return 8 * (LITTLE ? at : 7 - at);
    }

    /** Takes bytes out of a word, from this one on, at most so many; returns how many. */
    static int get(long word, int skip, byte[] target, int from, int most) {
        int count = Math.min(8 - skip, most);
        for (int i = 0; i < count; i++) {
            target[from + i] = (byte) (word >>> shift(skip + i));
        }
        return count;
    }

    /** The word with bytes put into it. */
    static long put(long word, int skip, byte[] source, int from, int most) {
        int count = Math.min(8 - skip, most);
        long result = word;
        for (int i = 0; i < count; i++) {
            int shift = shift(skip + i);
            result = result & ~(0xFFL << shift) | (source[from + i] & 0xFFL) << shift;
        }
        return result;
    }
}
