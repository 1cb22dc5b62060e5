package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.ArrayType;
import org.offheapstm.MisuseException;
import org.offheapstm.ObjectType;
import org.offheapstm.Pin;
import org.offheapstm.StmType;
import org.offheapstm.Transaction;
import org.offheapstm.TxAction;
import org.offheapstm.tests.Garbage;

/**
 * Goal: a scratch object exists after its block only if something that was published leads to it,
 * and costs nothing if not. Method: small graphs, made in one block; memory and headers compared.
 */
final class ScratchTest extends EngineTest {
    private static final ObjectType NODE = ObjectType.of("Node", 24, 0, 8);
    private static final ObjectType PLAIN = ObjectType.of("Plain", 8, StmType.NO_REFERENCES);
    private static final ArrayType REFERENCES = ArrayType.of("References", 8, 0);
    private static final ArrayType PAIRS = ArrayType.of("Pairs", 16, 8);

    private long[] made;

    private boolean[] exist(StmType... types) {
        boolean[] found = new boolean[types.length];
        for (int i = 0; i < types.length; i++) {
            found[i] = exists(types[i], made[i]);
        }
        return found;
    }

    private void assertExist(StmType type, boolean... expected) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], exists(type, made[i]), "object " + i);
        }
    }

    @Test
    void whatNothingLeadsToHasNeverExisted() {
        stm.atomic(tx -> {
            made = new long[] {tx.allocateScratch(NODE), tx.allocateScratch(NODE)};
            tx.setLong(NODE, made[0], 0, made[1]);
            tx.setLong(NODE, made[1], 0, made[0]);
            assertEquals(made[1], tx.getLong(NODE, made[0], 0));
        });
        assertExist(NODE, false, false);
        assertEquals(0, stm.verify().objects());
    }

    @Test
    void whatIsWrittenObjectsLeadToLives() {
        long old = stm.atomicLong(tx -> tx.allocate(NODE));
        stm.atomic(tx -> {
            made = new long[] {
                tx.allocateScratch(NODE), tx.allocateScratch(NODE), tx.allocateScratch(NODE)
            };
            tx.setLong(NODE, made[0], 8, made[1]);
            tx.setLong(NODE, made[2], 0, made[1]); // From one that nothing leads to.
            tx.setLong(NODE, old, 8, made[0]);
        });
        assertExist(NODE, true, true, false);
        assertEquals(made[1], stm.readOnlyLong(tx -> tx.getLong(NODE, made[0], 8)));
    }

    @Test
    void whatNewObjectsLeadToLives() {
        stm.atomic(tx -> {
            made = new long[] {tx.allocateScratch(NODE), tx.allocateScratch(NODE)};
            tx.setLong(NODE, tx.allocate(NODE), 0, made[0]);
            tx.setLong(NODE, made[0], 16, made[1]); // A number, in the eyes of the type.
        });
        assertExist(NODE, true, false);
    }

    @Test
    void wordsOfTypesWithoutReferencesDoNotCount() {
        stm.atomic(tx -> {
            made = new long[] {tx.allocateScratch(NODE), tx.allocateScratch(NODE)};
            tx.setLong(PLAIN, tx.allocate(PLAIN), 0, made[0]);
            tx.setLong(CELL, tx.allocate(CELL), 0, made[1]);
        });
        assertExist(NODE, false, true);
    }

    @Test
    void arraysLeadToThemAndCanBeScratch() {
        long striped = stm.atomicLong(tx -> tx.allocate(PAIRS, 1_000));
        long span = stm.atomicLong(tx -> tx.allocate(REFERENCES, 50_000));
        stm.atomic(tx -> {
            made = new long[] {
                tx.allocateScratch(NODE),
                tx.allocateScratch(NODE),
                tx.allocateScratch(NODE),
                tx.allocateScratch(REFERENCES, 100),
                tx.allocateScratch(REFERENCES, 50_000),
                tx.allocateScratch(REFERENCES, 50_000),
                tx.allocateScratch(NODE)
            };
            tx.setLong(PAIRS, striped, 999, 8, made[0]);
            tx.setLong(PAIRS, striped, 998, 0, made[1]);
            tx.setLong(REFERENCES, span, 49_999, 0, made[3]);
            tx.setLong(REFERENCES, made[3], 99, 0, made[4]);
            tx.setLong(REFERENCES, made[4], 49_999, 0, made[2]);
            tx.setLong(REFERENCES, made[5], 7, 0, made[6]);
        });
        boolean[] found = exist(NODE, NODE, NODE, REFERENCES, REFERENCES, REFERENCES, NODE);
        assertTrue(found[0] && found[2] && found[3] && found[4]);
        assertFalse(found[1] || found[5] || found[6]);
    }

    @Test
    void rootsAndPinsLeadToThem() {
        Pin[] pin = new Pin[1];
        stm.atomic(tx -> {
            made = new long[] {
                tx.allocateScratch(NODE), tx.allocateScratch(NODE), tx.allocateScratch(NODE)
            };
            stm.roots().set(tx, NODE, "root", made[0]);
            pin[0] = stm.pin(NODE, made[1]);
        });
        assertExist(NODE, true, true, false);
        pin[0].close();
    }

    @Test
    void nestedBlocksThatAreUndoneTakeTheirsWithThem() {
        long old = stm.atomicLong(tx -> tx.allocate(NODE));
        stm.atomic(tx -> {
            made = new long[3];
            assertThrows(
                    IllegalStateException.class,
                    () -> tx.nested(inner -> {
                        made[0] = inner.allocateScratch(NODE);
                        inner.setLong(NODE, old, 0, made[0]);
                        throw new IllegalStateException("undo");
                    }));
            made[1] = tx.allocate(NODE); // In the same place, and no scratch.
            made[2] = tx.allocateScratch(NODE);
            tx.setLong(NODE, old, 8, made[2]);
        });
        assertExist(NODE, false, true, true);
    }

    @Test
    void nothingIsLeftOfThousands() {
        long old = stm.atomicLong(tx -> tx.allocate(NODE));
        for (int i = 0; i < 10; i++) {
            stm.atomic(tx -> fill(tx, old));
        }
        long used = stm.statistics().usedBytes();
        assertEquals(0, garbageOfFilling(old), "bytes of garbage");
        assertEquals(used, stm.statistics().usedBytes());
        assertEquals(2, stm.verify().objects());
    }

    /** Each commit asks all pins. */
    @Test
    void pinsMakeNoGarbageOfThem() {
        long old = stm.atomicLong(tx -> tx.allocate(NODE));
        try (Pin first = stm.pin(NODE, old);
                Pin second = stm.pin(CELL, cell(1))) {
            assertEquals(0, garbageOfFilling(old), "bytes of garbage");
            assertEquals(first.ref(), old);
            assertTrue(exists(CELL, second.ref()));
        }
    }

    private long garbageOfFilling(long old) {
        TxAction<RuntimeException> filling = tx -> fill(tx, old);
        return Garbage.ofSteadyState(() -> {
            for (int i = 0; i < 500; i++) {
                stm.atomic(filling);
            }
        });
    }

    private static void fill(Transaction tx, long old) {
        long last = 0;
        for (int i = 0; i < 100; i++) {
            last = tx.allocateScratch(NODE);
        }
        long before = tx.getLong(NODE, old, 0);
        if (before != 0) {
            tx.free(NODE, before);
        }
        tx.setLong(NODE, old, 0, last);
    }

    @Test
    void readOnlyBlocksMakeNone() {
        assertThrows(MisuseException.class, () -> stm.readOnly(tx -> tx.allocateScratch(NODE)));
    }
}
