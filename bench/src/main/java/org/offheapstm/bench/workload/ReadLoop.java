package org.offheapstm.bench.workload;

import org.offheapstm.bench.contender.Actor;
import org.offheapstm.bench.contender.Words;

/**
 * Read-only transactions: one operation is a sum over 1, 10 or 100 random objects of a million. The
 * objects do not fit in the near caches, so this is what a protocol adds to cache misses, and to
 * how many of them the processor can have under way at once. Packed, the same number of words lies
 * in an array, 8 bytes apart: a quarter of the lines.
 *
 * <p>Nobody writes, so nothing is said about readers next to writers; the bank's sums say that.
 * With 1 object the time is mostly the beginning and end of a transaction.
 */
final class ReadLoop extends Loop {
    private final Actor actor;
    private final int picks;
    private final int count;
    private int at;

    ReadLoop(Words words, int thread, int count) {
        int[] picks = Picks.random(words.size(), thread);
        this.picks = picks.length;
        this.count = count;
        actor = words.actor(picks);
    }

    @Override
    public long run(int operations) {
        Actor actor = this.actor;
        int count = this.count;
        int at = this.at;
        long seen = 0;
        for (int i = 0; i < operations; i++) {
            if (at + count > picks) {
                at = 0;
            }
            seen += actor.sum(at, count);
            at += count;
        }
        this.at = at;
        return seen;
    }
}
