package org.offheapstm.bench.contender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.offheapstm.ObjectType;
import org.offheapstm.Stm;
import org.offheapstm.internal.engine.WatchedEngines;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.memory.Memory;

/**
 * Goal: an engine's memory is looked at where it is; and every engine that a test here has used is
 * sound when it is closed, or the test fails. Method: by address; one header is damaged.
 */
final class EngineMemoryTest {
    private static final ObjectType CELL = ObjectType.of("Cell", 8);

    @Test
    void firstWordIsSeenWithoutATransaction() {
        try (Stm stm = Stm.open()) {
            long cell = stm.atomicLong(tx -> tx.allocate(CELL));
            stm.atomic(tx -> tx.setLong(CELL, cell, 0, 7));
            assertEquals(7, EngineMemory.peek(EngineMemory.base(stm), cell));
        }
    }

    @Test
    void damagedHeaderFailsItsTestWhenTheEngineIsClosed() {
        Stm stm = Stm.open();
        long cell = stm.atomicLong(tx -> tx.allocate(CELL));
        long header = EngineMemory.base(stm) + Reference.offset(cell);
        long good = Memory.get(header);
        Memory.set(header, good | Header.LOCK);
        assertThrows(AssertionError.class, stm::close);
        Memory.set(header, good);
        stm.close();
    }

    /** Its class would fail: what is not closed is not verified either. */
    @Test
    void engineThatIsOpenIsWatched() {
        try (Stm stm = Stm.open()) {
            assertEquals(1, WatchedEngines.takeOpen().size(), stm.options()::toString);
        }
    }
}
