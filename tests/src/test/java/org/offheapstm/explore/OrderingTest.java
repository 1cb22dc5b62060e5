package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.NativeBlock;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Goal: no ordering claim is broken on this machine, and the harness would notice. Method: two
 * threads run over the same cells, many at a time; the jcstress profile does it better and longer.
 */
final class OrderingTest {
    private static final int CELLS = 2_000;
    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final NativeBlock cells = NativeBlock.take(CELLS * Ordering.BYTES);
    private final long[] left = new long[CELLS];
    private final long[] right = new long[CELLS];
    private final AtomicInteger arrived = new AtomicInteger();
    private volatile boolean over;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BIRTH_CLOCK_WITHOUT_FENCE")
    void orderIsKept(Ordering ordering) throws InterruptedException {
        assertEquals(0, seenBad(ordering, MOMENT_NANOS, Long.MAX_VALUE));
    }

    @Test
    @EnabledIf("twoRunAtOnce")
    void missingFenceAfterBirthsIsSeen() throws InterruptedException {
        assertTrue(seenBad(Ordering.BIRTH_CLOCK_WITHOUT_FENCE, PATIENCE_NANOS, 1) > 0);
    }

    /** Switch {@code quiescenceBarrier}: the engine's own barrier, taken out. */
    @Test
    @EnabledIf("twoRunAtOnce")
    void missingBarrierIsSeen() throws IOException {
        assertNotEquals("0", quiescenceWithout("quiescenceBarrier", PATIENCE_NANOS, 1));
    }

    /** Switch {@code membarrier}: a fence in each attempt takes the barrier's place. */
    @Test
    void orderIsKeptWithoutAProcessWideBarrier() throws IOException {
        assertEquals("0", quiescenceWithout("membarrier", MOMENT_NANOS, Long.MAX_VALUE));
    }

    private static String quiescenceWithout(String part, long nanos, long enough)
            throws IOException {
        try (Isolation engine = new Isolation(false, part)) {
            return engine.run(OrderingTest.class, Long.toString(nanos), Long.toString(enough));
        }
    }

    /** How often the bad outcome of {@link Ordering#QUIESCENCE} was seen; in an isolation. */
    static String run(String... arguments) throws InterruptedException {
        long nanos = Long.parseLong(arguments[0]);
        long enough = Long.parseLong(arguments[1]);
        return Long.toString(new OrderingTest().seenBad(Ordering.QUIESCENCE, nanos, enough));
    }

    static boolean twoRunAtOnce() {
        return Runtime.getRuntime().availableProcessors() > 1;
    }

    /** How often both sides saw their half, in this time or until it was so often. */
    private long seenBad(Ordering ordering, long nanos, long enough) throws InterruptedException {
        long seen = 0;
        Thread other = Thread.ofPlatform().start(() -> {
            while (meet(true)) {
                for (int i = 0; i < CELLS; i++) {
                    right[i] = ordering.right(cells.address() + i * Ordering.BYTES);
                }
                meet(true);
            }
        });
        long end = System.nanoTime() + nanos;
        while (seen < enough && System.nanoTime() < end) {
            Memory.zero(cells.address(), (int) (CELLS * Ordering.BYTES));
            meet(false);
            for (int i = 0; i < CELLS; i++) {
                left[i] = ordering.left(cells.address() + i * Ordering.BYTES);
            }
            meet(false);
            for (int i = 0; i < CELLS; i++) {
                seen += left[i] & right[i];
            }
        }
        over = true;
        meet(false);
        other.join();
        cells.free();
        return seen;
    }

    /** Waits for the other thread; false if there are no more rounds. */
    private boolean meet(boolean second) {
        int round = arrived.incrementAndGet() + 1 >>> 1;
        for (int spins = 0; arrived.get() < 2 * round; spins++) {
            if (spins > 10_000) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
        }
        return !(over && second);
    }
}
