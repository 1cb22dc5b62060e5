package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.ArrayType;
import org.offheapstm.Collected;
import org.offheapstm.HistoryPolicy;
import org.offheapstm.ObjectType;
import org.offheapstm.RegionFullException;
import org.offheapstm.Snapshot;
import org.offheapstm.StmOptions;
import org.offheapstm.internal.memory.Seam;

import java.util.concurrent.Future;

/**
 * Goal: a collection neither waits for snapshots for good, nor fails for them, where writers are to
 * give way, and one that loses often frees what it should. Method: a snapshot sees more garbage
 * than may be kept for it; the sweep is made to lose until it cannot.
 */
final class CollectDelayTest extends EngineTest {
    private static final ObjectType BROAD = ObjectType.of("Broad", 1024);
    private static final ArrayType WORDS = ArrayType.of("Words", 8);
    private static final int MANY = 300;

    private final long[] garbage = new long[MANY];

    @Override
    StmOptions options() {
        return StmOptions.DEFAULT
                .withCapacityBytes(8L << 20)
                .withMaxRunning(4)
                .withCollectionWhenFull(true)
                .withHistoryLimit(64 << 10, HistoryPolicy.DELAY_WRITERS);
    }

    @BeforeEach
    void fill() {
        for (int i = 0; i < MANY; i++) {
            int at = i;
            stm.atomic(tx -> {
                garbage[at] = tx.allocate(BROAD);
                tx.setLong(BROAD, garbage[at], 8, at);
            });
        }
    }

    @AfterEach
    void forceNothing() {
        Seam.forceAborts(null);
    }

    private void assertAllSeen(Snapshot snapshot) {
        snapshot.readOnly(tx -> {
            for (int i = 0; i < MANY; i++) {
                assertEquals(i, tx.getLong(BROAD, garbage[i], 8));
            }
        });
    }

    private void fillUp() {
        assertThrows(
                RegionFullException.class, () -> stm.atomicLong(tx -> tx.allocate(WORDS, 900_000)));
    }

    private void assertStopsWith(Snapshot snapshot) {
        Collected first;
        try (snapshot) {
            first = stm.collect();
            assertFalse(first.isComplete(), first::toString);
            assertAllSeen(snapshot);
        }
        Collected second = stm.collect();
        assertTrue(second.isComplete(), second::toString);
        assertEquals(MANY, first.freed() + second.freed());
    }

    @Test
    void collectionStopsAtTheLimitOfAnothersSnapshot() {
        Snapshot snapshot = third.get(() -> stm.openSnapshot());
        other.run(() -> assertStopsWith(snapshot));
    }

    @Test
    void collectionStopsAtTheLimitOfASnapshotOfItsOwnThread() {
        assertStopsWith(stm.openSnapshot());
    }

    @Test
    void blockThatSearchesForRoomIsToldThatThereIsNoneBesideAnothersSnapshot() {
        try (Snapshot snapshot = third.get(() -> stm.openSnapshot())) {
            Future<Void> searching = other.start(this::fillUp);
            Elsewhere.await(searching);
            assertAllSeen(snapshot);
        }
    }

    @Test
    void blockThatSearchesForRoomIsToldThatThereIsNoneBesideASnapshotOfItsOwnThread() {
        try (Snapshot snapshot = stm.openSnapshot()) {
            fillUp();
            assertAllSeen(snapshot);
        }
    }

    /** It owns what it looks at by then. */
    @Test
    void sweepThatCannotLoseFreesWhatItShould() {
        Seam.forceAborts("commit"::equals);
        Collected collected = stm.collect();
        assertTrue(stm.statistics().escalations() > 0, () -> stm.statistics().toString());
        assertTrue(collected.isComplete(), collected::toString);
        assertEquals(MANY, collected.freed());
    }
}
