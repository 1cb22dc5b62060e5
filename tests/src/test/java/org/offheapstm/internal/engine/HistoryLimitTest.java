package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.AbortCause;
import org.offheapstm.AtomicBlock;
import org.offheapstm.HistoryPolicy;
import org.offheapstm.ObjectType;
import org.offheapstm.RegionFullException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.TransactionAbortedException;
import org.offheapstm.internal.heap.History;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.memory.Memory;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Goal: a commit that finds no room for before-images lets go of its locks before it says so, since
 * whoever looks for room then takes his time; and it is not refused for a snapshot that is being
 * opened, or has just left, if snapshots are ended. Method: a header is locked as the commit locks
 * it, and looked at when the refusal arrives; a view says by hand that it is being opened.
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

    @Test
    void fullRegionLosesToASnapshotThatIsBeingOpened() {
        try (Engine engine = (Engine) Stm.open(ending())) {
            long cell = engine.atomicLong(tx -> tx.allocate(CELL));
            long header = engine.region.base() + Reference.offset(cell);
            long word = Memory.get(header);
            long view = engine.registry.claim();
            engine.registry.announce(view);
            engine.atomic(tx -> {
                if (tx.attempt() == 1) {
                    Attempt attempt = (Attempt) tx;
                    attempt.setLong(CELL, cell, 0, 1);
                    Memory.set(header, Header.locked(word, attempt.slot));
                    Signal lost = assertThrows(Signal.class, () -> makeRoom(engine, attempt));
                    long told = Memory.get(header);
                    Memory.set(header, word);
                    assertEquals(word, told, "the header when it loses");
                    throw lost;
                }
            });
            engine.registry.vacate(view);
            engine.registry.discount();
            assertEquals(1, engine.statistics().aborts().get(AbortCause.LOCKED));
        }
    }

    @Test
    void fullRegionWaitsForASnapshotThatIsBeingOpenedIfItCannotLose() throws InterruptedException {
        try (Engine engine = (Engine) Stm.open(ending())) {
            long view = engine.registry.claim();
            engine.registry.announce(view);
            AtomicBoolean cannotLose = new AtomicBoolean();
            Thread opener = Thread.ofPlatform().start(() -> {
                while (!cannotLose.get()) {
                    Thread.onSpinWait();
                }
                engine.registry.enter(view);
            });
            engine.atomic(tx -> {
                Attempt attempt = (Attempt) tx;
                cannotLose.set(attempt.isEscalated());
                assertFalse(makeRoom(engine, attempt));
            });
            opener.join();
            engine.registry.vacate(view);
            engine.registry.discount();
        }
    }

    @Test
    void lossToOneThatIsBeingOpenedIsToldAsSuch() {
        try (Engine engine = (Engine) Stm.open(ending())) {
            long view = engine.registry.claim();
            engine.registry.announce(view);
            AtomicBlock once = AtomicBlock.named("once").withMaxAttempts(1);
            TransactionAbortedException lost = assertThrows(
                    TransactionAbortedException.class,
                    () -> engine.atomic(once, tx -> makeRoom(engine, (Attempt) tx)));
            engine.registry.vacate(view);
            engine.registry.discount();
            assertTrue(lost.getMessage().contains("being opened"), lost::getMessage);
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
