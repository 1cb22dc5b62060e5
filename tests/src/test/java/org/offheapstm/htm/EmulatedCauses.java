package org.offheapstm.htm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.offheapstm.AtomicBlock;
import org.offheapstm.HardwareCommits;
import org.offheapstm.HardwareStatistics;
import org.offheapstm.HardwareStatistics.Cause;
import org.offheapstm.HardwareStatistics.Site;
import org.offheapstm.ObjectType;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;

import java.util.EnumMap;
import java.util.Map;

/**
 * Updates of two objects, one at a time, whose transactions abort where and why the emulator is
 * told to; after each the values are right, and the statistics say what has happened.
 */
final class EmulatedCauses {
    private static final ObjectType CELL = ObjectType.of("cell", 16);

    /** What the engine begins at most for a commit. */
    private static final int TRIES = 6;

    /** What the library begins at most after interrupts. */
    private static final int TRIES_INTERRUPTED = 3;

    private static final int RETRY = 2;
    private static final int CONFLICT = 4;
    private static final int CAPACITY = 8;

    /** Status of XABORT with the codes of {@code rtm.h}. */
    private static final int STALE = 1 << 24 | 1;

    private static final int GUARD = 2 << 24 | 1;

    private final Stm stm = Stm.open(
            StmOptions.DEFAULT.withCapacityBytes(16L << 20).withHardware(HardwareCommits.REQUIRED));
    private final long one = stm.atomicLong(tx -> tx.allocate(CELL));
    private final long other = stm.atomicLong(tx -> tx.allocate(CELL));
    private long updates;

    private EmulatedCauses() {}

    /** Runs it in an {@link OtherMachine}. */
    static String run(String... none) {
        EmulatedCauses causes = new EmulatedCauses();
        causes.checkUpdate("no abort", Cause.CONFLICT, 0, true);
        long steps = Emulator.steps();
        assertTrue(steps > 20, "instructions of a commit: " + steps);
        /* Those that each try has: the first may have a beginning of its own. */
        for (long step = 0; step < steps / 2; step += 1 + steps / 8) {
            causes.checkStatus(step, RETRY | CONFLICT, Cause.CONFLICT, TRIES);
            causes.checkStatus(step, CONFLICT, Cause.CONFLICT, TRIES);
            causes.checkStatus(step, CAPACITY, Cause.CAPACITY, 1);
            causes.checkStatus(step, CAPACITY | RETRY, Cause.CAPACITY, 1);
            causes.checkStatus(step, 0, Cause.INTERRUPTED, TRIES_INTERRUPTED);
            causes.checkStatus(step, RETRY, Cause.INTERRUPTED, TRIES_INTERRUPTED);
            causes.checkStatus(step, STALE, Cause.STALE, 1);
            causes.checkStatus(step, GUARD, Cause.GUARD, 1);
        }
        causes.stm.close();
        return "passed";
    }

    /** As often as the library takes it, and once less. */
    private void checkStatus(long step, int status, Cause cause, int tries) {
        checkInjected(step, status, cause, tries, false);
        checkInjected(step, status, cause, tries - 1, true);
    }

    private void checkInjected(long step, int status, Cause cause, int aborts, boolean commits) {
        Emulator.inject(step, status, aborts);
        checkUpdate(
                "step=" + step + ", status=" + Integer.toHexString(status), cause, aborts, commits);
        Emulator.inject(0, 0, 0);
    }

    private void checkUpdate(String abort, Cause cause, int aborts, boolean commits) {
        long late = Emulator.late();
        HardwareStatistics before = stm.statistics().hardware();
        long number = ++updates;
        /* A site of its own, which has met nothing yet. */
        String site = "update " + number;
        stm.atomic(AtomicBlock.named(site), tx -> {
            tx.setLong(CELL, one, 0, number);
            tx.setLong(CELL, other, 8, tx.getLong(CELL, other, 8) + 1);
        });
        HardwareStatistics now = stm.statistics().hardware();
        String what = abort + ": " + now;
        assertEquals(number, stm.readOnlyLong(tx -> tx.getLong(CELL, one, 0)), what);
        assertEquals(number, stm.readOnlyLong(tx -> tx.getLong(CELL, other, 8)), what);
        if (Emulator.late() != late) {
            return; // It has met an abort more; what is counted depends on when.
        }
        holdOwn(now, site, cause, aborts, commits);
        assertEquals(commits ? 1 : 0, now.commits() - before.commits(), what);
        assertEquals(commits ? 0 : 1, now.fallbacks() - before.fallbacks(), what);
        assertEquals(before.skipped(), now.skipped(), what);
        assertEquals(aborts + (commits ? 1 : 0), now.attempts() - before.attempts(), what);
        assertEquals(aborts, now.aborts().get(cause) - before.aborts().get(cause), what);
    }

    /** What the site of the update has met is all in its name. */
    private static void holdOwn(
            HardwareStatistics now, String name, Cause cause, int aborts, boolean commits) {
        Site site = now.sites().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        Map<Cause, Long> expected = new EnumMap<>(Cause.class);
        for (Cause each : Cause.values()) {
            expected.put(each, each == cause ? aborts : 0L);
        }
        long commit = commits ? 1 : 0;
        assertEquals(new Site(name, aborts + commit, commit, 1 - commit, 0, expected), site);
    }
}
