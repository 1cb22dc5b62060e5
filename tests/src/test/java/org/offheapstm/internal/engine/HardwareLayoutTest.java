package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.offheapstm.internal.bindings.StmHtm;
import org.offheapstm.internal.bindings.stm_htm_control;
import org.offheapstm.internal.bindings.stm_htm_entry;
import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.NativeBlock;

/**
 * Goal: the shim's header describes headers, entries and the control line as the engine makes them.
 * Method: each number of the one against that of the other; an entry written here and read there.
 */
final class HardwareLayoutTest {
    @Test
    void headersAreTheSame() {
        assertEquals(Header.LOCK, StmHtm.STM_HTM_LOCK());
        assertEquals(Header.OWNED, StmHtm.STM_HTM_OWNED());
        assertEquals(Header.FREED, StmHtm.STM_HTM_FREED());
        assertEquals(Header.VERSION_SHIFT, StmHtm.STM_HTM_VERSION_SHIFT());
        assertEquals(Header.SLOT_MASK, StmHtm.STM_HTM_SLOT_MASK());
        assertEquals(Header.BYTES, StmHtm.STM_HTM_HEADER_BYTES());
        assertEquals(Header.GENERATION_BITS, StmHtm.STM_HTM_GENERATION_BITS());
        assertEquals(Reference.UNIT, 1 << StmHtm.STM_HTM_UNIT_SHIFT());
    }

    @Test
    void controlLinesAreTheSame() {
        assertEquals(Control.CLOCK, stm_htm_control.clock$offset());
        assertEquals(Control.WAITERS, stm_htm_control.waiters$offset());
        assertEquals(Control.LIVE, stm_htm_control.live$offset());
    }

    @Test
    void kindsOfEntriesAreTheSame() {
        assertEquals(LogEntry.WRITE, StmHtm.STM_HTM_WRITE());
        assertEquals(LogEntry.NEW, StmHtm.STM_HTM_NEW());
        assertEquals(LogEntry.FREE, StmHtm.STM_HTM_FREE());
        assertEquals(LogEntry.DROPPED, StmHtm.STM_HTM_DROPPED());
    }

    @Test
    void entryIsReadAsItIsWritten() {
        NativeBlock block = NativeBlock.take(LogEntry.BYTES);
        long entry = block.address();
        long key = Reference.of(0x7F_FFF0, 0x123456);
        LogEntry.fill(entry, key, 99, 0x3_0008, 4096, LogEntry.FREE);
        long reference = Memory.get(entry + stm_htm_entry.reference$offset());
        long tail = Memory.get(entry + stm_htm_entry.tail$offset());
        long unit = reference >>> StmHtm.STM_HTM_GENERATION_BITS();
        assertEquals(LogEntry.BYTES, stm_htm_entry.sizeof());
        assertEquals(0x7F_FFF0, unit << StmHtm.STM_HTM_UNIT_SHIFT());
        assertEquals(99, Memory.get(entry + stm_htm_entry.expected$offset()));
        assertEquals(0x3_0008, tail >>> StmHtm.STM_HTM_IMAGE_SHIFT());
        assertEquals(4096, tail & StmHtm.STM_HTM_BYTES_MASK());
        assertEquals(LogEntry.FREE, tail & StmHtm.STM_HTM_KIND_MASK());
        block.free();
    }
}
