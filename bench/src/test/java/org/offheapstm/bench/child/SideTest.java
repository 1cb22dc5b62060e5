package org.offheapstm.bench.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.bench.contender.Contender;
import org.offheapstm.bench.workload.Workload;

import java.io.IOException;

/** Goal: what a side reports is what it did. Method: sides whose answers are known roughly. */
final class SideTest {
    private static final int MILLIS = 40;

    @Test
    void timeAndOperationsAgree() throws IOException {
        try (Side side = new Side(Workload.OWN_COUNTER, Contender.CAS)) {
            Slice slice = side.slice(1, MILLIS);
            double millis = slice.nanosPerOperation() * slice.operations() / 1e6;
            assertTrue(millis >= MILLIS, slice.toString());
            assertEquals(0, slice.operations() % Workload.OWN_COUNTER.batch());
        }
    }

    @Test
    void bytesAreCountedForThoseWhoAllocateAndForThemOnly() throws IOException {
        try (Side plain = new Side(Workload.OWN_COUNTER, Contender.PLAIN);
                Side clojure = new Side(Workload.OWN_COUNTER, Contender.CLOJURE)) {
            long least = Long.MAX_VALUE;
            for (int i = 0; i < 4; i++) {
                least = Math.min(least, plain.slice(1, MILLIS).bytes());
            }
            assertEquals(0, least, "bytes of plain access, in the best of four slices");
            Slice garbage = clojure.slice(1, MILLIS);
            assertTrue(garbage.bytes() > garbage.operations() * 100, garbage.toString());
        }
    }

    @Test
    void pairsCountBothThreadsAndOrderThePercentiles() throws IOException {
        Pairs.Run run = Pairs.run(Contender.GLOBAL_LOCK, 100);
        for (Pairs pairs : new Pairs[] {run.pairs(), run.control()}) {
            assertTrue(pairs.operations() > 0, pairs.toString());
            assertTrue(pairs.smallerShare() >= 0 && pairs.smallerShare() <= 0.5, pairs.toString());
            assertTrue(pairs.percentileNanos("p50") <= pairs.percentileNanos("p99.9"));
            assertTrue(pairs.percentileNanos("p99.9") <= pairs.percentileNanos("max"));
        }
    }
}
