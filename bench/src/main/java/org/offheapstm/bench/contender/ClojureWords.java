package org.offheapstm.bench.contender;

import clojure.lang.LockingTransaction;
import clojure.lang.Ref;

import java.util.concurrent.Callable;

/**
 * Clojure 1.12 refs: one {@code Ref} of a {@code Long} per object, {@code dosync} through
 * {@code LockingTransaction.runInTransaction} as compiled Clojure would call it.
 *
 * <p>Clojure promises snapshot isolation. In these workloads a transaction either writes each
 * object it reads or writes nothing, so no write skew is possible and no {@code ensure} is needed.
 * History is as it comes: none until a reader misses a value, then up to 10 versions.
 */
final class ClojureWords extends Words {
    private final Ref[] words;

    ClojureWords(int size) {
        super(size);
        words = new Ref[size];
        for (int object = 0; object < size; object++) {
            words[object] = new Ref(INITIAL);
        }
    }

    @Override
    public Actor actor(int[] picks) {
        Ref[] handles = new Ref[picks.length];
        for (int i = 0; i < picks.length; i++) {
            handles[i] = words[picks[i]];
        }
        return new ClojureActor(handles);
    }

    @Override
    public long total() {
        long total = 0;
        for (Ref word : words) {
            total += (Long) word.deref();
        }
        return total;
    }

    private static final class ClojureActor extends Actor {
        private final Ref[] picks;
        private int at;
        private int count;
        private long seed;
        private long amount;

        private final Callable<Void> increment;
        private final Callable<Void> transfer;
        private final Callable<Void> update;
        private final Callable<Long> sum;
        private final Callable<Long> sumDrawn;

        ClojureActor(Ref[] picks) {
            this.picks = picks;
            increment = () -> {
                Ref word = picks[at];
                word.set((Long) word.deref() + 1);
                return null;
            };
            transfer = () -> {
                long first = Draw.next(seed);
                Ref from = picks[Draw.index(first, picks.length)];
                Ref to = picks[Draw.index(Draw.next(first), picks.length)];
                from.set((Long) from.deref() - amount);
                to.set((Long) to.deref() + amount);
                return null;
            };
            update = () -> {
                int end = at + count;
                for (int i = at; i < end; i++) {
                    Ref word = picks[i];
                    word.set((Long) word.deref() + 1);
                }
                return null;
            };
            sum = () -> {
                long sum = 0;
                int end = at + count;
                for (int i = at; i < end; i++) {
                    sum += (Long) picks[i].deref();
                }
                return sum;
            };
            sumDrawn = () -> {
                long sum = 0;
                long draw = seed;
                int draws = count;
                for (int i = 0; i < draws; i++) {
                    draw = Draw.next(draw);
                    sum += (Long) picks[Draw.index(draw, picks.length)].deref();
                }
                return sum;
            };
        }

        @Override
        public void increment(int at) {
            this.at = at;
            run(increment);
        }

        @Override
        public void transfer(long seed, long amount) {
            this.seed = seed;
            this.amount = amount;
            run(transfer);
        }

        @Override
        public long sum(int at, int count) {
            this.at = at;
            this.count = count;
            return (Long) run(sum);
        }

        @Override
        public long sumDrawn(long seed, int count) {
            this.seed = seed;
            this.count = count;
            return (Long) run(sumDrawn);
        }

        @Override
        public void update(int at, int count) {
            this.at = at;
            this.count = count;
            run(update);
        }

        private static Object run(Callable<?> body) {
            try {
                return LockingTransaction.runInTransaction(body);
            } catch (Exception e) {
                throw new IllegalStateException("the transaction body threw", e);
            }
        }
    }
}
