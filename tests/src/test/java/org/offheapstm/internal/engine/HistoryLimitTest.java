package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Goal: a commit that finds no room for before-images lets go of its locks before it says so, since
 * whoever looks for room then takes his time; and nobody pays for a snapshot that is being opened,
 * or has just left: no other snapshot is ended for it, no commit refused or delayed. Method: a
 * header is locked as the commit locks it, and looked at when the refusal arrives; a view says by
 * hand that it is being opened.
 */
final class HistoryLimitTest {
    private static final int ROUNDS = 100;
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
    @ValueSource(booleans = {true, false})
    void whoIsEnteringIsEndedAndBeginsAgain(boolean isOpened) {
        try (Engine engine = (Engine) Stm.open(SMALL)) {
            long view = isOpened ? engine.registry.claim() : Registry.viewOf(2);
            engine.registry.announce(view);
            assertThrows(
                    RegionFullException.class,
                    () -> engine.atomic(tx -> makeRoom(engine, (Attempt) tx)));
            assertTrue(engine.registry.isEnded(view));
            engine.registry.enter(view);
            assertFalse(engine.registry.isEnded(view));
            leave(engine, view);
            assertEquals(0, engine.statistics().endedSnapshots());
        }
    }

    /** An image that nobody needs, and which cannot be given back while somebody is entering. */
    private static long enterBesideAnImage(Engine engine) {
        long cell = engine.atomicLong(tx -> tx.allocate(CELL));
        Snapshot needsImage = engine.openSnapshot();
        engine.atomic(tx -> tx.setLong(CELL, cell, 0, 1));
        long view = engine.registry.claim();
        engine.registry.announce(view);
        needsImage.close();
        return view;
    }

    @ParameterizedTest
    @EnumSource
    void whoIsEnteringIsEndedBeforeTheOldest(HistoryPolicy policy) {
        try (Engine engine = (Engine) Stm.open(with(policy))) {
            long view = enterBesideAnImage(engine);
            try (Snapshot oldest = engine.openSnapshot()) {
                engine.atomic(tx -> assertFalse(makeRoom(engine, (Attempt) tx)));
                assertTrue(engine.registry.isEnded(view));
                oldest.readOnly(tx -> {});
            }
            leave(engine, view);
            assertEquals(0, engine.statistics().endedSnapshots());
        }
    }

    @ParameterizedTest
    @EnumSource
    void nobodyIsEndedIfWhoIsEnteringComesThrough(HistoryPolicy policy) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (Engine engine = (Engine) Stm.open(with(policy))) {
                long view = enterBesideAnImage(engine);
                try (Snapshot oldest = engine.openSnapshot()) {
                    AtomicBoolean looks = new AtomicBoolean();
                    Thread opener = Thread.ofPlatform().start(() -> {
                        while (!looks.get()) {
                            Thread.onSpinWait();
                        }
                        engine.registry.enter(view);
                    });
                    engine.atomic(tx -> {
                        looks.set(true);
                        assertFalse(makeRoom(engine, (Attempt) tx));
                    });
                    opener.join();
                    oldest.readOnly(tx -> {});
                }
                assertFalse(engine.registry.isEnded(view));
                leave(engine, view);
                assertEquals(0, engine.statistics().endedSnapshots(), "round " + round);
            }
        }
    }

    private static void leave(Engine engine, long view) {
        engine.registry.vacate(view);
        engine.registry.discount();
    }

    @Test
    void fullRegionLooksAgainWhenTheLastSnapshotHasLeft() {
        try (Engine engine = (Engine) Stm.open(with(HistoryPolicy.END_OLDEST))) {
            engine.atomic(tx -> assertFalse(makeRoom(engine, (Attempt) tx)));
        }
    }

    private static StmOptions with(HistoryPolicy policy) {
        return SMALL.withHistoryLimit(StmOptions.MIN_HISTORY_LIMIT_BYTES, policy);
    }

    private static boolean makeRoom(Engine engine, Attempt attempt) {
        return engine.historyLimit.makeRoom(attempt, attempt.log, History.REGION_FULL);
    }
}
