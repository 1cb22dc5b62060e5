package org.offheapstm.explore;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Who runs next, decided by a seed.
 *
 * <p>Even seeds walk at random: at each step the turn changes with a chance that the seed draws
 * too. Odd seeds use priorities: the highest runs until one of a few steps drawn beforehand, at
 * which it becomes the lowest. (PCT: Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010: a
 * bug that needs d changes among k steps of n threads shows with a chance of at least 1/(n k^(d-1))
 * per seed.) A thread that spins gives way in both.
 */
final class Pilot {
    private static final int MAX_CHANGES = 5;
    private static final int MAX_STREAK = 500;

    private final SplittableRandom random;
    private final boolean priorities;

    /** Of 2^16: the chance that the turn changes. */
    private final int chance;

    private final int[] priority;
    private final long[] changes;
    private int lowest;
    private long step;
    private int streak;

    Pilot(long seed, int threads) {
        random = new SplittableRandom(seed);
        priorities = (seed & 1) != 0;
        chance = 1 << random.nextInt(9, 16);
        priority = new int[threads];
        for (int i = 0; i < threads; i++) {
            int other = random.nextInt(i + 1);
            priority[i] = priority[other];
            priority[other] = i;
        }
        long length = 1L << random.nextInt(4, 9);
        changes = random.longs(random.nextInt(1, MAX_CHANGES + 1), 0, length).toArray();
    }

    /**
     * The thread that runs next.
     *
     * @param current who runs now, or -1
     * @param gives whether it should give way
     * @param alive who has not ended
     */
    int next(int current, boolean gives, boolean[] alive) {
        step++;
        return priorities ? byPriority(current, gives, alive) : atRandom(current, gives, alive);
    }

    private int atRandom(int current, boolean gives, boolean[] alive) {
        if (current >= 0 && alive[current] && !gives && random.nextInt(1 << 16) >= chance) {
            return current;
        }
        int others = 0;
        for (int i = 0; i < alive.length; i++) {
            others += alive[i] && i != current ? 1 : 0;
        }
        int skip = others == 0 ? 0 : random.nextInt(others);
        for (int i = 0; i < alive.length; i++) {
            if (alive[i] && i != current && skip-- == 0) {
                return i;
            }
        }
        return current;
    }

    private int byPriority(int current, boolean gives, boolean[] alive) {
        boolean tired = ++streak > MAX_STREAK;
        boolean changed = Arrays.stream(changes).anyMatch(change -> change == step);
        if (current >= 0 && (gives || tired || changed)) {
            priority[current] = --lowest;
        }
        int best = -1;
        for (int i = 0; i < alive.length; i++) {
            best = alive[i] && (best < 0 || priority[i] > priority[best]) ? i : best;
        }
        streak = best == current ? streak : 0;
        return best;
    }
}
