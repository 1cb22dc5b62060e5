package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.offheapstm.Transaction;

import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Blocks that wait, and say so: a waiting block's rollback action runs when the block is registered
 * already, so a test that has seen it may change, interrupt or close at once.
 */
abstract class WaitingTest extends EngineTest {
    /** A permit each time a block is about to wait. */
    final Semaphore waits = new Semaphore(0);

    final AtomicInteger starts = new AtomicInteger();

    void awaitWaiting() {
        try {
            assertTrue(waits.tryAcquire(60, TimeUnit.SECONDS), "nobody waits");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void starting(Transaction tx) {
        starts.incrementAndGet();
        tx.afterRollback(waits::release);
    }

    /** A block, elsewhere, that waits until a cell is not 0, and returns its value. */
    Future<Void> waitFor(long cell, long result) {
        return third.start(() -> stm.atomic(tx -> {
            starting(tx);
            if (tx.getLong(CELL, cell, 0) == 0) {
                throw tx.retry();
            }
            tx.setLong(CELL, result, 0, tx.getLong(CELL, cell, 0));
        }));
    }
}
