package org.offheapstm.bench.contender;

import org.offheapstm.ArrayType;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.TxLongFunction;

/** The engine's words packed into one striped array: 32 of them share a header. Read only. */
final class OffHeapStmPackedWords extends Words {
    private static final ArrayType WORDS = ArrayType.of("bench words", Long.BYTES);
    private static final int WRITTEN_TOGETHER = 1_000;

    private final Stm stm = Stm.open(StmOptions.DEFAULT.withName("bench"));
    private final long array;

    OffHeapStmPackedWords(int size) {
        super(size);
        array = stm.atomicLong(tx -> tx.allocate(WORDS, size));
        for (int first = 0; first < size; first += WRITTEN_TOGETHER) {
            int from = first;
            int to = Math.min(size, first + WRITTEN_TOGETHER);
            stm.atomic(tx -> {
                for (int index = from; index < to; index++) {
                    tx.setLong(WORDS, array, index, 0, INITIAL);
                }
            });
        }
    }

    @Override
    public Actor actor(int[] picks) {
        return new PackedActor(picks);
    }

    @Override
    public long total() {
        return stm.readOnlyLong(tx -> {
            long total = 0;
            for (int index = 0; index < size(); index++) {
                total += tx.getLong(WORDS, array, index, 0);
            }
            return total;
        });
    }

    @Override
    public void close() {
        stm.close();
    }

    private final class PackedActor extends Actor {
        private int at;
        private int count;

        private final TxLongFunction<RuntimeException> sum;

        PackedActor(int[] picks) {
            sum = tx -> {
                long sum = 0;
                int end = at + count;
                for (int i = at; i < end; i++) {
                    sum += tx.getLong(WORDS, array, picks[i], 0);
                }
                return sum;
            };
        }

        @Override
        public void increment(int at) {
            throw atStatedPlacesOnly();
        }

        @Override
        public void transfer(long seed, long amount) {
            throw atStatedPlacesOnly();
        }

        @Override
        public long sum(int at, int count) {
            this.at = at;
            this.count = count;
            return stm.readOnlyLong(sum);
        }

        @Override
        public long sumDrawn(long seed, int count) {
            throw atStatedPlacesOnly();
        }

        @Override
        public void update(int at, int count) {
            throw atStatedPlacesOnly();
        }

        private static UnsupportedOperationException atStatedPlacesOnly() {
            return new UnsupportedOperationException(
                    "packed words take part in read-1 to read-100 only");
        }
    }
}
