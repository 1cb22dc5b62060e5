package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.AbortCause;
import org.offheapstm.AtomicBlock;
import org.offheapstm.HardwareCommits;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.TransactionAbortedException;
import org.offheapstm.TxLongFunction;
import org.offheapstm.internal.memory.Seam;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

/**
 * Goal: the limits of a block end it with an exception that says to whom it lost. Method: each
 * attempt is made to lose by a named block of another thread.
 */
final class LimitTest extends EngineTest {
    private static final AtomicBlock WINNER = AtomicBlock.named("winner");
    private static final AtomicBlock ONCE = AtomicBlock.named("once").withMaxAttempts(1);

    /** By locks: a test looks into a commit of one object, which may be worth a try in hardware. */
    @Override
    StmOptions options() {
        return super.options().withHardware(HardwareCommits.OFF);
    }

    private void setByWinner(long cell, long value) {
        other.run(() -> stm.atomic(WINNER, tx -> tx.setLong(CELL, cell, 0, value)));
    }

    private TransactionAbortedException loses(AtomicBlock block, long cell, int[] starts) {
        return assertThrows(
                TransactionAbortedException.class,
                () -> stm.atomic(block, tx -> {
                    starts[0]++;
                    tx.setLong(CELL, cell, 0, -1);
                    setByWinner(cell, starts[0]);
                }));
    }

    @Test
    void attemptsEndAtTheLimitAndTheWinnerIsNamed() {
        long a = cell(0);
        int[] starts = {0};
        TransactionAbortedException refused =
                loses(AtomicBlock.named("loser").withMaxAttempts(3), a, starts);
        assertEquals(3, starts[0]);
        assertEquals(3, refused.attempts());
        assertEquals(AbortCause.WRITE_CONFLICT, refused.abortCause());
        for (String part : new String[] {
            "commit refused",
            "block=loser",
            "cause=WRITE_CONFLICT",
            "object=Cell at 0x",
            "block winner",
            "attempts=3",
            "elapsed=",
            "since the first loss or wait",
            "maxAttempts"
        }) {
            assertTrue(refused.getMessage().contains(part), part + " in " + refused.getMessage());
        }
        assertEquals(3, get(a), "rolled back");
    }

    /** Seen by the next read that is too new, and seen by the commit. */
    @Test
    void winnerOverSomethingReadIsNamed() {
        long a = cell(0);
        long b = cell(0);
        assertLostToWinner(AbortCause.READ_CONFLICT, tx -> {
            long seen = tx.getLong(CELL, a, 0);
            other.run(() -> stm.atomic(WINNER, o -> {
                o.setLong(CELL, a, 0, 1);
                o.setLong(CELL, b, 0, 1);
            }));
            return seen - tx.getLong(CELL, b, 0);
        });
        assertLostToWinner(AbortCause.READ_CONFLICT, tx -> {
            tx.setLong(CELL, b, 0, tx.getLong(CELL, a, 0) + 1);
            setByWinner(a, 2);
            return 0;
        });
    }

    /** Met by the commit of a merge, and by a read. */
    @Test
    void whoHoldsALockForLongIsNamed() {
        long a = cell(0);
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Thread me = Thread.currentThread();
        Seam.forceAborts(step -> {
            if (step.equals("publish") && Thread.currentThread() != me) {
                locked.countDown();
                Elsewhere.await(leave);
            }
            return false;
        });
        List<Future<Void>> winner = new ArrayList<>();
        try {
            assertLostToWinner(AbortCause.LOCKED, tx -> {
                tx.addLong(CELL, a, 0, 10);
                winner.add(other.start(() -> stm.atomic(WINNER, o -> o.setLong(CELL, a, 0, 1))));
                Elsewhere.await(locked);
                return 0;
            });
            assertLostToWinner(AbortCause.LOCKED, tx -> tx.getLong(CELL, a, 0));
        } finally {
            leave.countDown();
            Seam.forceAborts(null);
        }
        Elsewhere.await(winner.getFirst());
        assertEquals(1, get(a));
    }

    private void assertLostToWinner(AbortCause cause, TxLongFunction<RuntimeException> body) {
        TransactionAbortedException refused =
                assertThrows(TransactionAbortedException.class, () -> stm.atomicLong(ONCE, body));
        assertEquals(cause, refused.abortCause());
        for (String part :
                List.of("cause=" + cause + ", ", "object=Cell at 0x", ", block winner, ")) {
            assertTrue(refused.getMessage().contains(part), part + " in " + refused.getMessage());
        }
    }

    @Test
    void oneAttemptMeansOne() {
        long a = cell(0);
        int[] starts = {0};
        loses(ONCE, a, starts);
        assertEquals(1, starts[0]);
        set(a, 5);
        assertEquals(5, get(a));
    }

