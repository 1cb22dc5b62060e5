package org.offheapstm.internal.engine;

import org.offheapstm.AbortCause;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How long a transaction that has lost waits before it runs again: the longer, the more its thread
 * has got done since it waited last.
 *
 * <p>Of two threads that want the same objects one leads: it has their cache lines, commits in 100
 * ns, and wins against an attempt that must fetch each line first. A wait that grows with the
 * losses makes that worse, for it keeps away who has lost most. So who has led gives way instead,
 * for about as long as it led; and who has not runs again at once, and soon escalates. Both
 * know enough from what they have done themselves, so nothing is written for it that others read.
 *
 * <p>One loss may be chance, so only the second of the same transaction makes a thread give way, or
 * a first one to an owner: that has lost too often already.
 *
 * <p>Two threads that update the same two objects in opposite order, ten JVMs each: with waits that
 * double up to 1024 spins and the token after 12 losses the slower thread had 12 to 44 % of the
 * commits, 6.7 million a second in all, and the 99.9th percentile was 57 us; with this, 43 to 48 %,
 * 6.5 million, and 22 us. With the random waits alone it is 3.7 million.
 */
final class BackOff {
    /** The random part, which keeps two from meeting again: spins after the first loss. */
    private static final int FIRST_SPINS = 32;

    /** Spins after any later loss. */
    private static final int LATER_SPINS = 64;

    /** How long to give way for each update that was committed: its own time, in spins. */
    private static final int SPINS_PER_UPDATE = 8;

    /** Longer needs nobody to take the lead: 12 us where a spin takes 12 ns. */
    private static final int LONGEST_SPINS = 1024;

    private final Escalation escalation;

    BackOff(Escalation escalation) {
        this.escalation = escalation;
    }

    /** Waits after a loss, spinning. */
    void await(Attempt attempt) {
        boolean isOwned = attempt.progress.cause == AbortCause.OWNED;
        boolean isFirst = attempt.progress.losses == 1;
        if (isOwned) {
            escalation.awaitRelease();
        }
        int spins = ThreadLocalRandom.current().nextInt(isFirst ? FIRST_SPINS : LATER_SPINS);
        if (isOwned || !isFirst) {
            long led = attempt.counters.endLead();
            spins += (int) Math.min(LONGEST_SPINS, led * SPINS_PER_UPDATE);
        }
        for (int left = spins; left > 0; left--) {
            Thread.onSpinWait();
        }
    }
}
