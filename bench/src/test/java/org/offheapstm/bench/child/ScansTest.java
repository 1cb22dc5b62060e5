package org.offheapstm.bench.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.bench.contender.Contender;

import java.io.IOException;
import java.util.List;

/** Goal: what is reported of a long reader is what it did. */
final class ScansTest {
    private static final int MILLIS = 250;

    @Test
    void aPaceIsNotExceededAndNoRegisteredScanAborts() throws IOException {
        int perSecond = 40;
        Scans scans = Scans.run(Contender.OFFHEAP_STM, perSecond, MILLIS);
        assertTrue(scans.perSecond() > 0, scans.toString());
        assertTrue(scans.perSecond() <= perSecond, scans.toString());
        assertEquals(0, scans.aborts(), scans.toString());
        assertTrue(scans.promotions() >= 0 && scans.promotions() <= 1, scans.toString());
        assertTrue(scans.handOverNanos() > 0, scans.toString());
        plausible(scans);
    }

    @Test
    void flatOutAScanBeginsWhenTheLastHasEnded() throws IOException {
        Scans scans = Scans.run(Contender.PLAIN, Scans.FLAT_OUT, MILLIS);
        double inScans = scans.perSecond() * scans.percentileNanos("p50") / 1e9;
        assertTrue(inScans <= 1.1, "of a second in scans: " + inScans);
        assertTrue(Double.isNaN(scans.aborts()), scans.toString());
        plausible(scans);
    }

    private static void plausible(Scans scans) {
        assertTrue(scans.percentileNanos("p50") <= scans.percentileNanos("p99"));
        assertTrue(scans.percentileNanos("p99") <= scans.percentileNanos("max"));
        assertTrue(scans.writesPerSecond() > 0, scans.toString());
        assertTrue(scans.writerShare() > 0, scans.toString());
    }

    @Test
    void aLineSaysAll() {
        Scans scans = new Scans(50, 3_000, List.of(300e3, 800e3, 9e6), 8e6, 0.75, 0.5, 2);
        assertEquals(scans, Scans.ofLine(scans.asLine()));
        assertEquals(
                "      3000       300       800      9000      8000000     75%        0.50       2"
                        + "     50 ns",
                scans.asText());
    }

    @Test
    void whoNeverGetsThroughIsToldSo() {
        double nan = Double.NaN;
        Scans none = new Scans(50, 0, List.of(nan, nan, nan), 8e6, 1, nan, nan);
        assertEquals(none, Scans.ofLine(none.asLine()));
        assertTrue(none.asText().contains("none finished"), none.asText());
    }
}
