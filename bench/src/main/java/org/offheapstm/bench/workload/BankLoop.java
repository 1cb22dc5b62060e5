package org.offheapstm.bench.workload;

import org.offheapstm.bench.contender.Actor;
import org.offheapstm.bench.contender.Words;

/**
 * The bank: nine operations of ten move an amount between two random accounts, the tenth is a
 * read-only sum over 100 random accounts. Short transactions and the occasional longer reader, at
 * any two of which threads may meet: rarely among 100,000 accounts, often among 1,000.
 *
 * <p>The time is the mean over the mix; 100 reads are the larger part of it for a contender whose
 * transfers are cheap. Not measured: looking accounts up, and overdrafts.
 */
final class BankLoop extends Loop {
    private static final int SUMMED = 100;
    private static final int SUM_EVERY = 10;

    private final Actor actor;
    private final int picks;
    private int at;
    private int turn;

    BankLoop(Words words, int thread) {
        int[] picks = Picks.random(words.size(), thread);
        this.picks = picks.length;
        actor = words.actor(picks);
    }

    @Override
    public long run(int operations) {
        Actor actor = this.actor;
        int at = this.at;
        int turn = this.turn;
        long seen = 0;
        for (int i = 0; i < operations; i++) {
            if (at + SUMMED > picks) {
                at = 0;
            }
            if (++turn == SUM_EVERY) {
                turn = 0;
                seen += actor.sum(at, SUMMED);
                at += SUMMED;
            } else {
                actor.transfer(at, turn);
                at += 2;
            }
        }
        this.at = at;
        this.turn = turn;
        return seen;
    }
}
