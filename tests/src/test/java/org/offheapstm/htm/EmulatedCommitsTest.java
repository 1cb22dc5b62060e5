package org.offheapstm.htm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.offheapstm.htm.NativeBuild.Part;
import org.offheapstm.tests.Seed;

import java.io.IOException;

/**
 * Goal: the engine commits in hardware as it does in software, also on machines without: both at
 * once keep every invariant, every abort ends where it should and is counted. Method: the engine in
 * a virtual machine whose library is emulated; whole, with aborts anywhere, and with a part of the
 * commit missing, which the bank must notice.
 */
final class EmulatedCommitsTest {
    /** A few hundred a second are emulated. */
    private static final String COMMITS = "300";

    private static final String MILLIS = "20000";

    /** Until a missing part is seen: no number ends it before. */
    private static final String UNBOUNDED = "1000000";

    private static final String PATIENCE_MILLIS = "60000";

    private final Seed seed = Seed.of(EmulatedCommitsTest.class);

    @Test
    void everyCauseOfAnAbortEndsWhereItShouldAndIsCounted() throws IOException {
        assertEquals("passed", OtherMachine.emulated().run(EmulatedCauses.class));
    }

    @Test
    void bothKindsOfCommitsKeepEveryInvariant() throws IOException {
        holdBothKinds("bank");
    }

    @Test
    void abortsAnywhereChangeNothing() throws IOException {
        holdBothKinds("shaken");
    }

    private void holdBothKinds(String scenario) throws IOException {
        String result = run(OtherMachine.emulated(), scenario, COMMITS, MILLIS);
        System.out.println("emulated, " + scenario + ": " + result);
        assertTrue(result.matches("hardware=[1-9]\\d+, software=[1-9]\\d+"), result + ", " + seed);
    }

    @ParameterizedTest
    @EnumSource(names = {"CHECK_READS", "CHECK_EXPECTED", "STORE_HEADER"})
    void missingPartIsSeen(Part part) throws IOException {
        holdSeen(OtherMachine.emulatedWithout(part), "bank", part.name());
    }

    /** Switch {@code hardwareReads}. */
    @Test
    void readSetThatIsNotHandedOverIsSeen() throws IOException {
        holdSeen(OtherMachine.emulated(false, "hardwareReads"), "bank", "hardwareReads");
    }

    @Test
    void missingIsolationIsSeen() throws IOException {
        holdSeen(OtherMachine.emulated(), "exposed", "isolation");
    }

    private void holdSeen(OtherMachine machine, String scenario, String missing)
            throws IOException {
        String result = run(machine, scenario, UNBOUNDED, PATIENCE_MILLIS);
        System.out.println("emulated, " + scenario + " without " + missing + ": " + result);
        assertTrue(result.startsWith("wrong: "), result + ", " + seed);
    }

    private String run(OtherMachine machine, String scenario, String commits, String millis)
            throws IOException {
        return machine.run(
                EmulatedBank.class, scenario, Long.toString(seed.value()), commits, millis);
    }

    /** The same tests as on the processor's own transactions. */
    @Test
    void engineDoesWhatItDoesInHardware() throws IOException {
        String tests = "org.offheapstm.engine.HardwareTest";
        assertEquals(
                "passed",
                OtherMachine.emulated().run(EmulatedTests.class, tests, tests + "$Usable"));
    }
}
