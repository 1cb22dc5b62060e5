package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.offheapstm.htm.OtherMachine;
import org.offheapstm.internal.htm.Probe;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Goal: commits in hardware and in software, at the same time on the same data, are one protocol;
 * and what keeps it so is needed. Method: {@link MixedCommits} at full speed on the processor's own
 * transactions, whole and with a part taken out, skipped, saying why, where there are none that can
 * be used; a stack that is full at each access of a commit in hardware, there and under the
 * emulator. The bank that is fit for the emulator is in {@code EmulatedCommitsTest}.
 */
final class MixedCommitsTest {
    private static final String MOMENT_MILLIS = "2000";
    private static final String LONG_MILLIS = "60000";

    /** Until a missing part is seen; it takes some hundredths of a second. */
    private static final String PATIENCE_MILLIS = "20000";

    private static void assumeHardware() {
        Probe probe = Probe.get();
        assumeTrue(probe.isUsable(), probe.line());
    }

    @Test
    void bothKindsKeepEveryInvariant() throws InterruptedException {
        assumeHardware();
        holdBothKinds(MixedCommits.run(MOMENT_MILLIS));
    }

    @Tag("stress")
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    @Test
    void bothKindsKeepEveryInvariantForLong() throws InterruptedException {
        assumeHardware();
        holdBothKinds(MixedCommits.run(LONG_MILLIS));
    }

    private static void holdBothKinds(String result) {
        assertTrue(result.matches("hardware=[1-9]\\d+, software=[1-9]\\d+"), result);
    }

    /** Switch {@code hardwareReads}: the read set is not handed over. */
    @Test
    void readSetThatIsNotHandedOverIsSeen() throws IOException {
        assumeHardware();
        try (Isolation engine = new Isolation(false, "hardwareReads")) {
            String seen = engine.run(MixedCommits.class, PATIENCE_MILLIS);
            assertTrue(seen.startsWith("wrong: "), seen);
        }
    }

    @Test
    void struckCommitInHardwareIsWholeOrAbsent() throws IOException {
        assumeHardware();
        try (Isolation engine = new Isolation(true, "")) {
            assertNull(engine.run(FullStack.class, "hardware"));
        }
    }

    /** Switch {@code hardwareDone}: nobody asks the descriptor whether the commit was done. */
    @Test
    void struckCommitThatIsTakenForAbsentIsSeen() throws IOException {
        assumeHardware();
        try (Isolation engine = new Isolation(true, "hardwareDone")) {
            String seen = engine.run(FullStack.class, "hardware");
            assertNotEquals(null, seen);
        } catch (AssertionError seenByTheNextCommit) {
            String type = seenByTheNextCommit.getCause().getClass().getSimpleName();
            assertEquals("StaleReferenceException", type);
        }
    }

    @Test
    void struckEmulatedCommitIsWholeOrAbsent() throws IOException {
        assertEquals("null", emulated("").run(FullStack.class, "hardware"));
    }

    @Test
    void struckEmulatedCommitThatIsTakenForAbsentIsSeen() throws IOException {
        try {
            assertNotEquals("null", emulated("hardwareDone").run(FullStack.class, "hardware"));
        } catch (AssertionError seenByTheNextCommit) {
            String output = seenByTheNextCommit.getMessage();
            assertTrue(output.contains("StaleReferenceException"), output);
        }
    }

    private static OtherMachine emulated(String without) {
        return OtherMachine.emulated(true, without);
    }
}
