package org.offheapstm.bench.workload;

import java.util.Arrays;

/**
 * The objects a thread reads or updates, drawn before the measurement and the same for every
 * contender: uniformly random, and any {@link #WINDOW} in a row are distinct.
 *
 * <p>There are as many picks as objects, rounded down to a power of two, but never fewer than 2^17,
 * so that a run over few objects does not become a pattern which a branch predictor knows by heart.
 * A thread reads its picks in order, which costs the same stream of 8 (or, for heap references, 4)
 * bytes per object in each contender.
 */
final class Picks {
    /** The most objects that one operation names. */
    static final int WINDOW = 100;

    private static final int FEWEST = 1 << 17;

    private Picks() {}

    static int[] random(int objects, int thread) {
        int[] picks = new int[Math.max(FEWEST, Integer.highestOneBit(objects))];
        int[] lastSeen = new int[objects];
        Arrays.fill(lastSeen, -WINDOW);
        long random = 0x9E37_79B9_7F4A_7C15L * (thread + 1);
        for (int i = 0; i < picks.length; ) {
            random ^= random << 13;
            random ^= random >>> 7;
            random ^= random << 17;
            int object = (int) Long.remainderUnsigned(random, objects);
            if (i - lastSeen[object] >= WINDOW) {
                lastSeen[object] = i;
                picks[i++] = object;
            }
        }
        return picks;
    }
}
