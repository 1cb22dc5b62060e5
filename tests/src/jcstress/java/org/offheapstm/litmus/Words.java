package org.offheapstm.litmus;

import org.offheapstm.explore.Ordering;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.NativeBlock;

import java.util.concurrent.atomic.AtomicLong;

/** Words for the states of litmus tests: a ring, much longer than states live at once. */
final class Words {
    private static final int RUNS = 1 << 18;
    private static final NativeBlock BLOCK = NativeBlock.take(RUNS * Ordering.BYTES);
    private static final AtomicLong NEXT = new AtomicLong();

    private Words() {}

    /** The address of words that are zero. */
    static long take() {
        long at = BLOCK.address() + NEXT.getAndIncrement() % RUNS * Ordering.BYTES;
        Memory.zero(at, (int) Ordering.BYTES);
        return at;
    }
}
