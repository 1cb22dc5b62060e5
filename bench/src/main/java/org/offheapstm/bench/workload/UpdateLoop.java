package org.offheapstm.bench.workload;

import org.offheapstm.bench.contender.Actor;
import org.offheapstm.bench.contender.Words;

/**
 * Updates: one operation reads 1, 2, 10 or 100 distinct random objects of 100,000 and writes each
 * back, 1 larger. What a write costs as the write set grows: locking, logging, publishing, and
 * looking up one's own writes.
 *
 * <p>The objects fit in the second-level cache or nearly so, unless a contender's objects are
 * large: that is part of its price. With two threads conflicts are rare at 1 and common at 100
 * objects (one pair of transactions in ten meets).
 */
final class UpdateLoop extends Loop {
    private final Actor actor;
    private final int picks;
    private final int count;
    private int at;

    UpdateLoop(Words words, int thread, int count) {
        int[] picks = Picks.random(words.size(), thread);
        this(words.actor(picks), picks.length, count);
    }

    UpdateLoop(Actor actor, int picks, int count) {
        this.actor = actor;
        this.picks = picks;
        this.count = count;
    }

    @Override
    public long run(int operations) {
        Actor actor = this.actor;
        int count = this.count;
        int at = this.at;
        for (int i = 0; i < operations; i++) {
            if (at + count > picks) {
                at = 0;
            }
            actor.update(at, count);
            at += count;
        }
        this.at = at;
        return at;
    }
}
