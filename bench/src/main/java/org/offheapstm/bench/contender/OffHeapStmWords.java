package org.offheapstm.bench.contender;

import org.offheapstm.HardwareCommits;
import org.offheapstm.ObjectType;
import org.offheapstm.Statistics;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.TxAction;
import org.offheapstm.TxLongFunction;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;

import java.util.Optional;

/**
 * The engine of this project: one object of one word each, reached through the exported interface
 * only, as any user would. The bodies are made once per thread; their arguments are the actor's
 * fields.
 *
 * <p>Only the unsynchronised total goes behind it, by reflection: no user shall.
 */
final class OffHeapStmWords extends Words {
    private static final ObjectType WORD = ObjectType.of("bench word", Long.BYTES);
    private static final int ALLOCATED_TOGETHER = 1_000;

    private final Stm stm;
    private final boolean prefetches;
    private final long[] words;
    private final long base;

    OffHeapStmWords(int size, HardwareCommits hardware) {
        this(size, hardware, false);
    }

    private OffHeapStmWords(int size, HardwareCommits hardware, boolean prefetches) {
        super(size);
        this.prefetches = prefetches;
        stm = Stm.open(StmOptions.DEFAULT.withName("bench").withHardware(hardware));
        base = EngineMemory.base(stm);
        words = new long[size];
        for (int first = 0; first < size; first += ALLOCATED_TOGETHER) {
            int from = first;
            int to = Math.min(size, first + ALLOCATED_TOGETHER);
            stm.atomic(tx -> {
                for (int object = from; object < to; object++) {
                    words[object] = tx.allocate(WORD);
                    tx.setLong(WORD, words[object], 0, INITIAL);
                }
            });
        }
    }

    /** Whose sums and updates prefetch the objects that they name by position. */
    static OffHeapStmWords prefetching(int size) {
        return new OffHeapStmWords(size, HardwareCommits.AUTO, true);
    }

    @Override
    public Actor actor(int[] picks) {
        long[] handles = new long[picks.length];
        for (int i = 0; i < picks.length; i++) {
            handles[i] = words[picks[i]];
        }
        return new OffHeapStmActor(stm, prefetches, handles);
    }

    @Override
    public long total() {
        return stm.readOnlyLong(tx -> {
            long total = 0;
            for (long word : words) {
                total += tx.getLong(WORD, word, 0);
            }
            return total;
        });
    }

    @Override
    public long unsynchronisedTotal() {
        long payload = base + Header.BYTES;
        long total = 0;
        for (long word : words) {
            long address = payload + Reference.offset(word);
            total += (long) PlainWords.WORD.get(PlainWords.EVERYTHING, address);
        }
        return total;
    }

    @Override
    public Optional<Reruns> reruns() {
        Statistics statistics = stm.statistics();
        return Optional.of(new Reruns(statistics.conflicts(), statistics.promotions()));
    }

    @Override
    public void close() {
        stm.close();
    }

    private static final class OffHeapStmActor extends Actor {
        private final Stm stm;
        private int at;
        private int count;
        private long seed;
        private long amount;

        private final TxAction<RuntimeException> increment;
        private final TxAction<RuntimeException> transfer;
        private final TxAction<RuntimeException> update;
        private final TxLongFunction<RuntimeException> sum;
        private final TxLongFunction<RuntimeException> sumDrawn;

        OffHeapStmActor(Stm stm, boolean prefetches, long[] picks) {
            this.stm = stm;
            increment = tx -> {
                long word = picks[at];
                tx.setLong(WORD, word, 0, tx.getLong(WORD, word, 0) + 1);
            };
            transfer = tx -> {
                long first = Draw.next(seed);
                long from = picks[Draw.index(first, picks.length)];
                long to = picks[Draw.index(Draw.next(first), picks.length)];
                tx.setLong(WORD, from, 0, tx.getLong(WORD, from, 0) - amount);
                tx.setLong(WORD, to, 0, tx.getLong(WORD, to, 0) + amount);
            };
            TxAction<RuntimeException> each = tx -> {
                int end = at + count;
                for (int i = at; i < end; i++) {
                    long word = picks[i];
                    tx.setLong(WORD, word, 0, tx.getLong(WORD, word, 0) + 1);
                }
            };
            update = prefetches
                    ? tx -> {
                        tx.prefetch(picks, at, count);
                        each.run(tx);
                    }
                    : each;
            sum = prefetches
                    ? tx -> {
                        tx.prefetch(picks, at, count);
                        return sum(tx, picks);
                    }
                    : tx -> sum(tx, picks);
            sumDrawn = tx -> {
                long sum = 0;
                long draw = seed;
                int draws = count;
                for (int i = 0; i < draws; i++) {
                    draw = Draw.next(draw);
                    sum += tx.getLong(WORD, picks[Draw.index(draw, picks.length)], 0);
                }
                return sum;
            };
        }

        private long sum(Transaction tx, long[] picks) {
            long sum = 0;
            int end = at + count;
            for (int i = at; i < end; i++) {
                sum += tx.getLong(WORD, picks[i], 0);
            }
            return sum;
        }

        @Override
        public void increment(int at) {
            this.at = at;
            stm.atomic(increment);
        }

        @Override
        public void transfer(long seed, long amount) {
            this.seed = seed;
            this.amount = amount;
            stm.atomic(transfer);
        }

        @Override
        public long sum(int at, int count) {
            this.at = at;
            this.count = count;
            return stm.readOnlyLong(sum);
        }

        @Override
        public long sumDrawn(long seed, int count) {
            this.seed = seed;
            this.count = count;
            return stm.readOnlyLong(sumDrawn);
        }

        @Override
        public void update(int at, int count) {
            this.at = at;
            this.count = count;
            stm.atomic(update);
        }
    }
}
