package org.offheapstm.bench.contender;

import scala.Function1;
import scala.concurrent.stm.InTxn;
import scala.concurrent.stm.MaybeTxn;
import scala.concurrent.stm.MaybeTxn$;
import scala.concurrent.stm.Ref;
import scala.concurrent.stm.Ref$;
import scala.concurrent.stm.TxnExecutor;
import scala.concurrent.stm.package$;
import scala.runtime.BoxedUnit;

/**
 * ScalaSTM 0.11.1 (CCSTM): one primitive {@code Ref} of a long per object, atomic blocks through
 * the core API with the transaction passed explicitly, which spares the thread-local look-up that
 * the Java API makes at each access.
 *
 * <p>Strictly serializable and opaque as it comes. The interface of a {@code Ref} is generic, so
 * values are boxed on their way in and out; the JIT removes some of the boxes. Where reading and
 * writing an object in one step ({@code transform}) measured faster than the two steps, as in
 * {@code update}, it is used (100 objects: 4.6 against 5.3 us); in the others the two steps were
 * faster.
 */
final class ScalaStmWords extends Words {
    private static final TxnExecutor ATOMIC = package$.MODULE$.atomic();
    private static final Function1<Object, Object> PLUS_ONE = value -> (long) value + 1;
    private static final MaybeTxn OUTSIDE = MaybeTxn$.MODULE$.unknown();

    private final Ref<Object>[] words;

    ScalaStmWords(int size) {
        super(size);
        words = newArray(size);
        for (int object = 0; object < size; object++) {
            words[object] = Ref$.MODULE$.apply(INITIAL);
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Ref<Object>[] newArray(int size) {
        return new Ref[size];
    }

    @Override
    public Actor actor(int[] picks) {
        Ref<Object>[] handles = newArray(picks.length);
        for (int i = 0; i < picks.length; i++) {
            handles[i] = words[picks[i]];
        }
        return new ScalaStmActor(handles);
    }

    @Override
    public long total() {
        long total = 0;
        for (Ref<Object> word : words) {
            total += (long) word.single().get();
        }
        return total;
    }

    private static final class ScalaStmActor extends Actor {
        private final Ref<Object>[] picks;
        private int at;
        private int count;
        private long seed;
        private long amount;

        private final Function1<InTxn, BoxedUnit> increment;
        private final Function1<InTxn, BoxedUnit> transfer;
        private final Function1<InTxn, BoxedUnit> update;
        private final Function1<InTxn, Long> sum;
        private final Function1<InTxn, Long> sumDrawn;

        ScalaStmActor(Ref<Object>[] picks) {
            this.picks = picks;
            increment = txn -> {
                Ref<Object> word = picks[at];
                word.set((long) word.get(txn) + 1, txn);
                return BoxedUnit.UNIT;
            };
            transfer = txn -> {
                long first = Draw.next(seed);
                Ref<Object> from = picks[Draw.index(first, picks.length)];
                Ref<Object> to = picks[Draw.index(Draw.next(first), picks.length)];
                from.set((long) from.get(txn) - amount, txn);
                to.set((long) to.get(txn) + amount, txn);
                return BoxedUnit.UNIT;
            };
            update = txn -> {
                int end = at + count;
                for (int i = at; i < end; i++) {
                    picks[i].transform(PLUS_ONE, txn);
                }
                return BoxedUnit.UNIT;
            };
            sum = txn -> {
                long sum = 0;
                int end = at + count;
                for (int i = at; i < end; i++) {
                    sum += (long) picks[i].get(txn);
                }
                return sum;
            };
            sumDrawn = txn -> {
                long sum = 0;
                long draw = seed;
                int draws = count;
                for (int i = 0; i < draws; i++) {
                    draw = Draw.next(draw);
                    sum += (long) picks[Draw.index(draw, picks.length)].get(txn);
                }
                return sum;
            };
        }

        @Override
        public void increment(int at) {
            this.at = at;
            ATOMIC.apply(increment, OUTSIDE);
        }

        @Override
        public void transfer(long seed, long amount) {
            this.seed = seed;
            this.amount = amount;
            ATOMIC.apply(transfer, OUTSIDE);
        }

        @Override
        public long sum(int at, int count) {
            this.at = at;
            this.count = count;
            return ATOMIC.apply(sum, OUTSIDE);
        }

        @Override
        public long sumDrawn(long seed, int count) {
            this.seed = seed;
            this.count = count;
            return ATOMIC.apply(sumDrawn, OUTSIDE);
        }

        @Override
        public void update(int at, int count) {
            this.at = at;
            this.count = count;
            ATOMIC.apply(update, OUTSIDE);
        }
    }
}
