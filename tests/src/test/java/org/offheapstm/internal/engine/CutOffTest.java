package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.AtomicBlock;
import org.offheapstm.ObjectType;
import org.offheapstm.Stm;
import org.offheapstm.StmClosedException;
import org.offheapstm.StmOptions;
import org.offheapstm.engine.Elsewhere;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

/**
 * Goal: an attempt whose rolling back was cut off, because the stack was too full for it, does not
 * go on as if it ran: the thread's next block would be nested in it, and never commit. Method: an
 * attempt is started by hand and left as an overflow in its first or in a later call leaves it.
 */
final class CutOffTest {
    private static final ObjectType CELL = ObjectType.of("Cell", 8);

    private final Engine engine =
            (Engine) Stm.open(StmOptions.DEFAULT.withCapacityBytes(16L << 20));
    private final Elsewhere other = new Elsewhere("other");

    @AfterEach
    void close() {
        other.close();
        engine.close();
    }

    private long cell() {
        return engine.atomicLong(tx -> tx.allocate(CELL));
    }

    private long getElsewhere(long cell) {
        return other.get(() -> engine.readOnlyLong(tx -> tx.getLong(CELL, cell, 0)));
    }

    /** An attempt that has written and allocated. */
    private Attempt begin(long a) {
        Attempt current = engine.slots.current();
        Attempt attempt =
                current == null ? engine.contention.enter(AtomicBlock.ANONYMOUS, false) : current;
        attempt.open(AtomicBlock.ANONYMOUS, false);
        attempt.begin();
        attempt.setLong(CELL, a, 0, 99);
        attempt.allocate(CELL);
        attempt.afterCommit(() -> {
            throw new AssertionError("it has not committed");
        });
        return attempt;
    }

    /** An attempt that has failed, and was not rolled back. */
    private Attempt cutOff(long a) {
        Attempt attempt = begin(a);
        markCutOff(attempt);
        return attempt;
    }

    private static void markCutOff(Attempt attempt) {
        attempt.cutOff = attempt.number;
    }

    @Test
    void nextBlockIsNotNestedInIt() {
        long a = cell();
        long b = cell();
        cutOff(a);
        engine.atomic(tx -> tx.setLong(CELL, b, 0, 7));
        assertEquals(7, getElsewhere(b));
        assertEquals(0, getElsewhere(a));
        assertEquals(0, engine.atomicLong(tx -> tx.getLong(CELL, a, 0)));
    }

    @Test
    void whatItHasGivenBackDoesNotComeBackTwice() {
        long a = cell();
        Attempt attempt = cutOff(a);
        attempt.nesting.abandonAll();
        long first = cell();
        long second = cell();
        engine.atomic(tx -> tx.setLong(CELL, first, 0, 1));
        engine.atomic(tx -> tx.setLong(CELL, second, 0, 2));
        assertEquals(1, getElsewhere(first));
        assertEquals(2, getElsewhere(second));
    }

    @Test
    void closingRollsItBackToo() {
        cutOff(cell());
        engine.close();
    }

    /** Goal: a thread that lives on and never runs another block does not keep the engine open. */
    @Test
    void closingRollsItBackInAThreadThatLivesOn() {
        long a = cell();
        other.run(() -> engine.atomic(tx -> tx.setLong(CELL, a, 0, 1)));
        other.run(() -> cutOff(a));
        engine.close();
        assertThrows(StmClosedException.class, () -> other.run(() -> engine.atomic(tx -> {})));
    }

    /** Goal: as above, also if the attempt is cut off while the closer waits. */
    @Test
    void closingEndsWhatIsCutOffWhileItWaits() throws InterruptedException {
        long a = cell();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Future<Void> left = other.start(() -> {
            Attempt attempt = begin(a);
            begun.countDown();
            go.await();
            markCutOff(attempt);
        });
        begun.await();
        Elsewhere third = new Elsewhere("third");
        Future<Void> closing = third.start(engine::close);
        while (!engine.isClosed()) {
            Thread.onSpinWait();
        }
        assertFalse(closing.isDone());
        go.countDown();
        Elsewhere.await(left);
        Elsewhere.await(closing);
        third.close();
    }

    /**
     * Goal: threads that end in their first block, cut off, take no slots with them: more of them
     * than there are slots, and another thread still gets its turn.
     */
    @Test
    void slotsOfThreadsThatDiedCutOffComeBack() throws InterruptedException {
        long a = cell();
        for (int i = 0; i < 4 * StmOptions.DEFAULT.maxRunning(); i++) {
            Thread thread = Thread.startVirtualThread(() -> markCutOff(begin(a)));
            thread.join();
        }
        assertEquals(0, getElsewhere(a));
    }
}
