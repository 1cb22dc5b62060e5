package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.AtomicBlock;
import org.offheapstm.ObjectType;
import org.offheapstm.StmOptions;
import org.offheapstm.engine.Elsewhere;

/**
 * Goal: an attempt whose rolling back was cut off, because the stack was too full for it, does not
 * go on as if it ran: the thread's next block would be nested in it, and never commit. Method: an
 * attempt is started by hand and left as an overflow in its first or in a later call leaves it.
 */
final class CutOffTest {
    private static final ObjectType CELL = ObjectType.of("Cell", 8);

    private final Engine engine = new Engine(StmOptions.DEFAULT.withCapacityBytes(16L << 20));
    private final Elsewhere other = new Elsewhere("other");

    @AfterEach
    void close() {
        other.close();
        engine.close();
    }

    private long cell() {
        return engine.atomicLong(tx -> tx.allocate(CELL));
    }

    private long getElsewhere(long cell) {
        return other.get(() -> engine.readOnlyLong(tx -> tx.getLong(CELL, cell, 0)));
    }

    /** An attempt that has written and allocated, and failed. */
    private Attempt cutOff(long a) {
        Attempt attempt = engine.slots.current();
        attempt.open(AtomicBlock.ANONYMOUS, false);
        attempt.begin();
        attempt.setLong(CELL, a, 0, 99);
        attempt.allocate(CELL);
        attempt.afterCommit(() -> {
            throw new AssertionError("it has not committed");
        });
        attempt.isCutOff = true;
        return attempt;
    }

    @Test
    void nextBlockIsNotNestedInIt() {
        long a = cell();
        long b = cell();
        cutOff(a);
        engine.atomic(tx -> tx.setLong(CELL, b, 0, 7));
        assertEquals(7, getElsewhere(b));
        assertEquals(0, getElsewhere(a));
        assertEquals(0, engine.atomicLong(tx -> tx.getLong(CELL, a, 0)));
    }

    @Test
    void whatItHasGivenBackDoesNotComeBackTwice() {
        long a = cell();
        Attempt attempt = cutOff(a);
        attempt.nesting.abandonAll();
        long first = cell();
        long second = cell();
        engine.atomic(tx -> tx.setLong(CELL, first, 0, 1));
        engine.atomic(tx -> tx.setLong(CELL, second, 0, 2));
        assertEquals(1, getElsewhere(first));
        assertEquals(2, getElsewhere(second));
    }

    @Test
    void closingRollsItBackToo() {
        cutOff(cell());
        engine.close();
    }
}
