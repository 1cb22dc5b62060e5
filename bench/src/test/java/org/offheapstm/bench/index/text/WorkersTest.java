package org.offheapstm.bench.index.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

class WorkersTest {
    private static final int NEVER_REACHED = Integer.MAX_VALUE;

    @Test
    void eachNumberIsTakenOnce() {
        AtomicIntegerArray taken = new AtomicIntegerArray(10_000);
        Workers.run(4, taken.length(), () -> taken::incrementAndGet);
        for (int number = 0; number < taken.length(); number++) {
            assertEquals(1, taken.get(number));
        }
    }

    @Test
    void eachThreadHasItsOwnBody() {
        AtomicInteger bodies = new AtomicInteger();
        Workers.run(3, 100, () -> {
            bodies.incrementAndGet();
            return number -> {};
        });
        assertEquals(3, bodies.get());
    }

    @Test
    void allThreadsRunAtOnce() {
        CyclicBarrier meeting = new CyclicBarrier(3);
        Workers.run(3, 3, () -> number -> {
            try {
                meeting.await();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        assertEquals(0, meeting.getNumberWaiting());
    }

    @Test
    void failureEndsTheWorkAndIsThrown() {
        RuntimeException failure = new IllegalArgumentException("seven");
        RuntimeException thrown = assertThrows(
                IllegalArgumentException.class,
                () -> Workers.run(2, NEVER_REACHED, () -> number -> {
                    if (number == 7) {
                        throw failure;
                    }
                }));
        assertSame(failure, thrown);
    }

    @Test
    void errorsAreThrownToo() {
        assertThrows(
                OutOfMemoryError.class,
                () -> Workers.run(1, 1, () -> number -> {
                    throw new OutOfMemoryError("test");
                }));
    }

    @Test
    void interruptEndsTheWork() {
        Thread.currentThread().interrupt();
        assertThrows(
                IllegalStateException.class,
                () -> Workers.run(2, NEVER_REACHED, () -> number -> {}));
        assertTrue(Thread.interrupted());
    }
}
