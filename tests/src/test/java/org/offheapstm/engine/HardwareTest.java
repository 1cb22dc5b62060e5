package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.offheapstm.internal.engine.EngineLimits.LOSSES_BEFORE_ESCALATION;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.offheapstm.AtomicBlock;
import org.offheapstm.HardwareCommits;
import org.offheapstm.HardwareStatistics;
import org.offheapstm.HardwareStatistics.Cause;
import org.offheapstm.HardwareStatistics.Site;
import org.offheapstm.HardwareUnavailableException;
import org.offheapstm.ObjectType;
import org.offheapstm.Snapshot;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.internal.htm.Probe;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

/**
 * Goal: commits in hardware do what commits in software do, whatever they cannot do is done in
 * software and counted, and the option does what it says. Method: an update at a time, its
 * statistics before and after; the second hand where somebody must be in the way. Those that need
 * hardware are skipped, saying why, where there is none; {@code EmulatedCommitsTest} runs them on
 * every machine.
 */
final class HardwareTest {
    private static final ObjectType CELL = ObjectType.of("cell", 16);
    private static final ObjectType PAGE = ObjectType.of("page", 4000);
    private static final StmOptions SMALL = StmOptions.DEFAULT.withCapacityBytes(16L << 20);

    @Test
    void offNeverTries() {
        try (Stm stm = Stm.open(SMALL.withHardware(HardwareCommits.OFF))) {
            stm.atomic(tx -> tx.allocate(CELL));
            HardwareStatistics hardware = stm.statistics().hardware();
            assertEquals("HTM: off", hardware.state());
            assertEquals(0, hardware.attempts() + hardware.fallbacks() + hardware.skipped());
        }
    }

    @Test
    void autoOpensEverywhereAndSaysInOneLineWhatIs() {
        try (Stm stm = Stm.open(SMALL)) {
            String state = stm.statistics().hardware().state();
            assertTrue(state.startsWith("HTM: "), state);
            assertEquals(1, state.lines().count());
        }
    }

    @Test
    void requiredIsRefusedWithTheReasonWhereItCannotBeHad() {
        Probe probe = Probe.get();
        assumeFalse(probe.isUsable(), probe.line());
        HardwareUnavailableException refusal = assertThrows(
                HardwareUnavailableException.class,
                () -> Stm.open(SMALL.withHardware(HardwareCommits.REQUIRED)));
        assertTrue(refusal.getMessage().contains(probe.line()), refusal.getMessage());
    }

