package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.internal.memory.Seam;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Goal: whatever a program of transactions does, its reads, its results and what it leaves are
 * those of a sequential machine, also if an attempt is aborted at any step. Method: random programs
 * beside a model; each runs once whole, once per step with an abort forced there, and once with
 * aborts so frequent that it escalates. A failure prints its seed and the shortest program found.
 */
final class ProgramTest {
    private static final StmOptions SMALL =
            StmOptions.DEFAULT.withName("programs").withCapacityBytes(4L << 20).withMaxRunning(4);
    private static final int PROGRAMS = 150;
    private static final int STRESS_PROGRAMS = 30_000;
    /** Steps of a program at which an abort is tried: all, if they are no more. */
    private static final int MAX_ABORTS = 60;

    private static final int MAX_SHORTENINGS = 500;

    /** Programs that share an engine. */
    private static final int GROUP = 10;

    @AfterEach
    void stopAborts() {
        Seam.forceAborts(null);
    }

    @Test
    void programsAgreeWithTheModel() {
        check(
                Long.getLong("offheapstm.seed", 0),
                Long.getLong("offheapstm.seed") == null ? PROGRAMS : 1);
    }

    @Tag("stress")
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    @Test
    void programsAgreeWithTheModelForLong() {
        check(System.currentTimeMillis() / 86_400_000 * STRESS_PROGRAMS, STRESS_PROGRAMS);
    }

    private static void check(long first, int count) {
        for (long seed = first; seed < first + count; seed += GROUP) {
            try (Stm stm = Stm.open(SMALL)) {
                for (long each = seed; each < Math.min(seed + GROUP, first + count); each++) {
                    check(stm, each);
                }
            }
        }
    }

    private static void check(Stm stm, long seed) {
        Program program = Program.draw(seed);
        Optional<Throwable> failure = failure(stm, program, seed);
        if (failure.isPresent()) {
            Program least = shorten(program, seed);
            fail(
                    "seed=" + seed + "; to see it again: mvn verify -Dtest=ProgramTest"
                            + " -Dsurefire.failIfNoSpecifiedTests=false -Doffheapstm.seed=" + seed
                            + "\nshortest: " + least,
                    failure.get());
        }
    }

    private static Program shorten(Program program, long seed) {
        Program least = program;
        int left = MAX_SHORTENINGS;
        boolean found = true;
        while (found && left > 0) {
            found = false;
            for (Program each : least.shorter()) {
                // Not closed: an engine that has failed may not come to rest.
                if (left-- > 0 && failure(Stm.open(SMALL), each, seed).isPresent()) {
                    least = each;
                    found = true;
                    break;
                }
            }
        }
        return least;
    }

    private static Optional<Throwable> failure(Stm stm, Program program, long seed) {
        try {
            int[] steps = new int[1];
            runWith(stm, program, step -> steps[0]++ < 0);
            for (int at = 0; at < steps[0]; at += 1 + steps[0] / MAX_ABORTS) {
                int[] left = {at};
                runWith(stm, program, step -> left[0]-- == 0);
            }
            SplittableRandom coin = new SplittableRandom(seed);
            runWith(stm, program, step -> coin.nextInt(3) != 0);
            return Optional.empty();
        } catch (RuntimeException | Error e) {
            return Optional.of(e);
        } finally {
            Seam.forceAborts(null);
        }
    }

    private static void runWith(Stm stm, Program program, Seam.Aborts aborts) {
        Seam.forceAborts(aborts);
        program.run(stm);
    }

    /** Goal: the check sees what it should. Method: an engine without a part fails it. */
    @Test
    void engineThatReadsFreedObjectsFails() throws Exception {
        try (Isolation engine = new Isolation(false, "freedCheck")) {
            assertTrue(engine.run(ProgramTest.class).contains("a dead object was read"));
        }
    }

    /** For {@link Isolation}: the first failure. */
    static String run(String... arguments) {
        for (long seed = 0; seed < PROGRAMS; seed++) {
            Optional<Throwable> failure = failure(Stm.open(SMALL), Program.draw(seed), seed);
            if (failure.isPresent()) {
                return failure.get().toString();
            }
        }
        return "none";
    }
}
