package org.offheapstm.bench.htm.form;

import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.NativeBlock;

/** A word in native memory, so that C and Java can look at it alike: not 0 when a slice is over. */
final class Stop {
    private final NativeBlock block = NativeBlock.take(NativeBlock.ALIGNMENT);

    long address() {
        return block.address();
    }

    void clear() {
        Memory.setVolatile(address(), 0);
    }

    void set() {
        Memory.setVolatile(address(), 1);
    }

    boolean isSet() {
        return Memory.getAcquire(address()) != 0;
    }
}
