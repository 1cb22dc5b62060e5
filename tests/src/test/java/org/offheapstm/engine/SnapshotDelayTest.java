package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.offheapstm.internal.engine.EngineLimits.LOSSES_BEFORE_ESCALATION;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.AbortCause;
import org.offheapstm.AtomicBlock;
import org.offheapstm.HistoryPolicy;
import org.offheapstm.MisuseException;
import org.offheapstm.ObjectType;
import org.offheapstm.Snapshot;
import org.offheapstm.StmClosedException;
import org.offheapstm.StmOptions;
import org.offheapstm.TransactionAbortedException;
import org.offheapstm.TransactionInterruptedException;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Goal: where writers are to give way to snapshots they wait, hold nothing meanwhile, and go on
 * when a snapshot has left; every other end of the wait is told. Method: a snapshot of another
 * thread, and a writer that overwrites more than the limit lets it keep.
 */
final class SnapshotDelayTest extends EngineTest {
    private static final ObjectType BROAD = ObjectType.of("Broad", 1024);
    private static final long LIMIT = 64 << 10;
    private static final int MANY = 300;

    private final long[] broad = new long[MANY];
    private final Elsewhere fourth = new Elsewhere("fourth");

    @Override
    StmOptions options() {
        return StmOptions.DEFAULT
                .withCapacityBytes(8L << 20)
                .withMaxRunning(4)
                .withHistoryLimit(LIMIT, HistoryPolicy.DELAY_WRITERS);
    }

    @BeforeEach
    void fill() {
        for (int i = 0; i < MANY; i++) {
            int at = i;
            stm.atomic(tx -> {
                broad[at] = tx.allocate(BROAD);
                tx.setLong(BROAD, broad[at], 8, at);
            });
        }
    }

    private void overwrite(AtomicBlock block) {
        for (long each : broad) {
            stm.atomic(block, tx -> tx.setLong(BROAD, each, 8, -1));
        }
    }

    private void overwrite() {
        overwrite(AtomicBlock.named("overwrite"));
    }

    private Snapshot openElsewhere() {
        return fourth.get(() -> stm.openSnapshot());
    }

    private void awaitDelay() {
        while (aborts(AbortCause.HISTORY_FULL) == 0) {
            Thread.onSpinWait();
        }
    }

    private void assertAllSeen(Snapshot snapshot) {
        snapshot.readOnly(tx -> {
            for (int i = 0; i < MANY; i++) {
                assertEquals(i, tx.getLong(BROAD, broad[i], 8));
            }
        });
    }

    @Test
    void writerWaitsUntilTheSnapshotIsClosed() {
        Snapshot snapshot = openElsewhere();
        Future<Void> writer = other.start(this::overwrite);
        awaitDelay();
        assertAllSeen(snapshot);
        // It holds nothing: what it waits to write can be read, and what nobody sees written.
        assertEquals(MANY - 1, stm.atomicLong(tx -> tx.getLong(BROAD, broad[MANY - 1], 8)));
        long born = cell(1);
        set(born, 2);
        assertFalse(writer.isDone());
        assertAllSeen(snapshot);
        snapshot.close();
        Elsewhere.await(writer);
        assertEquals(-1, stm.atomicLong(tx -> tx.getLong(BROAD, broad[MANY - 1], 8)));
        assertEquals(0, stm.statistics().endedSnapshots());
    }

    @Test
    void lastReaderOfAClosedSnapshotLetsItGoOn() {
        Snapshot snapshot = openElsewhere();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Future<Void> reader = third.start(() -> snapshot.readOnly(tx -> {
            inside.countDown();
            Elsewhere.await(leave);
        }));
        Elsewhere.await(inside);
        Future<Void> writer = other.start(this::overwrite);
        awaitDelay();
        snapshot.close();
        leave.countDown();
        Elsewhere.await(reader);
        Elsewhere.await(writer);
    }

    @Test
    void endOfABlockOnASnapshotOfItsOwnLetsItGoOn() {
        long cell = cell(0);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Future<Void> reader = third.start(() -> stm.readOnly(tx -> {
            if (tx.attempt() == 1) {
                fourth.run(() -> set(cell, 1));
            }
            tx.getLong(CELL, cell, 0);
            inside.countDown();
            Elsewhere.await(leave);
            assertEquals(5, tx.getLong(BROAD, broad[5], 8));
        }));
        Elsewhere.await(inside);
        Future<Void> writer = other.start(this::overwrite);
        awaitDelay();
        leave.countDown();
        Elsewhere.await(reader);
        Elsewhere.await(writer);
        assertEquals(1, stm.statistics().promotions());
        assertEquals(0, aborts(AbortCause.SNAPSHOT_ENDED));
    }

    @Test
    void timeOutSaysWhoKeepsItWaiting() {
        try (Snapshot snapshot = openElsewhere()) {
            AtomicBlock block =
                    AtomicBlock.named("hasty").withTimeoutNanos(TimeUnit.MILLISECONDS.toNanos(20));
            TransactionAbortedException late =
                    assertThrows(TransactionAbortedException.class, () -> overwrite(block));
            assertEquals(AbortCause.HISTORY_FULL, late.abortCause());
            for (String part : new String[] {
                "historyLimitBytes=" + LIMIT,
                "keptBytes=" + LIMIT,
                "oldest snapshot=",
                "openElsewhere",
                "timeoutNanos"
            }) {
                assertTrue(late.getMessage().contains(part), late.getMessage());
            }
            assertAllSeen(snapshot);
        }
        overwrite();
    }

    @Test
    void whoWouldWaitForItselfIsRefused() {
        try (Snapshot snapshot = stm.openSnapshot()) {
            MisuseException refused = assertThrows(MisuseException.class, this::overwrite);
            assertTrue(
                    refused.getMessage().contains("whoWouldWaitForItselfIsRefused"),
                    refused.getMessage());
            assertAllSeen(snapshot);
        }
        overwrite();
    }

    @Test
    void interruptedWriterIsTold() {
        try (Snapshot snapshot = openElsewhere()) {
            Thread[] thread = new Thread[1];
            Future<Void> writer = other.start(() -> {
                thread[0] = Thread.currentThread();
                assertThrows(TransactionInterruptedException.class, this::overwrite);
            });
            awaitDelay();
            thread[0].interrupt();
            Elsewhere.await(writer);
            assertAllSeen(snapshot);
        }
    }

    @Test
    void closedEngineEndsTheWait() {
        Snapshot snapshot = openElsewhere();
        Future<Void> writer =
                other.start(() -> assertThrows(StmClosedException.class, this::overwrite));
        awaitDelay();
        stm.close();
        Elsewhere.await(writer);
        snapshot.close();
    }

    /** A transaction that holds the token is not held up: it may pass the limit. */
    @Test
    void escalatedBlockPassesTheLimit() {
        long cell = cell(0);
        try (Snapshot snapshot = openElsewhere()) {
            stm.atomic(tx -> {
                if (tx.attempt() <= LOSSES_BEFORE_ESCALATION) {
                    tx.getLong(CELL, cell, 0);
                    fourth.run(() -> stm.atomic(o -> o.setLong(CELL, cell, 0, tx.attempt())));
                }
                tx.setLong(CELL, cell, 0, -1);
                for (long each : broad) {
                    tx.setLong(BROAD, each, 8, -1);
                }
            });
            assertEquals(1, stm.statistics().escalations());
            assertEquals(0, aborts(AbortCause.HISTORY_FULL));
            assertAllSeen(snapshot);
        }
    }
}
