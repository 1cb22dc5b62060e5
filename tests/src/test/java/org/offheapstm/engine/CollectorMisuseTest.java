package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.offheapstm.AbortCause;
import org.offheapstm.Collector;
import org.offheapstm.MisuseException;
import org.offheapstm.RegionFullException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;

import java.util.concurrent.Future;
import java.util.logging.LogRecord;

/** Goal: a collection that is used wrongly says so, and goes on. Method: each misuse, by hand. */
final class CollectorMisuseTest extends EngineTest {
    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void stepOfNothingIsRefused(int words) {
        try (Collector collector = stm.collector()) {
            assertThrows(IllegalArgumentException.class, () -> collector.step(words));
            assertFalse(collector.step(1));
        }
    }

    @Test
    void secondCollectionIsRefusedWhileOneGoesOn() {
        try (Collector collector = stm.collector()) {
            assertThrows(MisuseException.class, stm::collector);
            assertFalse(collector.step(1));
        }
        stm.collector().close();
    }

    // ---- who waits for whom

    /** Nobody else goes on with it, so the wait would not end. */
    @Test
    void collectIsRefusedToWhoIsToGoOnWithACollector() {
        Collector collector = stm.collector();
        assertRefused();
        assertFalse(collector.step(1));
        assertRefused();
        other.run(() -> assertFalse(collector.step(1)));
        other.run(this::assertRefused);
        Future<Void> waiting = third.start(stm::collect);
        other.run(collector::close);
        Elsewhere.await(waiting);
        assertTrue(other.get(stm::collect).isComplete());
        assertTrue(collector.step(1), "it has ended");
        assertTrue(stm.collect().isComplete());
    }

    private void assertRefused() {
        MisuseException refused = assertThrows(MisuseException.class, stm::collect);
        assertTrue(refused.getMessage().contains("go on with"), refused.getMessage());
    }

    /** As above; a block that searched for room would have lost for it, and then waited. */
    @Test
    void fullRegionDoesNotWaitForWhoFillsIt() {
        StmOptions small = options().withCapacityBytes(4L << 20).withCollectionWhenFull(true);
        try (Stm second = Stm.open(small);
                Collector collector = second.collector()) {
            assertFalse(collector.step(1));
            assertThrows(RegionFullException.class, () -> {
                while (true) {
                    second.atomicLong(tx -> tx.allocate(CELL));
                }
            });
            assertEquals(0, second.statistics().aborts().get(AbortCause.NO_ROOM));
        }
    }

    // ---- leaks

    private void leakOne(long garbage) {
        Collector leaked = stm.collector();
        assertFalse(leaked.step(1));
        assertTrue(exists(CELL, garbage));
    }

    @Test
    void leakedOneIsLoggedAndOthersCollectAgain() throws InterruptedException {
        stm.close();
        stm = Stm.open(options().withName("heedless"));
        long garbage = cell(1);
        try (LeakLog log = new LeakLog()) {
            stm.collector().close();
            leakOne(garbage);
            LogRecord told = log.awaitLeak("heedless");
            assertNotNull(told, "nothing was logged");
            assertTrue(told.getMessage().contains("collection leaked"), told.getMessage());
            LeakLog.assertNames("leakOne", told);
            assertEquals(0, stm.statistics().liveSnapshots());
            assertFalse(log.says("heedless"), "its snapshot too, or a closed one");
            assertEquals(1, stm.collect().freed());
        }
    }
}
