package org.offheapstm.explore;

import org.offheapstm.Stm;
import org.offheapstm.internal.heap.HistoryBudget;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.NativeBlock;

import java.lang.reflect.Field;

/** What a trace needs to know of an engine that users cannot see: where its words are. */
record Insides(Region region, long control, long controlBytes, Object spans, HistoryBudget budget) {
    static Insides of(Stm stm) {
        NativeBlock control = (NativeBlock) field(stm, "control");
        return new Insides(
                (Region) field(stm, "region"),
                control.address(),
                Control.bytes(stm.options().maxRunning()),
                field(stm, "spans"),
                (HistoryBudget) field(stm, "historyBudget"));
    }

    private static Object field(Stm stm, String name) {
        try {
            Field field = stm.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(stm);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("the engine has a field " + name, e);
        }
    }

    boolean isControl(long address) {
        return address >= control && address < control + controlBytes;
    }

    boolean isRegion(long address) {
        return address >= region.base() && address < region.base() + region.capacityBytes();
    }

    /** The entry of the run that an address of the region is in. */
    long entry(long address) {
        return Memory.get(region.entryAddress(Region.runOf(address - region.base())));
    }

    /** Whether an address is a word of an object, or one that all transactions share. */
    boolean isShared(long address) {
        if (!isRegion(address)) {
            return isControl(address);
        }
        long entry = entry(address);
        return RunEntry.type(entry) > 0 || entry == RunEntry.BODY;
    }

    /** As {@link #isShared}; or a word of the run table, which every access looks at. */
    boolean isSharedOrRunEntry(long address) {
        return isShared(address) || isRegion(address) && entry(address) == RunEntry.TABLE;
    }
}
