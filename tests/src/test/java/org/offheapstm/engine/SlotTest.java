package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.offheapstm.Stm;
import org.offheapstm.StmClosedException;
import org.offheapstm.StmOptions;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Goal: any number of threads, platform or virtual, living, blocked or dead, share a few slots.
 * Method: far more threads than slots, each with a commit to make; what they did is counted.
 */
final class SlotTest extends EngineTest {
    @Override
    StmOptions options() {
        return StmOptions.DEFAULT.withCapacityBytes(64L << 20).withMaxRunning(4);
    }

    @Test
    void platformThreadsBeyondTheSlotsTakeTurns() throws InterruptedException {
        long a = cell(0);
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                Elsewhere.await(start);
                for (int n = 0; n < 100; n++) {
                    stm.atomic(tx -> tx.setLong(CELL, a, 0, tx.getLong(CELL, a, 0) + 1));
                }
            }));
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(4_000, get(a));
    }

    @Test
    void leasesOfDeadThreadsAreTakenBack() throws InterruptedException {
        long a = cell(0);
        for (int i = 0; i < 100; i++) {
            Thread thread =
                    Thread.ofPlatform().start(() -> stm.atomic(tx -> tx.addLong(CELL, a, 0, 1)));
            thread.join();
        }
        assertEquals(100, get(a));
    }

    /** A thread that lives on must not keep the engine that it has used. */
    @Test
    void closedEngineIsForgotten() {
        Reference<Stm> forgotten = useAndClose();
        for (int i = 0; forgotten.get() != null && i < 200; i++) {
            System.gc();
        }
        assertNull(forgotten.get(), "something still refers to it");
    }

    private Reference<Stm> useAndClose() {
        Stm engine = Stm.open(options());
        engine.atomicLong(tx -> tx.allocate(CELL));
        engine.close();
        return new WeakReference<>(engine);
    }

    /** While all slots but the kept ones are in use, a thread waits for one to come free. */
    @Test
    void threadWaitsForASlot() {
        long a = cell(0);
        List<Elsewhere> hands = new ArrayList<>();
        List<Future<Void>> ends = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Elsewhere hand = new Elsewhere("hand " + i);
            hands.add(hand);
            ends.add(hand.start(() -> {
                for (int n = 0; n < 50; n++) {
                    stm.atomic(tx -> {
                        tx.addLong(CELL, a, 0, 1);
                        tx.afterCommit(() -> stm.atomic(own -> own.addLong(CELL, a, 0, 1)));
                    });
                }
            }));
        }
        ends.forEach(Elsewhere::await);
        hands.forEach(Elsewhere::close);
        assertEquals(800, get(a));
    }

    @Test
    void virtualThreadsShareTheSlots() throws Exception {
        long a = cell(0);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                ends.add(threads.submit(() -> {
                    stm.atomic(tx -> tx.addLong(CELL, a, 0, 1));
                    stm.atomic(tx -> {
                        tx.afterRollback(() -> stm.readOnlyLong(own -> own.getLong(CELL, a, 0)));
                        tx.setLong(CELL, a, 0, tx.getLong(CELL, a, 0) + 1);
                    });
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        }
        assertEquals(4_000, get(a));
    }

    @Test
    @Timeout(60)
    void tenThousandVirtualThreadsWaitAndOneWakesThemAll() throws Exception {
        int many = 10_000;
        long gate = cell(0);
        long through = cell(0);
        Semaphore waiting = new Semaphore(0);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                ends.add(threads.submit(() -> stm.atomic(tx -> {
                    tx.afterRollback(waiting::release);
                    if (tx.getLong(CELL, gate, 0) == 0) {
                        throw tx.retry();
                    }
                    tx.addLong(CELL, through, 0, 1);
                })));
            }
            assertTrue(waiting.tryAcquire(many, 40, TimeUnit.SECONDS), "they do not all wait");
            assertEquals(0, get(through), "a blocked transaction holds no slot");
            set(gate, 1);
            for (Future<?> end : ends) {
                end.get();
            }
        }
        assertEquals(many, get(through));
    }

    @Test
    void closeEndsTheWaitForASlot() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(4);
        CountDownLatch leave = new CountDownLatch(1);
        List<Thread> holders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            holders.add(Thread.ofVirtual()
                    .start(() -> stm.readOnly(tx -> {
                        inside.countDown();
                        Elsewhere.await(leave);
                    })));
        }
        Elsewhere.await(inside);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread late = Thread.ofPlatform().start(() -> {
            try {
                stm.readOnly(tx -> {});
            } catch (StmClosedException e) {
                thrown.set(e);
            }
        });
        while (late.getState() != Thread.State.TIMED_WAITING) {
            assertTrue(late.isAlive(), "it found a slot, or none to wait for");
            Thread.onSpinWait();
        }
        Future<Void> closed = other.start(stm::close);
        late.join();
        assertTrue(thrown.get() instanceof StmClosedException);
        leave.countDown();
        Elsewhere.await(closed);
        for (Thread holder : holders) {
            holder.join();
        }
    }
}
