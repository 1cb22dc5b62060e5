package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.offheapstm.ArrayType;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Transaction;
import org.offheapstm.internal.layout.Reference;

/**
 * Goal: that the engine remembers the object and the array used last opens no way around the
 * checks. Method: references that could be taken for its key, after every way in which it is
 * forgotten.
 */
final class LastObjectTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Last words", 8);
    private static final ArrayType OTHER = ArrayType.of("Last other words", 8);

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

    @Test
    void arrayUsedLastIsRefusedOnceFreed() {
        long array = stm.atomicLong(tx -> tx.allocate(WORDS, 4));
        stm.atomic(tx -> {
            tx.setLong(WORDS, array, 1, 0, 7);
            assertEquals(7, tx.getLong(WORDS, array, 1, 0));
            tx.free(WORDS, array);
            refuses(tx, WORDS, array);
        });
        stm.atomic(tx -> refuses(tx, WORDS, array));
    }

    @Test
    void arrayUsedLastIsRefusedAsAnotherType() {
        long array = stm.atomicLong(tx -> tx.allocate(WORDS, 4));
        stm.atomic(tx -> {
            assertEquals(0, tx.getLong(WORDS, array, 1, 0));
            refuses(tx, OTHER, array);
            refuses(tx, WORDS, 0);
        });
        stm.atomic(tx -> refuses(tx, WORDS, 0));
    }

    @Test
    void stripeUsedLastIsNoArray() {
        long array = stm.atomicLong(tx -> tx.allocate(WORDS, 4));
        long stripe = Reference.of(Reference.offset(array) + 32, 0);
        stm.atomic(tx -> {
            assertEquals(0, tx.getLong(WORDS, array, 1, 0));
            refuses(tx, WORDS, stripe);
            tx.setLong(WORDS, array, 1, 0, 7);
            refuses(tx, WORDS, stripe);
            assertThrows(StaleReferenceException.class, () -> tx.setLong(WORDS, stripe, 1, 0, 666));
        });
    }

    @Test
    void arrayThatANestedBlockMadeIsRefusedOnceUndone() {
        stm.atomic(tx -> {
            long[] made = new long[1];
            assertThrows(
                    IllegalStateException.class,
                    () -> tx.nested(inner -> {
                        made[0] = inner.allocate(WORDS, 4);
                        inner.setLong(WORDS, made[0], 1, 0, 7);
                        throw new IllegalStateException("undone");
                    }));
            refuses(tx, WORDS, made[0]);
        });
    }

    @Test
    void arrayUsedInOneTransactionIsReadAnewInTheNext() {
        long array = stm.atomicLong(tx -> tx.allocate(WORDS, 4));
        try (Elsewhere other = new Elsewhere("other")) {
            assertEquals(0, stm.readOnlyLong(tx -> tx.getLong(WORDS, array, 1, 0)));
            other.run(() -> stm.atomic(tx -> tx.free(WORDS, array)));
            stm.openSnapshot().close(); // Ticks: what was freed is older than the next block.
            stm.readOnly(tx -> refuses(tx, WORDS, array));
            other.run(() -> stm.atomic(tx -> tx.setLong(WORDS, tx.allocate(WORDS, 4), 1, 0, 9)));
            stm.openSnapshot().close();
            stm.readOnly(tx -> refuses(tx, WORDS, array));
            stm.atomic(tx -> assertThrows(
                    StaleReferenceException.class, () -> tx.setLong(WORDS, array, 1, 0, 666)));
        }
    }

    private static void refuses(Transaction tx, ArrayType type, long ref) {
        assertThrows(StaleReferenceException.class, () -> tx.getLong(type, ref, 1, 0));
        assertThrows(StaleReferenceException.class, () -> tx.length(type, ref));
    }
}
