package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.ArrayType;
import org.offheapstm.MisuseException;
import org.offheapstm.Snapshot;
import org.offheapstm.Stm;
import org.offheapstm.StmClosedException;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.logging.LogRecord;

/**
 * Goal: a snapshot lives until it is closed and nobody reads it, and every wrong use of it is
 * refused. Method: each wrong use once; the count of live snapshots after each.
 */
final class SnapshotLifeTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);

    /** As many as the engine allows to be open. */
    private static final int MAX_OPEN = 256;

    private long live() {
        return stm.statistics().liveSnapshots();
    }

    private static long getIn(Snapshot snapshot, long cell) {
        return snapshot.readOnlyLong(tx -> tx.getLong(CELL, cell, 0));
    }

    // ---- refusals

    @Test
    void writingIsRefused() {
        long cell = cell(1);
        long words = stm.atomicLong(tx -> tx.allocate(WORDS, 3));
        List<Consumer<Transaction>> writes = List.of(
                tx -> tx.setLong(CELL, cell, 0, 2),
                tx -> tx.addLong(CELL, cell, 0, 2),
                tx -> tx.setBytes(CELL, cell, 0, new byte[8], 0, 8),
                tx -> tx.free(CELL, cell),
                tx -> tx.allocate(CELL),
                tx -> tx.allocate(WORDS, 3),
                tx -> tx.setLong(WORDS, words, 0, 0, 2));
        try (Snapshot snapshot = stm.openSnapshot()) {
            for (Consumer<Transaction> write : writes) {
                assertThrows(MisuseException.class, () -> snapshot.readOnly(write::accept));
                assertThrows(
                        MisuseException.class,
                        () -> snapshot.readOnly(tx -> {
                            tx.getLong(CELL, cell, 0);
                            stm.atomic(write::accept);
                        }),
                        "nested");
                assertEquals(1, getIn(snapshot, cell));
                assertEquals(1, live());
            }
        }
        assertEquals(1, get(cell));
    }

    @Test
    void readingInARunningTransactionIsRefused() {
        long cell = cell(1);
        try (Snapshot snapshot = stm.openSnapshot();
                Snapshot second = stm.openSnapshot()) {
            for (Consumer<Transaction> use : List.<Consumer<Transaction>>of(
                    tx -> getIn(snapshot, cell),
                    tx -> snapshot.readOnly(inner -> {}),
                    tx -> snapshot.readOnlyGet(inner -> null),
                    tx -> snapshot.forEach(CELL, (inner, ref) -> {}),
                    tx -> snapshot.forEachChange(snapshot, CELL, (ref, change) -> {}))) {
                assertRefusal("in this thread", () -> stm.atomic(use::accept));
                assertRefusal("in this thread", () -> stm.readOnly(use::accept));
                assertRefusal("in this thread", () -> snapshot.readOnly(use::accept));
                assertRefusal("in this thread", () -> second.readOnly(use::accept));
            }
            assertEquals(2, live());
            assertEquals(1, getIn(snapshot, cell));
        }
    }

    private static void assertRefusal(String says, Runnable use) {
        MisuseException refused = assertThrows(MisuseException.class, use::run);
        assertTrue(refused.getMessage().contains(says), refused.getMessage());
    }

    @Test
    void otherEnginesTransactionMayRun() {
        long cell = cell(1);
        try (Snapshot snapshot = stm.openSnapshot();
                Stm second = Stm.open(options())) {
            set(cell, 2);
            assertEquals(1, second.atomicLong(tx -> getIn(snapshot, cell)));
        }
    }

    /** What has been seen once stays so: there is nothing to wait for. */
    @Test
    void waitingForAChangeIsRefused() {
        long cell = cell(1);
        try (Snapshot snapshot = stm.openSnapshot()) {
            set(cell, 2);
            List<Long> seen = new ArrayList<>();
            assertRefusal(
                    "retry refused",
                    () -> snapshot.readOnly(tx -> {
                        seen.add(tx.getLong(CELL, cell, 0));
                        if (seen.size() == 1) {
                            tx.retry();
                        }
                    }));
            assertEquals(List.of(1L), seen);
            assertRefusal(
                    "retry refused",
                    () -> snapshot.readOnly(tx -> {
                        tx.getLong(CELL, cell, 0);
                        tx.retryFor(1_000_000_000);
                    }));
            assertEquals(1, live());
        }
    }

    @Test
    void anotherAlternativeMayBeTaken() {
        long cell = cell(1);
        try (Snapshot snapshot = stm.openSnapshot()) {
            set(cell, 2);
            long seen = snapshot.readOnlyGet(tx -> tx.orElse(
                    first -> {
                        if (first.getLong(CELL, cell, 0) == 1) {
                            throw first.retry();
                        }
                        return 0L;
                    },
                    second -> 10 + second.getLong(CELL, cell, 0)));
            assertEquals(11, seen);
        }
    }

    @Test
    void exceptionOfTheBodyComesThrough() {
        try (Snapshot snapshot = stm.openSnapshot()) {
            assertThrows(
                    java.io.IOException.class,
                    () -> snapshot.readOnly(tx -> {
                        throw new java.io.IOException("seen");
                    }));
            assertEquals(1, live());
        }
        assertEquals(0, live());
    }

    // ---- closing

    @Test
    void closedOneIsRefused() {
        long cell = cell(1);
        Snapshot snapshot = stm.openSnapshot();
        try (Snapshot second = stm.openSnapshot()) {
            snapshot.close();
            assertRefusal("closed", () -> getIn(snapshot, cell));
            assertRefusal("closed", () -> snapshot.forEach(CELL, (tx, ref) -> {}));
            assertRefusal(
                    "closed", () -> snapshot.forEachChange(second, CELL, (ref, change) -> {}));
            assertRefusal(
                    "closed", () -> second.forEachChange(snapshot, CELL, (ref, change) -> {}));
            assertEquals(1, live());
        }
        assertEquals(0, live());
        assertEquals(1, get(cell));
    }

    @Test
    void secondCloseDoesNothing() {
        Snapshot first = stm.openSnapshot();
        first.close();
        try (Snapshot second = stm.openSnapshot()) {
            long cell = cell(1);
            first.close();
            first.close();
            assertEquals(1, live());
            second.readOnly(tx -> assertFalse(tx.exists(CELL, cell)));
        }
        assertEquals(0, live());
    }

    @Test
    void whoIsInsideEndsWithTheRightValues() {
        long cell = cell(1);
        Snapshot snapshot = stm.openSnapshot();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        Future<Void> reader = other.start(() -> snapshot.readOnly(tx -> {
            inside.countDown();
            Elsewhere.await(closed);
            for (int i = 0; i < 1_000; i++) {
                assertEquals(1, tx.getLong(CELL, cell, 0));
            }
        }));
        Elsewhere.await(inside);
        snapshot.close();
        assertEquals(1, live(), "somebody is inside");
        assertRefusal("closed", () -> getIn(snapshot, cell));
        set(cell, 2);
        stm.atomic(tx -> tx.free(CELL, cell));
        assertTrue(cell(3) >>> 24 != cell >>> 24, "handed out under a reader");
        closed.countDown();
        Elsewhere.await(reader);
        assertEquals(0, live());
        cell(4);
        assertEquals(cell >>> 24, other.get(() -> cell(5)) >>> 24, "not given back");
    }

    @Test
    void bodyMayCloseIt() {
        long cell = cell(1);
        Snapshot snapshot = stm.openSnapshot();
        set(cell, 2);
        snapshot.readOnly(tx -> {
            snapshot.close();
            assertEquals(1, tx.getLong(CELL, cell, 0));
        });
        assertEquals(0, live());
    }

    /** It is their last user, and ends in an exception. */
    @Test
    void comparisonGivesBackWhatWasKeptForSnapshotsThatAreClosedMeanwhile() {
        long doomed = cell(1);
        Snapshot older = stm.openSnapshot();
        stm.atomic(tx -> tx.free(CELL, doomed));
        Snapshot newer = stm.openSnapshot();
        assertTrue(stm.statistics().limboBytes() > 0);
        assertThrows(
                java.io.IOException.class,
                () -> newer.forEachChange(older, CELL, (ref, change) -> {
                    older.close();
                    newer.close();
                    throw new java.io.IOException("seen");
                }));
        assertEquals(0, live());
        assertEquals(0, stm.statistics().limboBytes());
    }

    @Test
    void tooManyAreRefusedAndClosingMakesRoom() {
        List<Snapshot> open = new ArrayList<>();
        for (int i = 0; i < MAX_OPEN; i++) {
            open.add(stm.openSnapshot());
        }
        for (int time = 0; time < 2; time++) {
            assertRefusal("open=" + MAX_OPEN, () -> stm.openSnapshot());
            assertEquals(MAX_OPEN, live());
            open.removeLast().close();
            open.add(stm.openSnapshot());
        }
        open.forEach(Snapshot::close);
        assertEquals(0, live());
        stm.openSnapshot().close();
    }

    @Test
    void engineMayBeClosedBefore() {
        long cell = cell(1);
        Snapshot snapshot = stm.openSnapshot();
        Snapshot second = stm.openSnapshot();
        stm.close();
        assertThrows(StmClosedException.class, () -> getIn(snapshot, cell));
        assertThrows(StmClosedException.class, () -> snapshot.forEach(CELL, (tx, ref) -> {}));
        assertThrows(
                StmClosedException.class,
                () -> second.forEachChange(snapshot, CELL, (ref, change) -> {}));
        assertThrows(StmClosedException.class, stm::openSnapshot);
        snapshot.close();
        second.close();
        snapshot.close();
        assertRefusedAfterBoth(snapshot, cell);
    }

    private static void assertRefusedAfterBoth(Snapshot snapshot, long cell) {
        RuntimeException refused =
                assertThrows(RuntimeException.class, () -> getIn(snapshot, cell));
        assertTrue(
                refused instanceof StmClosedException || refused instanceof MisuseException,
                refused.toString());
    }

    // ---- leaks

    private void leakOne() {
        Snapshot leaked = stm.openSnapshot();
        leaked.readOnly(tx -> assertFalse(tx.exists(CELL, 0)));
        other.run(() -> leaked.readOnly(tx -> {}));
    }

    @Test
    void leakedOneIsLoggedAndUnregistered() throws InterruptedException {
        stm.close();
        stm = Stm.open(options().withName("leaky"));
        try (LeakLog log = new LeakLog()) {
            stm.openSnapshot().close();
            leakOne();
            LogRecord told = log.awaitLeak("leaky");
            assertNotNull(told, "nothing was logged");
            LeakLog.assertNames("leakOne", told);
            assertEquals(0, live());
            assertFalse(log.says("leaky"), "logged twice, or a closed one");
        }
    }

    @Override
    StmOptions options() {
        return StmOptions.DEFAULT.withCapacityBytes(16L << 20).withMaxRunning(8);
    }
}
