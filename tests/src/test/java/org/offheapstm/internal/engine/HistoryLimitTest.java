package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.offheapstm.HistoryPolicy;
import org.offheapstm.ObjectType;
import org.offheapstm.RegionFullException;
import org.offheapstm.Snapshot;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.internal.heap.History;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.memory.Memory;

/**
 * Goal: a commit that finds no room for before-images lets go of its locks before it says so, since
 * whoever looks for room then takes his time; and if snapshots are ended, it is neither refused nor
 * let past the limit for one that is being opened, nor refused for one that has just left. Method:
 * a header is locked as the commit locks it, and looked at when the refusal arrives; a view says by
 * hand that it is being opened.
 */
final class HistoryLimitTest {
    private static final ObjectType CELL = ObjectType.of("Cell", 8);
    private static final StmOptions SMALL = StmOptions.DEFAULT
            .withCapacityBytes(4L << 20)
            .withHistoryLimit(StmOptions.MIN_HISTORY_LIMIT_BYTES, HistoryPolicy.DELAY_WRITERS);

    @Test
    void fullRegionIsToldWithoutLocks() {
        try (Engine engine = (Engine) Stm.open(SMALL)) {
            long cell = engine.atomicLong(tx -> tx.allocate(CELL));
            long header = engine.region.base() + Reference.offset(cell);
            long word = Memory.get(header);
            engine.atomic(tx -> {
                Attempt attempt = (Attempt) tx;
                attempt.setLong(CELL, cell, 0, 1);
                Memory.set(header, Header.locked(word, attempt.slot));
                assertThrows(
                        RegionFullException.class,
                        () -> engine.historyLimit.makeRoom(
                                attempt, attempt.log, History.REGION_FULL));
                long told = Memory.get(header);
                Memory.set(header, word);
                assertEquals(word, told, "the header when the refusal arrives");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {History.REGION_FULL, History.AT_LIMIT})
    void whoIsEnteringIsEndedAndBeginsAgain(long refusal) {
        try (Engine engine = (Engine) Stm.open(ending())) {
            long view = engine.registry.claim();
            engine.registry.announce(view);
            engine.atomic(tx -> {
                Attempt attempt = (Attempt) tx;
                boolean passes = engine.historyLimit.makeRoom(attempt, attempt.log, refusal);
                assertEquals(refusal == History.AT_LIMIT, passes);
            });
            assertTrue(engine.registry.isEnded(view));
            engine.registry.enter(view);
            assertFalse(engine.registry.isEnded(view));
            engine.registry.vacate(view);
            engine.registry.discount();
            assertEquals(0, engine.statistics().endedSnapshots());
        }
    }

    @Test
    void whoIsEnteringIsEndedBeforeTheOldest() {
        try (Engine engine = (Engine) Stm.open(ending())) {
            long cell = engine.atomicLong(tx -> tx.allocate(CELL));
            Snapshot needsImage = engine.openSnapshot();
            engine.atomic(tx -> tx.setLong(CELL, cell, 0, 1));
            long view = engine.registry.claim();
            engine.registry.announce(view);
            needsImage.close();
            try (Snapshot oldest = engine.openSnapshot()) {
                engine.atomic(tx -> {
                    Attempt attempt = (Attempt) tx;
                    assertFalse(
                            engine.historyLimit.makeRoom(attempt, attempt.log, History.AT_LIMIT));
                });
                assertTrue(engine.registry.isEnded(view));
                assertEquals(0, engine.statistics().endedSnapshots());
                oldest.readOnly(tx -> assertEquals(1, tx.getLong(CELL, cell, 0)));
            }
            engine.registry.vacate(view);
            engine.registry.discount();
        }
    }

    @Test
    void fullRegionLooksAgainWhenTheLastSnapshotHasLeft() {
        try (Engine engine = (Engine) Stm.open(ending())) {
            engine.atomic(tx -> assertFalse(makeRoom(engine, (Attempt) tx)));
        }
    }

    private static StmOptions ending() {
        return SMALL.withHistoryLimit(StmOptions.MIN_HISTORY_LIMIT_BYTES, HistoryPolicy.END_OLDEST);
    }

    private static boolean makeRoom(Engine engine, Attempt attempt) {
        return engine.historyLimit.makeRoom(attempt, attempt.log, History.REGION_FULL);
    }
}
