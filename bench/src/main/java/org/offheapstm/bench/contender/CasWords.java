package org.offheapstm.bench.contender;

import static org.offheapstm.bench.contender.PlainWords.EVERYTHING;
import static org.offheapstm.bench.contender.PlainWords.WORD;

/**
 * The counter without transactions: a load, then one compare-and-set of the word in place, again
 * until it succeeds. Not a fetch-and-add, which only a counter could use: the bar of the engine's
 * own counter is a multiple of this row, because a commit is at least one compare-and-set. It can
 * do nothing else atomically, so it takes part in the counters only.
 */
final class CasWords extends Words {
    private final PlainWords plain;

    CasWords(int size) {
        super(size);
        plain = PlainWords.objects(size);
    }

    @Override
    public Actor actor(int[] picks) {
        return new CasActor(plain.addresses(picks));
    }

    @Override
    public long total() {
        return plain.total();
    }

    @Override
    public void close() {
        plain.close();
    }

    private static final class CasActor extends Actor {
        private final long[] picks;

        CasActor(long[] picks) {
            this.picks = picks;
        }

        @Override
        public void increment(int at) {
            long word = picks[at];
            long seen;
            do {
                seen = (long) WORD.getOpaque(EVERYTHING, word);
            } while (!WORD.compareAndSet(EVERYTHING, word, seen, seen + 1));
        }

        @Override
        public void transfer(long seed, long amount) {
            throw moreThanOneWord();
        }

        @Override
        public long sum(int at, int count) {
            throw moreThanOneWord();
        }

        @Override
        public long sumDrawn(long seed, int count) {
            throw moreThanOneWord();
        }

        @Override
        public void update(int at, int count) {
            throw moreThanOneWord();
        }

        private static UnsupportedOperationException moreThanOneWord() {
            return new UnsupportedOperationException(
                    "cas is atomic over one word only; it takes part in the counters");
        }
    }
}
