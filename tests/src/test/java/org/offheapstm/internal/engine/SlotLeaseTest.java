package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.AtomicBlock;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.engine.Elsewhere;

import java.lang.ref.Reference;
import java.lang.reflect.Field;

/**
 * Goal: a slot whose lease fails half-way is there for the next one. Method: the engine's
 * thread-local is one whose stack is full; the spare slot is held by hand.
 */
final class SlotLeaseTest {
    private static final AtomicBlock HASTY =
            AtomicBlock.named("hasty").withTimeoutNanos(1_000_000_000);

    private final Engine engine =
            (Engine) Stm.open(StmOptions.DEFAULT.withCapacityBytes(4L << 20).withMaxRunning(2));
    private final Elsewhere other = new Elsewhere("other");

    @AfterEach
    void close() {
        other.close();
        engine.close();
    }

    private static final class Full extends ThreadLocal<Reference<Attempt>> {
        @Override
        public void set(Reference<Attempt> value) {
            throw new StackOverflowError("as deep as it gets");
        }
    }

    /** More often than there are slots, in a thread that lives on. */
    @Test
    void slotIsFreeAgainWhenTheStackEndsInItsLease() throws ReflectiveOperationException {
        Field leased = Slots.class.getDeclaredField("leased");
        leased.setAccessible(true);
        Object good = leased.get(engine.slots);
        leased.set(engine.slots, new Full());
        for (int i = 0; i < 10; i++) {
            assertThrows(
                    StackOverflowError.class,
                    () -> other.run(() -> engine.readOnlyLong(HASTY, tx -> 1)));
        }
        leased.set(engine.slots, good);
        assertEquals(2, other.get(() -> engine.readOnlyLong(HASTY, tx -> 2)));
        assertEquals(3, engine.readOnlyLong(HASTY, tx -> 3));
    }

    @Test
    void interruptEndsTheWaitForTheSpareSlot() {
        long never = System.nanoTime() + (Long.MAX_VALUE >> 2);
        Attempt spare = engine.slots.leaseSpare(never);
        assertTrue(engine.slots.isSpare(spare));
        other.run(() -> {
            Thread.currentThread().interrupt();
            assertNull(engine.slots.leaseSpare(never));
            assertTrue(Thread.interrupted(), "it is kept for the caller");
        });
        engine.slots.giveBack(spare);
        assertEquals(1, engine.readOnlyLong(tx -> 1));
    }
}
