package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.offheapstm.engine.NestingTest.undone;

import org.junit.jupiter.api.Test;
import org.offheapstm.AbortCause;
import org.offheapstm.Transaction;

/**
 * Goal: what an undone nested block learned is still true when the outer one commits. Method: the
 * nested block carries a value out; another thread changes it; the outer one writes it down.
 */
final class NestedReadTest extends EngineTest {
    @Test
    void readOfAnUndoneBlockCounts() {
        conflictsAfterUndone((inner, a) -> inner.getLong(CELL, a, 0));
    }

    @Test
    void readOfWhatAnUndoneBlockWroteCounts() {
        conflictsAfterUndone((inner, a) -> {
            inner.setLong(CELL, a, 0, inner.getLong(CELL, a, 0) + 1);
            return inner.getLong(CELL, a, 0) - 1;
        });
    }

    @Test
    void readOfWhatAnUndoneBlockFreedCounts() {
        conflictsAfterUndone((inner, a) -> {
            long value = inner.getLong(CELL, a, 0);
            inner.free(CELL, a);
            return value;
        });
    }

    @Test
    void readOfWhatAnUndoneBlockMergedCounts() {
        conflictsAfterUndone((inner, a) -> {
            inner.addLong(CELL, a, 0, 5);
            return inner.getLong(CELL, a, 0) - 5;
        });
    }

    private interface Learning {
        long from(Transaction inner, long a);
    }

    private void conflictsAfterUndone(Learning learning) {
        long a = cell(1);
        long b = cell(0);
        stm.atomic(tx -> {
            long[] learned = {0};
            undone(tx, inner -> learned[0] = learning.from(inner, a));
            if (tx.attempt() == 1) {
                setElsewhere(a, 2);
            }
            tx.setLong(CELL, b, 0, learned[0]);
        });
        assertEquals(2, get(b), "committed what was no longer true");
        assertOneConflict(AbortCause.READ_CONFLICT);
    }

    @Test
    void undoneReadOfAnObjectMergedOutsideCounts() {
        long a = cell(1);
        long b = cell(0);
        stm.atomic(tx -> {
            tx.addLong(CELL, a, 0, 10);
            long[] learned = {0};
            undone(tx, inner -> learned[0] = inner.getLong(CELL, a, 0));
            if (tx.attempt() == 1) {
                setElsewhere(a, 2);
            }
            tx.setLong(CELL, b, 0, learned[0]);
        });
        assertEquals(12, get(a));
        assertEquals(12, get(b), "committed what was no longer true");
    }

    @Test
    void outerReadOfAnObjectThatAnUndoneBlockWroteCounts() {
        long a = cell(1);
        long b = cell(0);
        stm.atomic(tx -> {
            long seen = tx.getLong(CELL, a, 0);
            undone(tx, inner -> inner.setLong(CELL, a, 0, 9));
            if (tx.attempt() == 1) {
                setElsewhere(a, 2);
            }
            tx.setLong(CELL, b, 0, seen);
        });
        assertEquals(2, get(b));
    }
}
