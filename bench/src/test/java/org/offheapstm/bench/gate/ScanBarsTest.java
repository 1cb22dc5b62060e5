package org.offheapstm.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.bench.child.Scans;
import org.offheapstm.bench.contender.Contender;

import java.util.List;
import java.util.Map;

/** Goal: each bar of the long reader is held against its own value. */
final class ScanBarsTest {
    private static final List<Double> QUICK = List.of(300e3, 1e6, 9e6);

    @Test
    void whoReachesAllBarsPasses() {
        assertEquals(
                List.of(
                        "gate scans-flat-out-per-second value=3000.000 bar=3000 ok",
                        "gate scans-flat-out-p99-micros value=1000.000 bar=1000 ok",
                        "gate scans-flat-out-aborts value=0.000 bar=0 ok",
                        "gate scans-flat-out-writer-share value=0.800 bar=0.8 ok"),
                verdicts(ScanBars.flatOut(), new Scans(50, 3_000, QUICK, 8e6, 0.8, 1, 0)));
    }

    @Test
    void whoMissesAllFailsEach() {
        List<Double> slow = List.of(300e3, 1_001e3, 9e6);
        assertEquals(
                List.of(
                        "gate scans-flat-out-per-second value=2999.000 bar=3000 short",
                        "gate scans-flat-out-p99-micros value=1001.000 bar=1000 short",
                        "gate scans-flat-out-aborts value=1.000 bar=0 short",
                        "gate scans-flat-out-writer-share value=0.790 bar=0.8 short"),
                verdicts(ScanBars.flatOut(), new Scans(50, 2_999, slow, 8e6, 0.79, 1, 1)));
    }

    @Test
    void whoFinishesNoScanFailsWhereverItIsAboutScans() {
        double nan = Double.NaN;
        Scans none = new Scans(50, 0, List.of(nan, nan, nan), 8e6, 1, nan, nan);
        List<String> verdicts = verdicts(ScanBars.flatOut(), none);
        assertTrue(verdicts.subList(0, 3).stream().allMatch(line -> line.endsWith("short")));
    }

    @Test
    void aPauseAtTheEndOfASliceIsNoLossOfPace() {
        Scans near = new Scans(50, 2_996, QUICK, 8e6, 0.8, 1, 0);
        assertTrue(verdicts(ScanBars.paced(), near).getFirst().endsWith("ok"));
        Scans behind = new Scans(50, 2_990, QUICK, 8e6, 0.8, 1, 0);
        assertTrue(verdicts(ScanBars.paced(), behind).getFirst().endsWith("short"));
    }

    private static List<String> verdicts(ScanBars bars, Scans ours) {
        Contender us = Contender.OFFHEAP_STM;
        return bars.judge(us, Map.of(us, ours)).stream()
                .map(gate -> gate.asText().lines().findFirst().orElseThrow())
                .toList();
    }
}
