package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.ArrayType;
import org.offheapstm.Stm;
import org.offheapstm.StmClosedException;
import org.offheapstm.StmOptions;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

/**
 * Goal: closing under running readers and writers gives them exceptions, never a crash: no attempt
 * touches the region after it is unmapped. Method: engines of a gigabyte, whose memory really goes
 * back to the operating system, closed at once under threads that never stop; and stepped.
 */
final class CloseTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);

    /** A thread that works until the engine is closed. */
    private Future<Void> worker(Elsewhere hand, Elsewhere.Step step) {
        return hand.start(() -> {
            while (true) {
                step.run();
            }
        });
    }

    @Test
    void readersAndWritersGetExceptions() {
        Elsewhere fourth = new Elsewhere("fourth");
        for (int round = 0; round < 150; round++) {
            Stm engine = Stm.open(StmOptions.DEFAULT);
            long a = engine.atomicLong(tx -> tx.allocate(CELL));
            long array = engine.atomicLong(tx -> tx.allocate(WORDS, 50_000));
            CountDownLatch running = new CountDownLatch(3);
            List<Future<Void>> ends = List.of(
                    worker(other, () -> {
                        engine.readOnly(tx -> {
                            for (int i = 0; i < 50; i++) {
                                tx.getLong(CELL, a, 0);
                                tx.getLong(WORDS, array, 997L * i, 0);
                            }
                        });
                        running.countDown();
                    }),
                    worker(third, () -> {
                        engine.atomic(tx -> {
                            tx.setLong(CELL, a, 0, tx.getLong(CELL, a, 0) + 1);
                            tx.setLong(WORDS, array, 49_999, 0, 1);
                        });
                        running.countDown();
                    }),
                    worker(fourth, () -> {
                        engine.atomic(tx -> {
                            tx.addLong(CELL, a, 0, 1);
                            tx.free(WORDS, tx.allocate(WORDS, 20_000));
                            tx.free(CELL, tx.allocate(CELL));
                        });
                        engine.statistics();
                        running.countDown();
                    }));
            Elsewhere.await(running);
            engine.close();
            for (Future<Void> end : ends) {
                assertThrows(StmClosedException.class, () -> Elsewhere.await(end));
            }
        }
        fourth.close();
    }

    @Test
    void closeWaitsForARunningBlockWhichCommits() {
        long a = cell(1);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        List<Long> seen = new ArrayList<>();
        Future<Void> running = third.start(() -> stm.atomic(tx -> {
            inside.countDown();
            Elsewhere.await(leave);
            tx.setLong(CELL, a, 0, tx.getLong(CELL, a, 0) + 1);
            seen.add(tx.getLong(CELL, a, 0));
        }));
        Elsewhere.await(inside);
        Future<Void> closing = other.start(stm::close);
        // Closing has begun when new transactions are refused.
        while (!isRefused()) {
            Thread.onSpinWait();
        }
        assertFalse(closing.isDone(), "closed under a running block");
        leave.countDown();
        Elsewhere.await(running);
        Elsewhere.await(closing);
        assertEquals(List.of(2L), seen);
    }

    private boolean isRefused() {
        try {
            stm.readOnly(tx -> {});
            return false;
        } catch (StmClosedException e) {
            return true;
        }
    }

    @Test
    void twoThreadsMayCloseAtOnce() {
        for (int round = 0; round < 200; round++) {
            Stm engine = Stm.open(options());
            engine.atomicLong(tx -> tx.allocate(CELL));
            Future<Void> one = other.start(engine::close);
            Future<Void> two = third.start(engine::close);
            Elsewhere.await(one);
            Elsewhere.await(two);
            assertThrows(StmClosedException.class, () -> engine.readOnly(tx -> {}));
        }
    }

    @Test
    void blockThatLosesWhileTheEngineClosesIsRefused() {
        long a = cell(0);
        assertThrows(
                StmClosedException.class,
                () -> stm.atomic(tx -> {
                    tx.setLong(CELL, a, 0, 1);
                    setElsewhere(a, 2);
                    third.start(stm::close);
                    while (!isRefusedElsewhere()) {
                        Thread.onSpinWait();
                    }
                }));
    }

    private boolean isRefusedElsewhere() {
        return other.get(this::isRefused);
    }

    @Test
    void interruptedCloserStillClosesAndStaysInterrupted() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Future<Void> running = third.start(() -> stm.atomic(tx -> {
            inside.countDown();
            Elsewhere.await(leave);
        }));
        Elsewhere.await(inside);
        Future<Void> closing = other.start(() -> {
            Thread.currentThread().interrupt();
            leave.countDown();
            stm.close();
            assertTrue(Thread.interrupted());
        });
        Elsewhere.await(closing);
        Elsewhere.await(running);
    }

    /**
     * Goal: a closed engine leaves nothing behind in the threads that have used it. Method: the
     * collector says so.
     */
    @Test
    void closedEngineIsCollectedAlthoughItsThreadsLiveOn() throws InterruptedException {
        ReferenceQueue<Stm> collected = new ReferenceQueue<>();
        PhantomReference<Stm> engine = new PhantomReference<>(usedAndClosed(), collected);
        Reference<?> seen = null;
        for (int tries = 0; seen == null && tries < 50; tries++) {
            System.gc();
            seen = collected.remove(100);
        }
        assertSame(engine, seen);
    }

    private Stm usedAndClosed() {
        Stm engine = Stm.open(StmOptions.DEFAULT
                .withName("short")
                .withCapacityBytes(StmOptions.MIN_CAPACITY_BYTES)
                .withMaxRunning(16));
        long cell = engine.atomicLong(tx -> tx.allocate(CELL));
        other.run(() -> engine.atomic(tx -> tx.setLong(CELL, cell, 0, 1)));
        engine.close();
        return engine;
    }
}
