package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.offheapstm.Transaction;
import org.offheapstm.TxAction;
import org.offheapstm.internal.memory.Seam;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

/**
 * Goal: an object that an attempt has written, and that an owner holds now, does not pass for
 * unchanged when another owner has published it between, although the clock rests. Method: the
 * schedule of the model's run ownedSameVersion; aborts are forced, so that nothing moves the clock.
 */
final class OwnersTest extends EngineTest {
    @Test
    void objectOfALaterOwnerIsNotTakenForTheWrittenOne() {
        long a = cell(1);
        long b = cell(1);
        stm.atomic(tx -> setBoth(tx, a, b, 2));
        CountDownLatch owned = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        List<Future<Void>> owner = new ArrayList<>();
        stm.atomic(tx -> {
            if (!owner.isEmpty()) {
                read.countDown();
                return;
            }
            tx.setLong(CELL, a, 0, tx.getLong(CELL, a, 0));
            other.run(() -> forcedToEscalate(next -> setBoth(next, a, b, 3)));
            owner.add(third.start(() -> forcedToEscalate(next -> {
                next.getLong(CELL, a, 0);
                owned.countDown();
                Elsewhere.await(read);
            })));
            Elsewhere.await(owned);
            assertEquals(tx.getLong(CELL, a, 0), tx.getLong(CELL, b, 0));
        });
        Elsewhere.await(owner.get(0));
    }

    private static void setBoth(Transaction tx, long a, long b, long value) {
        tx.setLong(CELL, a, 0, value);
        tx.setLong(CELL, b, 0, value);
    }

    /** Runs a body in an escalated attempt, by forced losses only. */
    private void forcedToEscalate(TxAction<RuntimeException> body) {
        long before = stm.statistics().escalations();
        Thread me = Thread.currentThread();
        Seam.forceAborts(step -> step.equals("begin") && Thread.currentThread() == me);
        try {
            stm.atomic(body);
        } finally {
            Seam.forceAborts(null);
        }
        assertEquals(before + 1, stm.statistics().escalations());
    }
}
