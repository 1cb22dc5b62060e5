package org.offheapstm.bench.workload;

import org.offheapstm.bench.contender.Actor;
import org.offheapstm.bench.contender.Draw;
import org.offheapstm.bench.contender.Words;

import java.util.stream.IntStream;

/**
 * The bank: nine operations of ten move an amount between two random accounts, the tenth is a
 * read-only sum over 100 random accounts. Short transactions and the occasional longer reader, at
 * any two of which threads may meet: rarely among 100,000 accounts, often among 1,000.
 *
 * <p>The accounts are drawn inside the operation, as a user's operation computes its operands: in
 * the body of the transaction, under the lock, or, for plain access, between the loads and stores.
 * The draw is a part of the time: for each account one step of the xorshift of {@link Draw}, a
 * multiplication, and a look-up in the table of the accounts' handles, which has an entry per
 * account and is visited at random like the accounts themselves. It is the same code for every
 * contender, so it brings their ratios nearer to 1 than bare access would. An attempt that runs
 * again draws again, and draws the same accounts.
 *
 * <p>The time is the mean over the mix, so everybody's holds a tenth of a sum, which is the larger
 * part of it for a contender whose transfers are cheap. An account may be drawn twice by one
 * operation. Not measured: looking accounts up by anything but their number, and overdrafts.
 */
final class BankLoop extends Loop {
    private static final int SUMMED = 100;
    private static final int SUM_EVERY = 10;

    private final Actor actor;
    private long seed;
    private int turn;

    BankLoop(Words words, int thread) {
        actor = words.actor(IntStream.range(0, words.size()).toArray());
        seed = Draw.nextSeed(thread);
    }

    @Override
    public long run(int operations) {
        Actor actor = this.actor;
        long seed = this.seed;
        int turn = this.turn;
        long seen = 0;
        for (int i = 0; i < operations; i++) {
            seed = Draw.nextSeed(seed);
            if (++turn == SUM_EVERY) {
                turn = 0;
                seen += actor.sumDrawn(seed, SUMMED);
            } else {
                actor.transfer(seed, turn);
            }
        }
        this.seed = seed;
        this.turn = turn;
        return seen;
    }
}
