package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.HardwareCommits;
import org.offheapstm.internal.htm.Probe;

/** Goal: the cut-over follows what the probe has measured, and stays in its bounds. */
final class HardwareUseTest {
    private static final String REFUSING = "offheapstm.htm.refusing";

    @Test
    void isThatOfTheMachineOnWhichItWasMeasured() {
        assertEquals(6, HardwareUse.cutOver(10_400, 16_500, 1_900));
    }

    @Test
    void dearerTransactionsMoveItUp() {
        assertTrue(HardwareUse.cutOver(10_400, 60_000, 1_900) > 6);
    }

    @Test
    void dearerLocksMoveItDown() {
        assertTrue(HardwareUse.cutOver(20_000, 16_500, 1_900) < 6);
    }

    @Test
    void transactionCheaperThanALockIsWorthItForOneObject() {
        assertEquals(1, HardwareUse.cutOver(40_000, 10_000, 1_000));
    }

    @Test
    void refusalIsNotClaimedWhereAProbeHasFoundTransactions() {
        assumeTrue(Probe.get().isUsable(), Probe.get().line());
        System.setProperty(REFUSING, "true");
        try {
            String state = HardwareUse.of(HardwareCommits.AUTO, "tested").state();
            assertTrue(state.startsWith("HTM: usable"), state);
        } finally {
            System.clearProperty(REFUSING);
        }
    }

    @Test
    void whereNothingIsSavedOnlyLargeCommitsTry() {
        assertEquals(64, HardwareUse.cutOver(5_000, 16_500, 4_000));
        assertEquals(64, HardwareUse.cutOver(0, 0, 0));
    }
}
