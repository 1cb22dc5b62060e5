package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.offheapstm.ObjectType;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.engine.Elsewhere;

import java.io.IOException;

/**
 * Goal: what an outer block has read is still true when it commits, also if an inner block wrote it
 * and then ran again and did not. Method: one schedule by hand, of two transactions that each write
 * what the other has read: the outer copies x to y, another thread sets x to y + 7.
 */
final class NestedRerunTest {
    private static final ObjectType CELL = ObjectType.of("cell", 8);

    @Test
    void readOfTheOuterBlockCounts() throws IOException {
        assertEquals("x=7, y=7", copy(""));
    }

    /** Switch {@code sealedReads}: in no order of the two is y the old x. */
    @Test
    void readOfTheOuterBlockIsMissed() throws IOException {
        assertEquals("x=7, y=1", copy("sealedReads"));
    }

    private static String copy(String without) throws IOException {
        try (Isolation engine = new Isolation(false, without)) {
            return engine.run(NestedRerunTest.class);
        }
    }

    /** What x and y are in the end; in an isolation. */
    static String run(String... arguments) {
        try (Stm stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(8L << 20));
                Elsewhere other = new Elsewhere("other")) {
            long x = cell(stm, 1);
            long y = cell(stm, 0);
            long read = cell(stm, 0);
            long next = cell(stm, 0);
            int[] runs = {0};
            stm.atomic(tx -> {
                long seen = tx.getLong(CELL, x, 0);
                tx.nested(inner -> {
                    runs[0]++;
                    if (runs[0] == 1) {
                        inner.setLong(CELL, x, 0, 5);
                        inner.getLong(CELL, read, 0);
                        other.run(() -> stm.atomic(change -> {
                            change.setLong(CELL, read, 0, 1);
                            change.setLong(CELL, next, 0, 1);
                        }));
                        inner.getLong(CELL, next, 0); // Extends, and finds what it has read stale.
                    } else if (runs[0] == 2) {
                        other.run(() -> stm.atomic(change -> {
                            change.setLong(CELL, x, 0, change.getLong(CELL, y, 0) + 7);
                        }));
                    }
                    return null;
                });
                tx.setLong(CELL, y, 0, seen);
            });
            return stm.readOnlyGet(
                    tx -> "x=" + tx.getLong(CELL, x, 0) + ", y=" + tx.getLong(CELL, y, 0));
        }
    }

    private static long cell(Stm stm, long value) {
        return stm.atomicLong(tx -> {
            long made = tx.allocate(CELL);
            tx.setLong(CELL, made, 0, value);
            return made;
        });
    }
}
