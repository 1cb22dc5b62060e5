package org.offheapstm.bench.htm.form;

import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.NativeBlock;

/**
 * Objects as the engine lays them out, one after the other in blocks of 32 bytes, in memory taken
 * where the engine takes it: with huge pages if it gets any.
 */
final class Blocks {
    static final int BYTES = 32;
    private static final int HEADER_BYTES = 16;

    private final NativeBlock memory;
    private final int count;

    /**
     * Makes them, and writes to each: in a transaction of the processor a page fault is an abort,
     * and the page would be as absent the next time.
     */
    Blocks(int count) {
        this.count = count;
        memory = NativeBlock.take((long) count * BYTES);
        for (int object = 0; object < count; object++) {
            Memory.set(word(object, 0), 0);
        }
    }

    int count() {
        return count;
    }

    /** Address of the first. */
    long base() {
        return memory.address();
    }

    /** Offset of an object from the first. */
    static long offset(int object) {
        return (long) object * BYTES;
    }

    /** Address of one of an object's two words. */
    long word(int object, int word) {
        return base() + offset(object) + HEADER_BYTES + (long) Long.BYTES * word;
    }
}
