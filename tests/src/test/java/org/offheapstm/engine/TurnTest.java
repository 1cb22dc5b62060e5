package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.offheapstm.internal.engine.EngineLimits.LOSSES_BEFORE_ESCALATION;

import org.junit.jupiter.api.Test;
import org.offheapstm.AbortCause;
import org.offheapstm.AtomicBlock;
import org.offheapstm.Collector;
import org.offheapstm.StmClosedException;
import org.offheapstm.StmOptions;
import org.offheapstm.TransactionAbortedException;
import org.offheapstm.TransactionInterruptedException;
import org.offheapstm.internal.memory.Seam;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Goal: whoever waits for its turn, for a slot or for the token of the escalated transaction, can
 * be interrupted, runs out of time, learns that the engine closes, and gets its turn in the end.
 * Method: all slots, or the token, are held by blocks that a latch keeps inside.
 */
final class TurnTest extends EngineTest {
    private static final int SLOTS = 4;

    private final CountDownLatch leave = new CountDownLatch(1);
    private final List<Thread> holders = new ArrayList<>();

    @Override
    StmOptions options() {
        return StmOptions.DEFAULT.withCapacityBytes(16L << 20).withMaxRunning(SLOTS);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void holdAllSlots() {
        CountDownLatch inside = new CountDownLatch(SLOTS);
        for (int i = 0; i < SLOTS; i++) {
            holders.add(Thread.ofVirtual()
                    .start(() -> stm.readOnlyLong(AtomicBlock.named("holder"), tx -> {
                        inside.countDown();
                        await(leave);
                        return 0;
                    })));
        }
        await(inside);
    }

    private void letGo() throws InterruptedException {
        leave.countDown();
        for (Thread holder : holders) {
            holder.join();
        }
    }

    /** A block, elsewhere, that escalates and then owns a cell until it may leave. */
    private Future<Void> holdToken(long cell) {
        CountDownLatch inside = new CountDownLatch(1);
        Future<Void> holder = third.start(() -> stm.atomic(AtomicBlock.named("holder"), tx -> {
            tx.setLong(CELL, cell, 0, -1);
            if (stm.statistics().escalations() == 0) {
                setElsewhere(cell, tx.attempt());
            } else {
                inside.countDown();
                await(leave);
            }
        }));
        await(inside);
        return holder;
    }

    @Test
    void interruptEndsTheWaitForASlotAndIsKept() throws InterruptedException {
        holdAllSlots();
        boolean kept = other.get(() -> {
            Thread.currentThread().interrupt();
            TransactionInterruptedException thrown = assertThrows(
                    TransactionInterruptedException.class,
                    () -> stm.readOnlyLong(AtomicBlock.named("late"), tx -> 1));
            assertTrue(
                    thrown.getMessage().contains("block=late")
                            && thrown.getMessage().contains("maxRunning=4"),
                    thrown.getMessage());
            return Thread.interrupted();
        });
        assertTrue(kept, "the status was lost");
        letGo();
        assertEquals(1, other.get(() -> stm.readOnlyLong(tx -> 1)));
    }

    @Test
    void interruptWakesWhoeverWaitsForASlot() throws InterruptedException {
        holdAllSlots();
        AtomicReference<Thread> thread = new AtomicReference<>();
        Future<Void> late = other.start(() -> {
            thread.set(Thread.currentThread());
            stm.readOnly(tx -> {});
        });
        awaitParked(thread);
        thread.get().interrupt();
        assertThrows(TransactionInterruptedException.class, () -> Elsewhere.await(late));
        letGo();
    }

    private static void awaitParked(AtomicReference<Thread> thread) {
        while (thread.get() == null
                || thread.get().getState() != Thread.State.WAITING
                        && thread.get().getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
    }

    /** It loses until it asks for the token: what it was about to free is looked at again. */
    @Test
    void collectionInterruptedInItsTurnGoesOnWhereItWas() throws InterruptedException {
        long a = cell(0);
        stm.atomic(tx -> stm.roots().set(tx, CELL, "a", a));
        long garbage = cell(1);
        try (Collector collector = stm.collector()) {
            assertFalse(collector.step(1_000), "marked from the roots");
            assertFalse(collector.step(1_000), "marked from pins");
            Future<Void> holder = holdToken(a);
            Thread me = Thread.currentThread();
            Seam.forceAborts(step -> step.equals("commit") && Thread.currentThread() == me);
            try {
                me.interrupt();
                assertThrows(TransactionInterruptedException.class, () -> collector.step(1_000));
                assertTrue(Thread.interrupted());
            } finally {
                Seam.forceAborts(null);
            }
            assertEquals(0, collector.result().freed());
            letGo();
            Elsewhere.await(holder);
            while (!collector.step(1_000)) {}
            assertEquals(1, collector.result().freed());
        }
        assertFalse(exists(CELL, garbage));
    }

    @Test
    void interruptedThreadRunsIfItNeedNotWait() {
        long a = cell(1);
        Thread.currentThread().interrupt();
        assertEquals(1, get(a));
        assertTrue(Thread.interrupted());
    }

    @Test
    void timeOfTheBlockEndsTheWaitForASlot() throws InterruptedException {
        holdAllSlots();
        AtomicBlock block = AtomicBlock.named("hasty").withTimeoutNanos(20_000_000);
        TransactionAbortedException refused = assertThrows(
                TransactionAbortedException.class, () -> stm.readOnlyLong(block, tx -> 1));
        assertEquals(AbortCause.NO_SLOT, refused.abortCause());
        assertTrue(refused.elapsedNanos() >= 20_000_000);
        for (String part : new String[] {
            "block=hasty",
            "maxRunning=" + stm.options().maxRunning(),
            "running=[block holder, block holder, block holder] and 1 more",
            "StmOptions.maxRunning or AtomicBlock.timeoutNanos"
        }) {
            assertTrue(refused.getMessage().contains(part), refused.getMessage());
        }
        letGo();
        assertEquals(1, stm.readOnlyLong(block, tx -> 1));
    }

    /** Method: as many wait as run, and each that leaves lets one in. */
    @Test
    void everybodyWhoWaitsForASlotGetsOne() throws InterruptedException {
        long a = cell(0);
        holdAllSlots();
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Thread.Builder kind =
                    i % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
            waiting.add(kind.start(() -> stm.atomic(tx -> tx.addLong(CELL, a, 0, 1))));
        }
        for (Thread each : waiting) {
            awaitParked(new AtomicReference<>(each));
        }
        letGo();
        for (Thread each : waiting) {
            assertTrue(each.join(java.time.Duration.ofSeconds(30)), "a wake-up was lost");
        }
        assertEquals(300, get(a));
    }

    /**
     * Idle threads keep what they ran in, and others can run as many blocks at one instant as ever.
     */
    @Test
    void idleThreadsTakeNoTurnsAway() throws InterruptedException {
        long a = cell(0);
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch idle = new CountDownLatch(1_000);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                stm.atomic(tx -> tx.addLong(CELL, a, 0, 1));
                idle.countDown();
                await(end);
            }));
        }
        await(idle);
        CountDownLatch inside = new CountDownLatch(SLOTS);
        List<Thread> runners = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            runners.add(Thread.ofPlatform()
                    .daemon()
                    .start(() -> stm.atomic(tx -> {
                        tx.addLong(CELL, a, 0, 1);
                        inside.countDown();
                        await(inside);
                    })));
        }
        for (Thread runner : runners) {
            runner.join();
        }
        end.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(1_000 + SLOTS, get(a));
    }

    @Test
    void interruptEndsTheWaitForTheTokenAndIsKept() {
        long a = cell(0);
        Future<Void> holder = holdToken(a);
        boolean kept = other.get(() -> {
            Thread.currentThread().interrupt();
            TransactionInterruptedException thrown = assertThrows(
                    TransactionInterruptedException.class,
                    () -> stm.atomic(AtomicBlock.named("late"), tx -> tx.setLong(CELL, a, 0, 1)));
            assertTrue(thrown.getMessage().contains("block=late"), thrown.getMessage());
            return Thread.interrupted();
        });
        assertTrue(kept, "the status was lost");
        leave.countDown();
        Elsewhere.await(holder);
        setElsewhere(a, 7);
        assertEquals(7, get(a));
    }

    @Test
    void closeEndsTheWaitForTheToken() {
        long a = cell(0);
        Future<Void> holder = holdToken(a);
        CountDownLatch lost = new CountDownLatch(LOSSES_BEFORE_ESCALATION);
        Future<Void> late = other.start(() -> stm.atomic(tx -> {
            lost.countDown();
            tx.setLong(CELL, a, 0, 1);
        }));
        await(lost);
        Elsewhere closer = new Elsewhere("closer");
        Future<Void> closed = closer.start(stm::close);
        assertThrows(StmClosedException.class, () -> Elsewhere.await(late));
        assertFalse(closed.isDone(), "closed under a running block");
        leave.countDown();
        Elsewhere.await(holder);
        Elsewhere.await(closed);
        closer.close();
    }

    /** Nobody's request may stay behind: a younger one would wait for it for ever. */
    @Test
    void whoeverGivesUpTheTokenLetsTheNextHaveIt() {
        long a = cell(0);
        Future<Void> holder = holdToken(a);
        CountDownLatch lost = new CountDownLatch(LOSSES_BEFORE_ESCALATION);
        AtomicReference<Thread> thread = new AtomicReference<>();
        Future<Void> older = other.start(() -> {
            thread.set(Thread.currentThread());
            stm.atomic(tx -> {
                lost.countDown();
                tx.setLong(CELL, a, 0, 1);
            });
        });
        await(lost);
        Elsewhere fourth = new Elsewhere("fourth");
        CountDownLatch lostToo = new CountDownLatch(LOSSES_BEFORE_ESCALATION);
        Future<Void> younger = fourth.start(() -> stm.atomic(tx -> {
            lostToo.countDown();
            tx.setLong(CELL, a, 0, 2);
        }));
        await(lostToo);
        thread.get().interrupt();
        assertThrows(TransactionInterruptedException.class, () -> Elsewhere.await(older));
        leave.countDown();
        Elsewhere.await(holder);
        Elsewhere.await(younger);
        assertEquals(2, get(a));
        fourth.close();
    }
}
