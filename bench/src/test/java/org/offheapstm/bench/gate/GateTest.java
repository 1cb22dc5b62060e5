package org.offheapstm.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.bench.report.Samples;

import java.util.List;
import java.util.stream.IntStream;

/** Goal: a bar is held or missed in the right direction, and its line keeps its form. */
final class GateTest {
    @Test
    void aValueAboveAnUpperBarIsShort() {
        assertTrue(gate(1.5, Gate.Sense.AT_MOST, 1.5).holds());
        assertFalse(gate(1.6, Gate.Sense.AT_MOST, 1.5).holds());
    }

    @Test
    void aValueBelowALowerBarIsShort() {
        assertTrue(gate(4, Gate.Sense.AT_LEAST, 4).holds());
        assertFalse(gate(3.9, Gate.Sense.AT_LEAST, 4).holds());
    }

    @Test
    void aValueThatWasNotMeasuredIsShort() {
        assertFalse(gate(Double.NaN, Gate.Sense.AT_LEAST, 4).holds());
        assertFalse(gate(Double.NaN, Gate.Sense.AT_MOST, 4).holds());
    }

    @Test
    void theLineHasTheFormThatScriptsRead() {
        String line =
                gate(3.9, Gate.Sense.AT_LEAST, 4).asText().lines().findFirst().orElseThrow();
        assertEquals("gate a-name value=3.900 bar=4 short", line);
        line = gate(1.25, Gate.Sense.AT_MOST, 1.5).asText().lines().findFirst().orElseThrow();
        assertEquals("gate a-name value=1.250 bar=1.5 ok", line);
    }

    @Test
    void whatStandsBesideChangesNeitherLineNorVerdict() {
        Gate gate = gate(1.6, Gate.Sense.AT_MOST, 1.5);
        Gate with = gate.with("another 1.0 ns");
        assertEquals(gate.asText() + "\n     beside: another 1.0 ns", with.asText());
        assertFalse(with.holds());
    }

    /** A machine that gets ten times slower in the middle of a run moves both sides alike. */
    @Test
    void aRatioIsTakenWithinARoundSoThatDriftCancels() {
        Ratio ratio = Ratio.of(new Samples(2, 40, 60), new Samples(1, 10, 20));
        assertEquals(3, ratio.median());
        assertEquals(2.5, ratio.rounds().quantile(0.25));
        assertEquals(3.5, ratio.rounds().quantile(0.75));
    }

    @Test
    void forksDivideTheRoundsAmongThem() {
        assertEquals(
                List.of(0, 13, 26, 40),
                IntStream.rangeClosed(0, 3)
                        .mapToObj(fork -> Contest.firstRound(fork, 3, 40))
                        .toList());
        assertEquals(0, Contest.firstRound(2, 3, 1), "only the last has one");
    }

    private static Gate gate(double value, Gate.Sense sense, double bar) {
        return new Gate("a-name", value, sense, bar, "details");
    }
}
