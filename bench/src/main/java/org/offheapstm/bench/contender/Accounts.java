package org.offheapstm.bench.contender;

import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.TxAction;
import org.offheapstm.TxLongFunction;

import java.util.function.Supplier;

/**
 * The engine's objects of several fields, by one way to reach these. A sum is over all fields of
 * its objects, an update adds 1 to two fields of each. Takes part in struct-read-10 and
 * struct-update-10 only.
 */
final class Accounts extends Words {
    private static final int OPENED_TOGETHER = 1_000;

    private final Stm stm = Stm.open(StmOptions.DEFAULT.withName("bench"));
    private final Supplier<AccountAccess> accesses;
    private final long[] accounts;

    /**
     * Opens this many.
     *
     * @param accesses makes one for each thread
     */
    Accounts(int size, Supplier<AccountAccess> accesses) {
        super(size);
        this.accesses = accesses;
        accounts = new long[size];
        for (int first = 0; first < size; first += OPENED_TOGETHER) {
            int from = first;
            int to = Math.min(size, first + OPENED_TOGETHER);
            stm.atomic(tx -> {
                for (int number = from; number < to; number++) {
                    accounts[number] = AccountAccess.open(tx, number);
                }
            });
        }
    }

    @Override
    public Actor actor(int[] picks) {
        long[] handles = new long[picks.length];
        for (int i = 0; i < picks.length; i++) {
            handles[i] = accounts[picks[i]];
        }
        return new AccountActor(stm, accesses.get(), handles);
    }

    @Override
    public long total() {
        AccountAccess access = accesses.get();
        return stm.readOnlyLong(tx -> {
            long total = 0;
            for (long account : accounts) {
                total += access.sum(tx, account);
            }
            return total;
        });
    }

    @Override
    public void close() {
        stm.close();
    }

    private static final class AccountActor extends Actor {
        private final Stm stm;
        private int at;
        private int count;

        private final TxLongFunction<RuntimeException> sum;
        private final TxAction<RuntimeException> update;

        AccountActor(Stm stm, AccountAccess access, long[] picks) {
            this.stm = stm;
            sum = tx -> {
                long sum = 0;
                for (int i = at; i < at + count; i++) {
                    sum += access.sum(tx, picks[i]);
                }
                return sum;
            };
            update = tx -> {
                for (int i = at; i < at + count; i++) {
                    access.update(tx, picks[i]);
                }
            };
        }

        @Override
        public long sum(int at, int count) {
            this.at = at;
            this.count = count;
            return stm.readOnlyLong(sum);
        }

        @Override
        public void update(int at, int count) {
            this.at = at;
            this.count = count;
            stm.atomic(update);
        }

        @Override
        public void increment(int at) {
            throw notHere();
        }

        @Override
        public void transfer(long seed, long amount) {
            throw notHere();
        }

        @Override
        public long sumDrawn(long seed, int count) {
            throw notHere();
        }

        private static UnsupportedOperationException notHere() {
            return new UnsupportedOperationException(
                    "accounts take part in struct-read-10 and struct-update-10 only");
        }
    }
}
