package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Goal: the engine keeps its promises under every schedule tried, and each check and order in it is
 * needed. Method: scenarios under seeded schedules, with the whole engine and with one part out.
 */
final class ExplorationTest {
    private static final long SEEDS = 300;
    private static final long SEEDS_WITHOUT_A_PART = 20_000;
    private static final long STRESS_SEEDS = 50_000;

    private static final Isolation WHOLE = new Isolation(true, "");

    @AfterAll
    static void close() throws IOException {
        WHOLE.close();
    }

    private static String explore(Isolation engine, Scenario scenario, long first, long count) {
        return engine.run(
                Exploration.class, scenario.name(), Long.toString(first), Long.toString(count));
    }

    private static void holds(Scenario scenario, long first, long count) {
        assertNull(
                explore(WHOLE, scenario, first, count),
                () -> "seed and failure; to see it again: mvn verify -Dtest=ExplorationTest#again"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Doffheapstm.scenario="
                        + scenario
                        + " -Doffheapstm.seed=SEED\n");
    }

    @ParameterizedTest
    @EnumSource
    void wholeEngineKeepsItsPromises(Scenario scenario) {
        holds(scenario, 0, SEEDS);
    }

    @ParameterizedTest
    @EnumSource
    void engineWithoutAPartDoesNot(Part part) throws IOException {
        try (Isolation engine = new Isolation(true, part.name)) {
            assertNotNull(
                    explore(engine, part.scenario, 0, SEEDS_WITHOUT_A_PART),
                    () -> part.name + " is not needed, or " + part.scenario + " is too weak");
        }
    }

    /** Words that are read together are read by code of their own, with its own second look. */
    @Test
    void wordsReadTogetherNeedTheSecondLookToo() throws IOException {
        try (Isolation engine = new Isolation(true, Part.SECOND_HEADER_LOOK.name)) {
            assertNotNull(explore(engine, Scenario.WORDS, 0, SEEDS_WITHOUT_A_PART));
        }
    }

    /** Goal: a printed seed shows the same failure. Method: twice, in engines loaded anew. */
    @Test
    void seedShowsTheSameFailureAgain() throws IOException {
        String once = failure(0);
        long seed = Long.parseLong(once.substring(0, once.indexOf(':')));
        assertEquals(once, failure(seed));
    }

    private static String failure(long first) throws IOException {
        try (Isolation engine = new Isolation(true, Part.VERSION_CHECK.name)) {
            return explore(engine, Scenario.PAIRS, first, SEEDS_WITHOUT_A_PART);
        }
    }

    @Tag("stress")
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    @ParameterizedTest
    @EnumSource
    void wholeEngineKeepsItsPromisesForLong(Scenario scenario) {
        long day = System.currentTimeMillis() / 86_400_000;
        holds(scenario, day * STRESS_SEEDS, STRESS_SEEDS);
    }

    @Test
    @EnabledIfSystemProperty(named = "offheapstm.scenario", matches = ".+")
    void again() {
        Scenario scenario = Scenario.valueOf(System.getProperty("offheapstm.scenario"));
        holds(scenario, Long.getLong("offheapstm.seed"), 1);
    }
}
