package org.offheapstm.bench.workload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

/** Goal: the objects a thread visits are the same for all, random, and distinct in an operation. */
final class PicksTest {
    @Test
    void anyWindowIsDistinct() {
        int[] picks = Picks.random(1_000, 0);
        for (int i = 0; i + Picks.WINDOW <= picks.length; i += 7) {
            assertEquals(
                    Picks.WINDOW,
                    Arrays.stream(picks, i, i + Picks.WINDOW).distinct().count(),
                    "distinct picks from " + i);
        }
    }

    @Test
    void everyObjectIsVisitedAboutEquallyOften() {
        int objects = 1_000;
        int[] picks = Picks.random(objects, 1);
        int[] visits = new int[objects];
        Arrays.stream(picks).forEach(object -> visits[object]++);
        int mean = picks.length / objects;
        for (int object = 0; object < objects; object++) {
            assertTrue(
                    visits[object] > mean / 2 && visits[object] < mean * 2,
                    "object=" + object + ", visits=" + visits[object] + ", mean=" + mean);
        }
    }

    @Test
    void picksDependOnTheThreadAndOnNothingElse() {
        assertArrayEquals(Picks.random(1_000, 0), Picks.random(1_000, 0));
        assertFalse(Arrays.equals(Picks.random(1_000, 0), Picks.random(1_000, 1)));
    }
}
