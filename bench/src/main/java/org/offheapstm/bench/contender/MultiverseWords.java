package org.offheapstm.bench.contender;

import org.multiverse.api.IsolationLevel;
import org.multiverse.api.Stm;
import org.multiverse.api.TxnExecutor;
import org.multiverse.api.callables.TxnLongCallable;
import org.multiverse.api.callables.TxnVoidCallable;
import org.multiverse.api.references.TxnLong;
import org.multiverse.api.references.TxnRefFactory;
import org.multiverse.stms.gamma.GammaStm;

/**
 * Multiverse 0.7.0: one {@code TxnLong} per object, transactions passed explicitly to each access.
 *
 * <p>Isolation is {@code Serializable}; its default, {@code Snapshot}, would permit write skew,
 * which the engine does not, and measured the same. Speculative configuration is on, so that short
 * transactions run in its short classes; no dirty check, no blocking, no limit to the re-runs.
 * Primitive {@code TxnLong} was two to three times faster than {@code TxnRef<Long>} in its "lean"
 * transactions, and longer fixed-length transactions made no difference.
 *
 * <p>Not used: the single operations ({@code atomicIncrementAndGet}), which are not transactions
 * and which every contender could offer.
 */
final class MultiverseWords extends Words {
    /** An instance of our own, because the global one announces itself on standard error. */
    private static final Stm STM = GammaStm.createFast();

    static final TxnRefFactory REFS = STM.getDefaultRefFactory();

    private final TxnLong[] words;
    private final TxnExecutor incrementing = executor(false);
    private final TxnExecutor transferring = executor(false);
    private final TxnExecutor updating = executor(false);
    private final TxnExecutor summing = executor(true);

    MultiverseWords(int size) {
        super(size);
        words = new TxnLong[size];
        for (int object = 0; object < size; object++) {
            words[object] = REFS.newTxnLong(INITIAL);
        }
    }

    /**
     * An executor for one kind of transaction, so that what Multiverse learns of one kind does not
     * slow another.
     */
    static TxnExecutor executor(boolean readonly) {
        return STM.newTxnFactoryBuilder()
                .setIsolationLevel(IsolationLevel.Serializable)
                .setReadonly(readonly)
                .setSpeculative(true)
                .setDirtyCheckEnabled(false)
                .setBlockingAllowed(false)
                .setMaxRetries(Integer.MAX_VALUE)
                .newTxnExecutor();
    }

    @Override
    public Actor actor(int[] picks) {
        TxnLong[] handles = new TxnLong[picks.length];
        for (int i = 0; i < picks.length; i++) {
            handles[i] = words[picks[i]];
        }
        return new MultiverseActor(handles);
    }

    @Override
    public long total() {
        long total = 0;
        for (TxnLong word : words) {
            total += word.atomicGet();
        }
        return total;
    }

    /** Does without the lock for a moment, for which {@code atomicGet} gives up beside a writer. */
    @Override
    public long unsynchronisedTotal() {
        long total = 0;
        for (TxnLong word : words) {
            total += word.atomicWeakGet();
        }
        return total;
    }

    private final class MultiverseActor extends Actor {
        private final TxnLong[] picks;
        private int at;
        private int count;
        private long seed;
        private long amount;

        private final TxnVoidCallable increment;
        private final TxnVoidCallable transfer;
        private final TxnVoidCallable update;
        private final TxnLongCallable sum;
        private final TxnLongCallable sumDrawn;

        MultiverseActor(TxnLong[] picks) {
            this.picks = picks;
            increment = txn -> {
                TxnLong word = picks[at];
                word.set(txn, word.get(txn) + 1);
            };
            transfer = txn -> {
                long first = Draw.next(seed);
                TxnLong from = picks[Draw.index(first, picks.length)];
                TxnLong to = picks[Draw.index(Draw.next(first), picks.length)];
                from.set(txn, from.get(txn) - amount);
                to.set(txn, to.get(txn) + amount);
            };
            update = txn -> {
                int end = at + count;
                for (int i = at; i < end; i++) {
                    TxnLong word = picks[i];
                    word.set(txn, word.get(txn) + 1);
                }
            };
            sum = txn -> {
                long sum = 0;
                int end = at + count;
                for (int i = at; i < end; i++) {
                    sum += picks[i].get(txn);
                }
                return sum;
            };
            sumDrawn = txn -> {
                long sum = 0;
                long draw = seed;
                int draws = count;
                for (int i = 0; i < draws; i++) {
                    draw = Draw.next(draw);
                    sum += picks[Draw.index(draw, picks.length)].get(txn);
                }
                return sum;
            };
        }

        @Override
        public void increment(int at) {
            this.at = at;
            incrementing.execute(increment);
        }

        @Override
        public void transfer(long seed, long amount) {
            this.seed = seed;
            this.amount = amount;
            transferring.execute(transfer);
        }

        @Override
        public long sum(int at, int count) {
            this.at = at;
            this.count = count;
            return summing.execute(sum);
        }

        @Override
        public long sumDrawn(long seed, int count) {
            this.seed = seed;
            this.count = count;
            return summing.execute(sumDrawn);
        }

        @Override
        public void update(int at, int count) {
            this.at = at;
            this.count = count;
            updating.execute(update);
        }
    }
}
