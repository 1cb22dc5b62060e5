package org.offheapstm.internal.htm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.offheapstm.internal.bindings.StmHtm;
import org.offheapstm.internal.bindings.stm_htm_report;
import org.offheapstm.internal.htm.Probe.Verdict;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Goal: the probe says in one line whether there is RTM that can be used, and never guesses. */
final class ProbeTest {
    private static final int HAS_RTM = StmHtm.STM_HTM_HAS_RTM();

    /** Probes until one says again what the first has said; each takes some milliseconds. */
    private static final int PATIENCE = 100;

    @Test
    void resultIsOneLine() {
        String line = Probe.get().line();
        System.out.println(line); // For who reads the log of another machine.
        assertTrue(line.startsWith("HTM: "), line);
        assertEquals(1, line.lines().count());
    }

    @Test
    void reportOpensWithTheResult() {
        Probe probe = Probe.get();
        assertEquals(probe.line(), probe.report().lines().findFirst().orElseThrow());
    }

    @Test
    void whatCpuidDeniesIsNeverTried() {
        Probe probe = Probe.get();
        assumeTrue(probe.verdict() != Verdict.NO_SHIM, probe.line());
        if ((probe.facts() & HAS_RTM) == 0) {
            assertEquals(0, probe.trials(), probe.report());
            assertTrue(!probe.isUsable(), probe.report());
        }
    }

    @Test
    void whatIsUsableHasAbortedByItselfAndCommittedMostTrials() {
        Probe probe = Probe.get();
        assumeTrue(probe.isUsable(), probe.line());
        assertEquals(0x5A00_0001, probe.xabortStatus());
        assertEquals(StmHtm.STM_HTM_TRIALS(), probe.trials());
        assertTrue(probe.committed() > probe.trials() / 2, probe.report());
        long aborts = probe.aborts().stream().mapToLong(Long::longValue).sum();
        assertEquals(probe.trials(), probe.committed() + aborts);
    }

    @Test
    void shippedLibraryCannotBeForced() {
        assumeTrue(Shim.isLoaded(), Shim.whyNot());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment report = stm_htm_report.allocate(arena);
            int found = Probe.get().verdict().ordinal();
            try {
                StmHtm.stm_htm_probe(StmHtm.STM_HTM_FORCE(), report.address());
                assertEquals(0, stm_htm_report.facts(report) & StmHtm.STM_HTM_WAS_FORCED());
            } finally { // The library acts on its last probe, whose trials can end otherwise.
                for (int i = 0; i < PATIENCE; i++) {
                    if (StmHtm.stm_htm_probe(0, report.address()) == found) {
                        break;
                    }
                }
            }
        }
    }

    /** When each is given is tested in {@code native/src/test/c/probe_test.c}. */
    @ParameterizedTest
    @EnumSource
    void eachVerdictIsToldInOneLine(Verdict verdict) {
        Probe probe = madeUp(verdict, 0, 1000);
        String detail = switch (verdict) {
            case NO_SHIM -> "no library";
            case NOT_X86 -> "processor";
            case NOT_INTEL -> "AuthenticAMD";
            case USABLE, TRIALS_FAILED -> "300 of 1000";
            default -> "family 6 model 63 stepping 2";
        };
        assertTrue(probe.line().matches("HTM: \\w.+" + detail + ".*"), probe.line());
        assertEquals(verdict == Verdict.USABLE, probe.isUsable());
        assertTrue(probe.report().startsWith(probe.line() + "\n"), probe.report());
    }

    @Test
    void reportOfALookAlikeSaysWhatItsAbortWas() {
        String report = madeUp(Verdict.LOOK_ALIKE, 0x0100_0001, 0).report();
        assertTrue(report.contains("XABORT 0x5a      status 0x1000001"), report);
        assertFalse(report.contains("trials"), report);
    }

    private static Probe madeUp(Verdict verdict, int xabortStatus, int trials) {
        return new Probe(
                verdict,
                "no library",
                "AuthenticAMD",
                "a processor",
                6,
                0x3F,
                2,
                HAS_RTM,
                xabortStatus,
                trials,
                300,
                List.of(1L, 2L, 3L, 4L),
                0,
                0,
                0);
    }

    @Test
    void verdictsAreThoseOfTheHeader() {
        assertEquals(StmHtm.STM_HTM_USABLE(), Verdict.USABLE.ordinal());
        assertEquals(StmHtm.STM_HTM_NOT_X86(), Verdict.NOT_X86.ordinal());
        assertEquals(StmHtm.STM_HTM_NOT_INTEL(), Verdict.NOT_INTEL.ordinal());
        assertEquals(StmHtm.STM_HTM_ERRATUM(), Verdict.ERRATUM.ordinal());
        assertEquals(StmHtm.STM_HTM_DENIED(), Verdict.DENIED.ordinal());
        assertEquals(StmHtm.STM_HTM_ALWAYS_ABORTS(), Verdict.ALWAYS_ABORTS.ordinal());
        assertEquals(StmHtm.STM_HTM_LOOK_ALIKE(), Verdict.LOOK_ALIKE.ordinal());
        assertEquals(StmHtm.STM_HTM_TRIALS_FAILED(), Verdict.TRIALS_FAILED.ordinal());
    }

    @Test
    void outcomesAreThoseOfTheHeader() {
        assertEquals(StmHtm.STM_HTM_OK(), Outcome.OK.ordinal());
        assertEquals(StmHtm.STM_HTM_STALE(), Outcome.STALE.ordinal());
        assertEquals(StmHtm.STM_HTM_GUARD(), Outcome.GUARD.ordinal());
        assertEquals(StmHtm.STM_HTM_CONFLICT(), Outcome.CONFLICT.ordinal());
        assertEquals(StmHtm.STM_HTM_CAPACITY(), Outcome.CAPACITY.ordinal());
        assertEquals(StmHtm.STM_HTM_OTHER(), Outcome.OTHER.ordinal());
        assertEquals(StmHtm.STM_HTM_UNAVAILABLE(), Outcome.UNAVAILABLE.ordinal());
        assertEquals(StmHtm.STM_HTM_BAD(), Outcome.BAD.ordinal());
        assertEquals(StmHtm.STM_HTM_TOO_LARGE(), Outcome.TOO_LARGE.ordinal());
    }
}
