package org.offheapstm.explore;

import static org.offheapstm.explore.Story.hold;

import org.offheapstm.HardwareCommits;
import org.offheapstm.Merge;
import org.offheapstm.Snapshot;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A bank whose transfers commit in hardware and in software at the same time, with readers of every
 * kind between. May be run in an {@link Isolation}, on an engine of which a part is missing.
 *
 * <p>Each account holds an amount twice. The sum of all amounts, and that both words of an account
 * are equal, is looked at inside of running transactions. Two of the accounts must not be 0
 * together: a transfer may empty one only if it has seen that the other is not.
 */
final class MixedCommits {
    private static final int ACCOUNTS = 12;
    private static final long START = 1000;
    private static final int THREADS = 4;
    private static final int ONE = 0;
    private static final int OTHER = 1;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Cells accounts;
    private final Stm stm;

    private MixedCommits(Stm stm) {
        this.stm = stm;
        accounts = Cells.make(stm, ACCOUNTS + 2);
        stm.atomic(tx -> {
            for (int i = 0; i < ACCOUNTS; i++) {
                set(tx, i, START);
            }
            set(tx, guarded(ONE), 1);
            set(tx, guarded(OTHER), 1);
        });
    }

    /**
     * Runs the bank.
     *
     * @param arguments for how many milliseconds
     * @return what was wrong, or null; ended by the number of commits in hardware and fallbacks
     */
    static String run(String... arguments) throws InterruptedException {
        long nanos = Long.parseLong(arguments[0]) * NANOS_PER_MILLI;
        StmOptions options = StmOptions.DEFAULT
                .withCapacityBytes(32L << 20)
                .withHardware(HardwareCommits.REQUIRED);
        try (Stm stm = Stm.open(options)) {
            MixedCommits bank = new MixedCommits(stm);
            String wrong = bank.run(System.nanoTime() + nanos);
            long hardware = stm.statistics().hardware().commits();
            long software =
                    stm.statistics().commits() - stm.statistics().readOnlyCommits() - hardware;
            return wrong != null ? wrong : "hardware=" + hardware + ", software=" + software;
        }
    }

    private String run(long end) throws InterruptedException {
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int i = 0; i < THREADS; i++) {
                running.add(threads.submit(() -> {
                    while (System.nanoTime() < end) {
                        step(ThreadLocalRandom.current());
                    }
                }));
            }
        }
        for (Future<?> each : running) {
            try {
                each.get();
            } catch (ExecutionException e) {
                return "wrong: " + e.getCause();
            }
        }
        return null;
    }

    private static int guarded(int which) {
        return ACCOUNTS + which;
    }

    private void set(Transaction tx, int account, long value) {
        accounts.set(tx, account, value);
        accounts.setTag(tx, account, value);
    }

    private long get(Transaction tx, int account) {
        long value = accounts.get(tx, account);
        long twice = accounts.tag(tx, account);
        hold(value == twice, () -> "one account: " + value + " and " + twice);
        return value;
    }

    private void step(ThreadLocalRandom random) {
        int from = random.nextInt(ACCOUNTS);
        int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
        switch (random.nextInt(10)) {
            case 0 -> stm.readOnly(this::holdSum);
            case 1 -> addByMerge(from, to);
            case 2 -> emptyOne(random.nextBoolean() ? ONE : OTHER);
            case 3 ->
                stm.atomic(tx -> {
                    transfer(tx, from, to);
                    holdSum(tx);
                });
            case 4 -> {
                if (random.nextInt(20) == 0) {
                    readSnapshot();
                }
            }
            default -> stm.atomic(tx -> transfer(tx, from, to));
        }
    }

    private void transfer(Transaction tx, int from, int to) {
        set(tx, from, get(tx, from) - 1);
        set(tx, to, get(tx, to) + 1);
    }

    /** Commits in software: locks, whatever version it finds. */
    private void addByMerge(int from, int to) {
        stm.atomic(tx -> {
            for (int word = 0; word < 16; word += 8) {
                tx.merge(Cells.CELL, accounts.refs()[from], word, Merge.ADD_LONG, -1);
                tx.merge(Cells.CELL, accounts.refs()[to], word, Merge.ADD_LONG, 1);
            }
        });
    }

    /** Reads both, writes one: two of these at once must not both go through. */
    private void emptyOne(int which) {
        stm.atomic(tx -> {
            long one = get(tx, guarded(ONE));
            long other = get(tx, guarded(OTHER));
            hold(one + other != 0, "both are 0");
            set(tx, guarded(which), one + other == 2 ? 0 : 1);
        });
    }

    private void readSnapshot() {
        try (Snapshot snapshot = stm.openSnapshot()) {
            for (int i = 0; i < 3; i++) {
                snapshot.readOnly(this::holdSum);
            }
        }
    }

    private void holdSum(Transaction tx) {
        long sum = 0;
        for (int i = 0; i < ACCOUNTS; i++) {
            sum += get(tx, i);
        }
        hold(sum == ACCOUNTS * START, "sum inside a transaction: " + sum);
    }
}
