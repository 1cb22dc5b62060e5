package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.ArrayType;
import org.offheapstm.Collected;
import org.offheapstm.HistoryPolicy;
import org.offheapstm.ObjectType;
import org.offheapstm.RegionFullException;
import org.offheapstm.Snapshot;
import org.offheapstm.StmOptions;

import java.util.ArrayList;
import java.util.List;

/**
 * Goal: a collection copes with many objects and with little room. Method: a root that leads to
 * many; a region that is full of what an open snapshot sees.
 */
final class CollectRoomTest extends EngineTest {
    private static final long CAPACITY_BYTES = 4L << 20;
    private static final ObjectType NODE = ObjectType.of("Node", 8, 0);
    private static final ArrayType REFERENCES = ArrayType.of("References", 8, 0);

    @Override
    StmOptions options() {
        return StmOptions.DEFAULT
                .withCapacityBytes(CAPACITY_BYTES)
                .withHistoryLimit(CAPACITY_BYTES, HistoryPolicy.END_OLDEST);
    }

    @Test
    void moreReferencesThanAreFollowedAtOnceAreAllFollowed() {
        int count = 5_000;
        long[] leaves = new long[count];
        stm.atomic(tx -> {
            long all = tx.allocate(REFERENCES, count);
            for (int i = 0; i < count; i++) {
                leaves[i] = tx.allocate(CELL);
                long node = tx.allocate(NODE);
                tx.setLong(NODE, node, 0, leaves[i]);
                tx.setLong(REFERENCES, all, i, 0, node);
            }
            stm.roots().set(tx, REFERENCES, "all", all);
        });
        cell(1);
        assertEquals(1, stm.collect().freed());
        for (long leaf : leaves) {
            assertTrue(exists(CELL, leaf));
        }
    }

    /** To free what a snapshot sees takes room too: the collection ends, and says that it did. */
    @Test
    void collectionThatFindsNoRoomFreesTheRestWhenTheSnapshotIsClosed() {
        List<Long> cells = new ArrayList<>();
        assertThrows(RegionFullException.class, () -> {
            while (true) {
                cells.add(cell(1));
            }
        });
        Collected first;
        try (Snapshot snapshot = stm.openSnapshot()) {
            first = stm.collect();
            assertFalse(first.isComplete(), first::toString);
            long last = cells.getLast();
            assertEquals(1, snapshot.readOnlyLong(tx -> tx.getLong(CELL, last, 0)));
        }
        Collected second = stm.collect();
        assertTrue(second.isComplete(), second::toString);
        assertEquals(cells.size(), first.freed() + second.freed());
    }
}
