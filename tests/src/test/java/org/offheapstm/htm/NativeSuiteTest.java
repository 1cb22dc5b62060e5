package org.offheapstm.htm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.offheapstm.htm.NativeBuild.Outcome;
import org.offheapstm.htm.NativeBuild.Part;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Goal: the machine code of the shim does what its header says, also where it is aborted. Method:
 * the C tests of {@code native/src/test/c}, under the emulator, on the processor's own
 * transactions, and without any, by themselves and under valgrind; and with a shim without a part,
 * which each part's tests must miss. To run one by hand: {@code tests/target/htm/NONE-suite
 * emulated}, with {@code SEED=} as a failure prints it.
 */
final class NativeSuiteTest {
    /** What the program ends with where there are no transactions of the kind. */
    private static final int NONE_HERE = 3;

    private static final int MEMCHECK_FAILED = 9;

    /** Until threads have met in the way that shows what is missing: as a rule, the first time. */
    private static final String MOST_TIMES = "100";

    private static boolean hasValgrind() {
        try {
            return NativeBuild.run(List.of("valgrind", "--version")).status() == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    private static Outcome run(Part missing, List<String> before, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(before);
        command.add(NativeBuild.suiteWithout(missing).toString());
        command.addAll(List.of(arguments));
        Outcome outcome = NativeBuild.run(command);
        System.out.println(outcome.output().strip().lines().reduce((a, b) -> b).orElse(""));
        return outcome;
    }

    @Test
    void shimPassesUnderTheEmulator() throws IOException {
        Outcome outcome = run(Part.NONE, List.of(), "emulated");
        assertEquals(0, outcome.status(), outcome::toString);
    }

    @Test
    void shimPassesOnTheProcessorsOwnTransactions() throws IOException {
        Outcome outcome = run(Part.NONE, List.of(), "native");
        assumeTrue(outcome.status() != NONE_HERE, outcome::output);
        assertEquals(0, outcome.status(), outcome::toString);
    }

    /** Where there is no valgrind, too. */
    @Test
    void softwareAndRefusalsPassWithoutTransactions() throws IOException {
        Outcome outcome = run(Part.NONE, List.of(), "software");
        assertEquals(0, outcome.status(), outcome::toString);
    }

    @Test
    void softwareAndRefusalsAreCleanUnderMemcheck() throws IOException {
        assumeTrue(hasValgrind(), "shim under memcheck: skipped, no valgrind");
        Outcome outcome = run(
                Part.NONE,
                List.of("valgrind", "-q", "--error-exitcode=" + MEMCHECK_FAILED),
                "software");
        assertEquals(0, outcome.status(), outcome::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "CHECK_READS, staleReadIsRefusedBeforeATransaction",
        "CHECK_READS, staleReadIsRefusedInside",
        "CHECK_EXPECTED, staleWriteIsRefusedBeforeATransaction",
        "CHECK_EXPECTED, staleWriteIsRefusedInside",
        "CHECK_EXPECTED, nobodySeesHalfOfACommit",
        "CHECK_GUARD, snapshotsAndWaitersAreRespected",
        "CHECK_CLOCK, clockIsReadInside",
        "STORE_HEADER, versionIsStored",
        "STORE_HEADER, nobodySeesHalfOfACommit",
        "CHECK_CPUID, whatMayNotBeTriedIsNotTried",
        "CHECK_XABORT, lookAlikeIsRefused",
        "CHECK_XABORT, whatHasNotShownItsAbortIsRefused",
    })
    void missingPartIsSeen(Part missing, String test) throws IOException {
        Outcome outcome = run(missing, List.of(), "emulated", test, MOST_TIMES);
        assertEquals(1, outcome.status(), outcome::toString);
        assertTrue(outcome.output().contains("failed: " + test), outcome::toString);
    }

    /** Isolation is the emulator's own part; the C test takes it out and puts it back. */
    @Test
    void missingIsolationIsSeen() throws IOException {
        Outcome outcome = run(Part.NONE, List.of(), "emulated", "withoutIsolationSomebodyDoes");
        assertEquals(0, outcome.status(), outcome::toString);
    }
}