    /** With hardware that works. */
    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_METHOD)
    final class Usable {
        private static final int MORE_THAN_A_CALL_TAKES = 600;

        private final Stm stm = open();
        private final long one = stm.atomicLong(tx -> tx.allocate(CELL));
        private final long other = stm.atomicLong(tx -> tx.allocate(CELL));
        private final HardwareStatistics before = stm.statistics().hardware();

        private static Stm open() {
            Probe probe = Probe.get();
            assumeTrue(probe.isUsable(), probe.line());
            return Stm.open(SMALL.withHardware(HardwareCommits.REQUIRED));
        }

        @AfterEach
        void close() {
            stm.close();
        }

        private long get(long ref) {
            return stm.readOnlyLong(tx -> tx.getLong(CELL, ref, 0));
        }

        private void holdDone(long commits, long fallbacks, long skipped) {
            HardwareStatistics now = stm.statistics().hardware();
            String done = (now.commits() - before.commits()) + " commits, "
                    + (now.fallbacks() - before.fallbacks()) + " fallbacks, "
                    + (now.skipped() - before.skipped()) + " skipped";
            assertEquals(
                    commits + " commits, " + fallbacks + " fallbacks, " + skipped + " skipped",
                    done,
                    now::toString);
            long aborts =
                    now.aborts().values().stream().mapToLong(Long::longValue).sum();
            assertEquals(now.attempts(), now.commits() + aborts, now::toString);
        }

        @Test
        void updateOfTwoObjectsIsOneCommit() {
            stm.atomic(tx -> {
                tx.setLong(CELL, one, 0, 7);
                tx.setLong(CELL, other, 8, tx.getLong(CELL, other, 8) + 9);
            });
            assertEquals(7, get(one));
            assertEquals(9, stm.readOnlyLong(tx -> tx.getLong(CELL, other, 8)));
            holdDone(1, 0, 0);
        }

        @Test
        void birthsFreesAndDropsArePublished() {
            long made = stm.atomicLong(tx -> {
                long child = tx.allocate(CELL);
                tx.setLong(CELL, child, 0, 5);
                tx.setLong(CELL, one, 0, child);
                tx.free(CELL, other);
                tx.free(CELL, tx.allocate(CELL));
                return child;
            });
            assertEquals(5, get(made));
            assertEquals(made, get(one));
            boolean exists = stm.readOnlyGet(tx -> tx.exists(CELL, other));
            assertFalse(exists);
            holdDone(1, 0, 0);
        }

        @Test
        void freedMemoryComesBack() {
            stm.atomic(tx -> tx.setLong(CELL, one, 0, tx.allocate(PAGE)));
            long used = stm.statistics().usedBytes();
            for (int i = 0; i < 1_000; i++) {
                stm.atomic(tx -> {
                    tx.free(PAGE, tx.getLong(CELL, one, 0));
                    tx.setLong(CELL, one, 0, tx.allocate(PAGE));
                });
            }
            assertTrue(
                    stm.statistics().usedBytes() <= used + (1 << 20), stm.statistics()::toString);
        }

        @Test
        void readThatIsOldByTheCommitIsRefused() {
            try (Elsewhere elsewhere = new Elsewhere("elsewhere")) {
                long sum = stm.atomicLong(tx -> {
                    long seen = tx.getLong(CELL, one, 0);
                    if (tx.attempt() == 1) {
                        elsewhere.run(() -> stm.atomic(t -> t.setLong(CELL, one, 0, 3)));
                    }
                    tx.setLong(CELL, other, 0, seen + 1);
                    return seen;
                });
                assertEquals(3, sum);
                assertEquals(4, get(other));
            }
            holdDone(2, 1, 0);
        }

        @Test
        void writeThatIsOldByTheCommitIsRefused() {
            try (Elsewhere elsewhere = new Elsewhere("elsewhere")) {
                stm.atomic(tx -> {
                    tx.setLong(CELL, one, 0, tx.getLong(CELL, one, 0) + 1);
                    if (tx.attempt() == 1) {
                        elsewhere.run(() -> stm.atomic(t -> t.setLong(CELL, one, 0, 10)));
                    }
                });
            }
            assertEquals(11, get(one));
            holdDone(2, 1, 0);
        }

        @Test
        void openSnapshotIsKeptItsImages() {
            try (Snapshot snapshot = stm.openSnapshot()) {
                stm.atomic(tx -> tx.setLong(CELL, one, 0, 2));
                assertEquals(0L, snapshot.readOnlyLong(tx -> tx.getLong(CELL, one, 0)));
            }
            assertEquals(2, get(one));
            holdDone(0, 1, 0);
            assertEquals(1, stm.statistics().hardware().aborts().get(Cause.GUARD));
        }

        @Test
        void waiterIsWoken() {
            CountDownLatch waits = new CountDownLatch(1);
            try (Elsewhere elsewhere = new Elsewhere("waiter")) {
                Future<Void> woken = elsewhere.start(() -> stm.atomic(tx -> {
                    tx.afterRollback(waits::countDown);
                    if (tx.getLong(CELL, one, 0) == 0) {
                        throw tx.retry();
                    }
                }));
                Elsewhere.await(waits);
                stm.atomic(tx -> tx.setLong(CELL, one, 0, 1));
                Elsewhere.await(woken);
            }
            holdDone(0, 1, 0);
        }

        @Test
        void mergesAreLeftToSoftware() {
            stm.atomic(tx -> tx.addLong(CELL, one, 0, 4));
            assertEquals(4, get(one));
            holdDone(0, 0, 1);
        }

        @Test
        void escalatedAttemptIsLeftToSoftware() {
            try (Elsewhere elsewhere = new Elsewhere("elsewhere")) {
                stm.atomic(tx -> {
                    long seen = tx.getLong(CELL, one, 0);
                    if (tx.attempt() <= LOSSES_BEFORE_ESCALATION) {
                        elsewhere.run(() -> stm.atomic(
                                t -> t.setLong(CELL, one, 0, t.getLong(CELL, one, 0) + 1)));
                    }
                    tx.setLong(CELL, other, 0, seen);
                });
            }
            assertEquals(get(one), get(other));
            assertEquals(1, stm.statistics().escalations());
            assertEquals(1, stm.statistics().hardware().skipped() - before.skipped());
        }

        @Test
        void whatIsTooLargeIsLeftToSoftwareForAWhile() {
            AtomicBlock block = AtomicBlock.named("large");
            stm.atomic(block, tx -> {
                for (int i = 0; i < MORE_THAN_A_CALL_TAKES; i++) {
                    tx.setLong(CELL, tx.allocate(CELL), 0, i);
                }
            });
            stm.atomic(block, tx -> tx.setLong(CELL, one, 0, 1));
            stm.atomic(AtomicBlock.named("small"), tx -> tx.setLong(CELL, other, 0, 1));
            holdDone(1, 1, 1);
            Site large = site("large");
            assertEquals(1, large.fallbacks());
            assertEquals(1, large.skipped());
            assertEquals(0, large.attempts());
            assertEquals(0, large.commits());
        }

        @Test
        void eachSiteHasItsOwnAborts() {
            try (Snapshot snapshot = stm.openSnapshot()) {
                stm.atomic(AtomicBlock.named("guarded"), tx -> tx.setLong(CELL, one, 0, 2));
                assertEquals(0L, snapshot.readOnlyLong(tx -> tx.getLong(CELL, one, 0)));
            }
            stm.atomic(AtomicBlock.named("free"), tx -> tx.setLong(CELL, one, 0, 3));
            assertEquals(1, site("guarded").aborts().get(Cause.GUARD));
            assertEquals(0, site("guarded").commits());
            assertEquals(0, site("free").aborts().get(Cause.GUARD));
            assertEquals(1, site("free").commits());
            HardwareStatistics all = stm.statistics().hardware();
            assertEquals(
                    all.attempts(),
                    all.sites().stream().mapToLong(Site::attempts).sum(),
                    all::toString);
            for (Cause cause : Cause.values()) {
                assertEquals(
                        all.aborts().get(cause),
                        all.sites().stream()
                                .mapToLong(site -> site.aborts().get(cause))
                                .sum(),
                        all::toString);
            }
        }

        private Site site(String name) {
            return stm.statistics().hardware().sites().stream()
                    .filter(site -> site.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        @Test
        void tooManyReadsAreLeftToSoftware() {
            long[] refs = stm.atomicGet(tx -> {
                long[] made = new long[MORE_THAN_A_CALL_TAKES];
                for (int i = 0; i < made.length; i++) {
                    made[i] = tx.allocate(CELL);
                }
                return made;
            });
            HardwareStatistics now = stm.statistics().hardware();
            stm.atomic(tx -> {
                long sum = 1;
                for (long ref : refs) {
                    sum += tx.getLong(CELL, ref, 0);
                }
                tx.setLong(CELL, one, 0, sum);
            });
            assertEquals(1, get(one));
            assertEquals(1, stm.statistics().hardware().fallbacks() - now.fallbacks());
        }
    }
}
