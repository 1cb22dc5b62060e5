package org.offheapstm.internal.engine;

import org.offheapstm.ObjectType;

import java.util.Objects;

/** Consecutive words of an object. */
final class WordRange {
    private WordRange() {}

    static void check(ObjectType type, int offset, int count, long[] array, int from) {
        Objects.checkFromIndexSize(from, count, array.length);
        if ((offset & 7) != 0) {
            throw Refusal.offset(type, offset);
        }
        if (offset < 0 || count > (type.payloadBytes() - offset) / Long.BYTES) {
            throw Refusal.range(type, offset, 8L * count, type.payloadBytes());
        }
    }
}
