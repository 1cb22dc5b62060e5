package org.offheapstm.bench.contender;

/**
 * How an operation draws the objects it works on: Marsaglia's xorshift of 64 bits, whose state
 * lives in a local variable of the operation's body. These are the same instructions in every
 * contender, wherever its body runs: in the open, under a lock, in a transaction.
 *
 * <p>A body begins at the seed which the operation was given, so an attempt that runs again draws
 * what the first one drew, and a conflict is not solved by going elsewhere. Seeds come from a
 * generator of another kind, a linear congruential one (Knuth's MMIX): had they come from the same
 * xorshift, the second object of one operation would be the first of the next.
 */
public final class Draw {
    private static final long MULTIPLIER = 6_364_136_223_846_793_005L;
    private static final long INCREMENT = 1_442_695_040_888_963_407L;

    private Draw() {}

    /** The seed of the operation after the one with this seed. */
    public static long nextSeed(long seed) {
        return seed * MULTIPLIER + INCREMENT;
    }

    /** The state after this one. */
    public static long next(long state) {
        long next = state;
        next ^= next << 13;
        next ^= next >>> 7;
        next ^= next << 17;
        return next;
    }

    /** The number, from 0 to below the bound, which a state stands for. */
    public static int index(long state, int bound) {
        return (int) ((state >>> Integer.SIZE) * bound >>> Integer.SIZE);
    }
}
