package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.offheapstm.StaleReferenceException;

/**
 * Goal: that the engine remembers the object used last opens no way around the checks. Method:
 * references that could be taken for its key, after every way in which it is forgotten.
 */
final class LastObjectTest extends EngineTest {
    @Test
    void minusOneIsNoReferenceAfterAnythingElse() {
        long a = cell(1);
        stm.atomic(tx -> {
            long b = tx.allocate(CELL);
            tx.setLong(CELL, b, 0, 7);
        });
        refusesMinusOne();
        stm.atomic(tx -> tx.getLong(CELL, a, 0));
        refusesMinusOne();
        stm.atomic(tx -> {
            assertThrows(
                    IllegalStateException.class,
                    () -> tx.nested(inner -> {
                        inner.setLong(CELL, a, 0, 2);
                        throw new IllegalStateException("undone");
                    }));
            assertThrows(StaleReferenceException.class, () -> tx.setLong(CELL, -1, 0, 666));
            tx.setLong(CELL, a, 0, 3);
            tx.free(CELL, tx.allocate(CELL));
            assertThrows(StaleReferenceException.class, () -> tx.setLong(CELL, -1, 0, 666));
        });
        assertEquals(3, get(a));
    }

    private void refusesMinusOne() {
        for (long ref : new long[] {-1, 0}) {
            assertThrows(
                    StaleReferenceException.class,
                    () -> stm.atomic(tx -> tx.setLong(CELL, ref, 0, 666)));
            assertThrows(
                    StaleReferenceException.class,
                    () -> stm.atomicLong(tx -> tx.getLong(CELL, ref, 0)));
        }
    }
}
