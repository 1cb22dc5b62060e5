package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.ObjectType;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;

/**
 * Goal: what a large transaction took besides its objects comes back, however it or a nested block
 * ends. Method: the bytes in use before and after, in a region that has room for it once.
 */
final class RoomAfterRollbackTest extends EngineTest {
    private static final ObjectType BROAD = ObjectType.of("Broad", 1024);

    /** What a slot may keep, and the runs of the objects' types. */
    private static final long KEPT_BYTES = 3L << 20;

    @Override
    StmOptions options() {
        return StmOptions.DEFAULT.withCapacityBytes(128L << 20);
    }

    private long used() {
        return stm.statistics().usedBytes();
    }

    private static void fail(Transaction tx) {
        throw new IllegalStateException("undone, tx=" + tx.attempt());
    }

    @Test
    void logOfAnUndoneTransaction() {
        stm.atomic(tx -> {
            for (int i = 0; i < 300_000; i++) {
                tx.allocate(CELL);
            }
        });
        long before = used();
        assertThrows(
                IllegalStateException.class,
                () -> stm.atomic(tx -> {
                    for (int i = 0; i < 300_000; i++) {
                        tx.allocate(CELL);
                    }
                    fail(tx);
                }));
        long objects = 300_000L * CELL.blockBytes(); // Their runs stay, for objects of this type.
        assertTrue(used() <= before + objects + KEPT_BYTES, before + " -> " + used());
    }

    @Test
    void copiesOfAnUndoneNestedBlock() {
        long outer = cell(1);
        long[] broad = new long[20_000];
        stm.atomic(tx -> {
            for (int i = 0; i < broad.length; i++) {
                broad[i] = tx.allocate(BROAD);
            }
        });
        long before = used();
        stm.atomic(tx -> {
            tx.setLong(CELL, outer, 0, 2);
            assertThrows(
                    IllegalStateException.class,
                    () -> tx.nested(inner -> {
                        for (long each : broad) {
                            inner.setLong(BROAD, each, 0, 1);
                        }
                        fail(inner);
                        return null;
                    }));
        });
        assertEquals(2, get(outer));
        assertTrue(used() <= before + KEPT_BYTES, before + " -> " + used());
    }
}
