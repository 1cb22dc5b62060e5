package org.offheapstm.explore;

import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.internal.memory.Seam;

import java.util.SplittableRandom;
import java.util.function.LongPredicate;

/** A scenario under one schedule after the other; meant to be run in an {@link Isolation}. */
final class Exploration {
    private static final StmOptions SMALL = StmOptions.DEFAULT
            .withName("exploration")
            .withCapacityBytes(StmOptions.MIN_CAPACITY_BYTES)
            .withMaxRunning(16);

    /** Seeds that share an engine, because to open one takes longer than a run. */
    private static final int GROUP = 32;

    private Exploration() {}

    /**
     * Runs a scenario under the schedules of some seeds.
     *
     * @param arguments its name, the first seed (the runs start at the first of its group), and
     *     how many
     * @return the first seed that fails, and why; or null
     */
    static String run(String... arguments) throws InterruptedException {
        Scenario scenario = Scenario.valueOf(arguments[0]);
        long first = Long.parseLong(arguments[1]);
        long count = Long.parseLong(arguments[2]);
        try (Baton.Crew crew = new Baton.Crew()) {
            int size = scenario.needsOwnEngine() ? 1 : GROUP;
            for (long group = first / size * size; group < first + count; group += size) {
                long end = Math.min(group + size, first + count);
                String failure = exploreGroup(scenario, crew, group, end);
                if (failure != null) {
                    return failure;
                }
            }
        }
        return null;
    }

    private static String exploreGroup(Scenario scenario, Baton.Crew crew, long group, long end)
            throws InterruptedException {
        Stm stm = Stm.open(SMALL);
        Insides insides = Insides.of(stm);
        for (long seed = group; seed < end; seed++) {
            Throwable failure = explore(scenario, stm, insides, crew, seed);
            if (failure != null) {
                return seed + ": " + describe(failure);
            }
        }
        stm.close(); // Not after a failure: it would wait for attempts that hang.
        return null;
    }

    private static String describe(Throwable failure) {
        StringBuilder text = new StringBuilder(failure.toString());
        for (StackTraceElement frame : failure.getStackTrace()) {
            if (frame.getClassName().startsWith("org.offheapstm.")) {
                text.append(" <- ")
                        .append(frame.getMethodName())
                        .append(':')
                        .append(frame.getLineNumber());
            }
        }
        return text.toString();
    }

    private static Throwable explore(
            Scenario scenario, Stm stm, Insides insides, Baton.Crew crew, long seed)
            throws InterruptedException {
        Story story = scenario.story(stm, new SplittableRandom(~seed));
        Pilot pilot = new Pilot(seed, story.threads().size());
        Seam.forceAborts(story.aborts());
        try {
            LongPredicate shared =
                    scenario.stepsAtRunEntries() ? insides::isSharedOrRunEntry : insides::isShared;
            Baton baton = new Baton(pilot, crew, story.threads(), shared, insides.spans());
            Throwable failure = baton.run();
            if (failure != null) {
                return failure;
            }
        } finally {
            Seam.forceAborts(null);
        }
        try {
            story.afterwards().run();
            return null;
        } catch (RuntimeException | AssertionError e) {
            return e;
        }
    }
}