    @Test
    void theLastAllowedAttemptMayCommit() {
        long a = cell(0);
        stm.atomic(AtomicBlock.named("thrice").withMaxAttempts(3), tx -> {
            tx.setLong(CELL, a, 0, 10);
            if (tx.attempt() < 3) {
                setByWinner(a, 1);
            }
        });
        assertEquals(10, get(a));
    }

    @Test
    void timeEndsTheBlock() {
        long a = cell(0);
        int[] starts = {0};
        TransactionAbortedException refused =
                loses(AtomicBlock.named("hasty").withTimeoutNanos(1), a, starts);
        assertTrue(refused.getMessage().contains("timeoutNanos"), refused.getMessage());
        assertTrue(refused.elapsedNanos() >= 1);
        assertEquals(starts[0], refused.attempts());
        assertTrue(starts[0] <= 2, "the clock starts at the first loss");
    }

    /**
     * Also where attempts are timed, as after a conflict: the time of the first one does not count,
     * so a block that lost once in a long first attempt still has all its time.
     */
    @Test
    void timeCountsFromTheFirstLossAlsoAfterAConflict() {
        long a = cell(0);
        stm.atomic(tx -> loseOnce(tx, a));
        AtomicBlock block = AtomicBlock.named("late").withTimeoutNanos(40_000_000);
        stm.atomic(block, tx -> {
            long from = System.nanoTime();
            while (tx.attempt() == 1 && System.nanoTime() - from < 50_000_000) {
                Thread.onSpinWait();
            }
            loseOnce(tx, a);
        });
        assertEquals(2, get(a));
    }

    private void loseOnce(Transaction tx, long cell) {
        tx.setLong(CELL, cell, 0, 2);
        if (tx.attempt() == 1) {
            setByWinner(cell, 1);
        }
    }

    @Test
    void readOnlyBlockHasLimitsToo() {
        long a = cell(0);
        long b = cell(0);
        TransactionAbortedException refused = assertThrows(
                TransactionAbortedException.class,
                () -> stm.readOnlyLong(AtomicBlock.named("reader").withMaxAttempts(1), tx -> {
                    tx.getLong(CELL, a, 0);
                    setByWinner(b, tx.attempt());
                    return tx.getLong(CELL, b, 0);
                }));
        assertEquals(AbortCause.SNAPSHOT_TOO_OLD, refused.abortCause());
        assertTrue(refused.getMessage().contains("block winner"), refused.getMessage());
    }

    @Test
    void retryCountsAsAStart() {
        long a = cell(0);
        TransactionAbortedException refused = assertThrows(
                TransactionAbortedException.class,
                () -> stm.atomic(AtomicBlock.named("waiter").withMaxAttempts(1), tx -> {
                    tx.getLong(CELL, a, 0);
                    throw tx.retry();
                }));
        assertEquals(AbortCause.RETRY, refused.abortCause());
    }

    @Test
    void limitsStartAnewWithEachTransaction() {
        long a = cell(0);
        AtomicBlock block = AtomicBlock.named("twice").withMaxAttempts(2);
        for (int round = 0; round < 3; round++) {
            stm.atomic(block, tx -> {
                tx.setLong(CELL, a, 0, 10);
                if (tx.attempt() == 1) {
                    setByWinner(a, 1);
                }
            });
        }
        assertEquals(3, aborts(AbortCause.WRITE_CONFLICT));
    }

    /** What the message says must not be read from a region that has been given back meanwhile. */
    @Test
    void refusalAfterTheEngineWasClosedIsStillAnException() {
        for (int round = 0; round < 20; round++) {
            try (Stm engine = Stm.open(StmOptions.DEFAULT)) {
                long a = engine.atomicLong(tx -> tx.allocate(CELL));
                TransactionAbortedException refused = assertThrows(
                        TransactionAbortedException.class,
                        () -> engine.atomic(AtomicBlock.named("late").withMaxAttempts(1), tx -> {
                            tx.afterRollback(engine::close);
                            tx.setLong(CELL, a, 0, 1);
                            other.run(() -> engine.atomic(o -> o.setLong(CELL, a, 0, 2)));
                        }));
                assertTrue(refused.getMessage().contains("object=Cell"), refused.getMessage());
            }
        }
    }

    @Test
    void valuesOutOfRangeAreRefused() {
        assertThrows(
                IllegalArgumentException.class, () -> AtomicBlock.named("none").withMaxAttempts(0));
        assertThrows(
                IllegalArgumentException.class,
                () -> AtomicBlock.named("none").withTimeoutNanos(0));
        assertThrows(IllegalArgumentException.class, () -> StmOptions.DEFAULT.withCapacityBytes(1));
        assertThrows(IllegalArgumentException.class, () -> StmOptions.DEFAULT.withMaxRunning(1));
        assertThrows(IllegalArgumentException.class, () -> StmOptions.DEFAULT.withMaxRunning(1025));
    }
}
