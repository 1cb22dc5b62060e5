package org.offheapstm.bench.contender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Goal: draws are spread evenly, also those that begin at successive seeds. */
final class DrawTest {
    private static final int BOUND = 1_000;
    private static final int SEEDS = 500_000;

    @Test
    void xorshiftGoesOnAsPublished() {
        assertEquals(8_748_534_153_485_358_512L, Draw.next(88_172_645_463_325_252L));
    }

    @Test
    void everyObjectIsDrawnAboutEquallyOften() {
        int[] first = new int[BOUND];
        int[] second = new int[BOUND];
        long seed = 0;
        for (int i = 0; i < SEEDS; i++) {
            seed = Draw.nextSeed(seed);
            long draw = Draw.next(seed);
            first[Draw.index(draw, BOUND)]++;
            second[Draw.index(Draw.next(draw), BOUND)]++;
        }
        for (int object = 0; object < BOUND; object++) {
            assertTrue(isNearMean(first[object]), "object=" + object + " n=" + first[object]);
            assertTrue(isNearMean(second[object]), "object=" + object + " n=" + second[object]);
        }
    }

    /** As often as chance would have it: in 1 of 1,000 operations, or of pairs of them. */
    @Test
    void drawsOfOneOperationAndOfTheNextAreIndependent() {
        int sameInside = 0;
        int sameAsBefore = 0;
        int before = -1;
        long seed = 0;
        for (int i = 0; i < SEEDS; i++) {
            seed = Draw.nextSeed(seed);
            long draw = Draw.next(seed);
            int first = Draw.index(draw, BOUND);
            int second = Draw.index(Draw.next(draw), BOUND);
            sameInside += first == second ? 1 : 0;
            sameAsBefore += first == before ? 1 : 0;
            before = second;
        }
        assertTrue(isNearMean(sameInside), "first and second are the same: " + sameInside);
        assertTrue(isNearMean(sameAsBefore), "first is the second before: " + sameAsBefore);
    }

    private static boolean isNearMean(int count) {
        int mean = SEEDS / BOUND;
        return count > mean * 3 / 4 && count < mean * 5 / 4;
    }
}
