package org.offheapstm.bench.contender;

import org.offheapstm.Stm;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.memory.Memory;

import java.lang.reflect.Field;

/** Looks at an engine's objects where they are, by reflection and by no protocol: no user shall. */
public final class EngineMemory {
    private EngineMemory() {}

    /** Address of an engine's offset 0. */
    public static long base(Stm stm) {
        try {
            Field region = stm.getClass().getDeclaredField("region");
            region.setAccessible(true);
            return ((Region) region.get(stm)).base();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("the engine keeps its region elsewhere", e);
        }
    }

    /** The first word of an object's payload, whoever is changing it. */
    public static long peek(long base, long object) {
        return Memory.getOpaque(base + Header.BYTES + Reference.offset(object));
    }
}
