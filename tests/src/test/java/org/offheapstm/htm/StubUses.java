package org.offheapstm.htm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.offheapstm.HardwareCommits;
import org.offheapstm.HardwareStatistics;
import org.offheapstm.HardwareUnavailableException;
import org.offheapstm.ObjectType;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.internal.htm.Probe;
import org.offheapstm.internal.htm.Shim;

/** Each use of a shim that can do nothing; run in an {@link OtherMachine}. */
final class StubUses {
    private static final ObjectType CELL = ObjectType.of("cell", 16);
    private static final StmOptions SMALL = StmOptions.DEFAULT.withCapacityBytes(16L << 20);
    private static final String REFUSING = "offheapstm.htm.refusing";
    private static final int UPDATES = 100;

    private StubUses() {}

    static String run(String... none) {
        assertEquals(null, Shim.whyNot());
        Probe probe = Probe.get();
        assertEquals(Probe.Verdict.NOT_X86, probe.verdict());
        assertEquals(0, probe.trials());
        String line = probe.line();
        assertTrue(line.startsWith("HTM: unavailable: not an x86-64 processor"), line);
        assertTrue(probe.report().startsWith(line + "\n"), probe.report());
        assertFalse(probe.report().contains("family"), probe.report());
        assertEquals(0, updates(HardwareCommits.AUTO, line).fallbacks());
        assertEquals(0, updates(HardwareCommits.OFF, "HTM: off").fallbacks());
        HardwareUnavailableException refusal = assertThrows(
                HardwareUnavailableException.class,
                () -> Stm.open(SMALL.withHardware(HardwareCommits.REQUIRED)));
        assertTrue(refusal.getMessage().contains(line), refusal.getMessage());
        /* Whoever hands a commit over all the same is told that nothing was done. */
        System.setProperty(REFUSING, "true");
        String refuses = "HTM: refuses every commit, for measuring";
        assertEquals(UPDATES + 1, updates(HardwareCommits.AUTO, refuses).fallbacks());
        assertEquals(0, updates(HardwareCommits.OFF, "HTM: off").fallbacks());
        return "passed";
    }

    /** Updates of one cell, all of them in software. */
    private static HardwareStatistics updates(HardwareCommits wanted, String state) {
        try (Stm stm = Stm.open(SMALL.withHardware(wanted))) {
            long cell = stm.atomicLong(tx -> tx.allocate(CELL));
            for (int i = 0; i < UPDATES; i++) {
                stm.atomic(tx -> tx.setLong(CELL, cell, 8, tx.getLong(CELL, cell, 8) + 1));
            }
            assertEquals(UPDATES, stm.readOnlyLong(tx -> tx.getLong(CELL, cell, 8)));
            HardwareStatistics hardware = stm.statistics().hardware();
            assertEquals(state, hardware.state());
            assertEquals(0, hardware.attempts() + hardware.commits(), hardware::toString);
            return hardware;
        }
    }
}
