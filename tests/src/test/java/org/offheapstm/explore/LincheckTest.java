package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Goal: objects made of transactions are linearizable, by the word of a checker that is not ours.
 * Method: Lincheck's model checker on the engine's own code. It rewrites classes as they are loaded
 * and wants to be alone, so it runs in a JVM of its own.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class LincheckTest {
    /** So few find both faults below; one program under 30 schedules found neither. */
    private static final int PROGRAMS = 2;

    private static final int SCHEDULES = 200;

    /** What a run of the checker said. */
    private record Outcome(int exit, String text) {}

    private static Outcome check(String without, int programs, int schedules) {
        try {
            Process process = new ProcessBuilder(List.of(
                            ProcessHandle.current().info().command().orElse("java"),
                            "-Xshare:off",
                            "-XX:+EnableDynamicAgentLoading",
                            "--sun-misc-unsafe-memory-access=allow",
                            "--enable-native-access=ALL-UNNAMED",
                            "-Doffheapstm.trace=true",
                            "-Doffheapstm.without=" + without,
                            "-cp",
                            System.getProperty("java.class.path"),
                            CheckedCells.class.getName(),
                            Integer.toString(programs),
                            Integer.toString(schedules)))
                    .redirectErrorStream(true)
                    .start();
            String text = new String(process.getInputStream().readAllBytes());
            return new Outcome(process.waitFor(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts a test", e);
        }
    }

    private static void isLinearizable(int programs, int schedules) {
        Outcome outcome = check("", programs, schedules);
        assertEquals(0, outcome.exit, outcome.text);
    }

    private static void failsWithout(String part) {
        Outcome outcome = check(part, PROGRAMS, SCHEDULES);
        assertTrue(outcome.text.contains("Invalid execution results"), outcome.text);
    }

    @Tag("lincheck")
    @Test
    void cellsAreLinearizable() {
        isLinearizable(PROGRAMS, SCHEDULES);
    }

    @Tag("lincheck-long")
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    @Test
    void cellsAreLinearizableForLong() {
        isLinearizable(20, 1000);
    }

    @Tag("lincheck")
    @Test
    void engineThatAcceptsVersionsOfItsSnapshotIsNot() {
        failsWithout("versionCheck");
    }

    @Tag("lincheck")
    @Test
    void engineThatReadsLockedObjectsIsNot() {
        failsWithout("lockCheck");
    }
}
