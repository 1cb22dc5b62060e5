package org.offheapstm.htm;

import org.offheapstm.HardwareCommits;
import org.offheapstm.Merge;
import org.offheapstm.ObjectType;
import org.offheapstm.Snapshot;
import org.offheapstm.Statistics;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A bank whose transfers commit under the emulator and in software, at the same time on the same
 * accounts, with snapshots and other readers between.
 *
 * <p>No transfer leaves its group of accounts, so the sum of a group is looked at in the middle of
 * each transaction, long before anybody knows whether that will commit. And of two guards at most
 * one is 0: who empties one has seen that the other is not. The clients meet at a few groups half
 * of the time; the others are many, for while a transaction is emulated the rest of the bank
 * stands still, and then runs on.
 */
final class EmulatedBank {
    private static final ObjectType ACCOUNT = ObjectType.of("account", 16);
    private static final int ACCOUNTS = 1024;
    private static final int GROUP = 4;
    private static final int HOT_GROUPS = 2;
    private static final int GUARDS = 2;
    private static final int STAMP = 8;
    private static final long START = 100;

    private static final int SHAKEN_ONE_IN = 3;

    /** Status of an abort after which the engine does not try again. */
    private static final int CAPACITY = 8;

    private static final long MILLION = 1_000_000;

    private final Stm stm;
    private final long seed;
    private final long[] accounts;
    private final long[] guards;
    private final AtomicReference<Throwable> wrong = new AtomicReference<>();
    private volatile boolean isOver;

    private EmulatedBank(Stm stm, long seed) {
        this.stm = stm;
        this.seed = seed;
        Emulator.inject(0, CAPACITY, Long.MAX_VALUE);
        accounts = make(ACCOUNTS);
        guards = make(GUARDS);
        Emulator.inject(0, 0, 0);
    }

    /** In software, also by an emulated library that cannot: so what it cannot do is seen later. */
    private long[] make(int count) {
        long[] made = new long[count];
        for (int i = 0; i < count; i++) {
            made[i] = stm.atomicLong(tx -> {
                long account = tx.allocate(ACCOUNT);
                tx.setLong(ACCOUNT, account, 0, START);
                return account;
            });
        }
        return made;
    }

    /** The work of one thread, again and again. */
    @FunctionalInterface
    private interface Work {
        void step(SplittableRandom random);
    }

    /**
     * Runs the bank in an {@link OtherMachine}.
     *
     * @param arguments {@code bank}; {@code shaken} by aborts; or {@code exposed}, without
     *     isolation; with a seed, how many commits in hardware there are to be, and for how many
     *     milliseconds at most
     * @return what was wrong, or how many commits there were of each kind
     */
    static String run(String... arguments) throws InterruptedException {
        long seed = Long.parseLong(arguments[1]);
        Emulator.isolate(!arguments[0].equals("exposed"));
        Emulator.injectAtRandom(seed, arguments[0].equals("shaken") ? SHAKEN_ONE_IN : 0);
        return run(seed, Long.parseLong(arguments[2]), Long.parseLong(arguments[3]));
    }

    private static String run(long seed, long commits, long millis) throws InterruptedException {
        StmOptions options = StmOptions.DEFAULT
                .withCapacityBytes(32L << 20)
                .withHardware(HardwareCommits.REQUIRED);
        try (Stm stm = Stm.open(options)) {
            EmulatedBank bank = new EmulatedBank(stm, seed);
            bank.runThreads(commits, System.nanoTime() + millis * MILLION);
            Throwable wrong = bank.wrong.get();
            if (wrong == null) {
                wrong = bank.holdAll();
            }
            Statistics all = stm.statistics();
            long hardware = all.hardware().commits();
            long software = all.commits() - all.readOnlyCommits() - hardware;
            return wrong != null
                    ? "wrong: " + wrong
                    : "hardware=" + hardware + ", software=" + software;
        }
    }

    private void runThreads(long commits, long end) throws InterruptedException {
        long until = Emulator.committed() + commits;
        Thread[] threads = {
            start(0, this::update),
            start(1, this::update),
            start(2, this::merge),
            start(3, this::read)
        };
        while (Emulator.committed() < until && System.nanoTime() < end && wrong.get() == null) {
            Thread.yield();
        }
        isOver = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private Thread start(int number, Work work) {
        SplittableRandom random = new SplittableRandom(seed + number);
        return Thread.ofPlatform().name("client " + number).start(() -> {
            try {
                while (!isOver) {
                    work.step(random);
                    Thread.yield();
                }
            } catch (Throwable seen) {
                wrong.compareAndSet(null, seen);
            }
        });
    }

    /** The first account of a group. */
    private static int group(SplittableRandom random) {
        return GROUP * random.nextInt(random.nextBoolean() ? HOT_GROUPS : ACCOUNTS / GROUP);
    }

    private void update(SplittableRandom random) {
        switch (random.nextInt(4)) {
            case 0 -> emptyOne(random);
            case 1 -> stamp(random);
            default -> transfer(random);
        }
    }

    private void transfer(SplittableRandom random) {
        int group = group(random);
        int from = group + random.nextInt(GROUP);
        int to = group + (from - group + 1 + random.nextInt(GROUP - 1)) % GROUP;
        stm.atomic(tx -> {
            holdGroup(tx, group);
            long amount = random.nextInt(10);
            tx.setLong(ACCOUNT, accounts[from], 0, get(tx, from) - amount);
            tx.setLong(ACCOUNT, accounts[to], 0, get(tx, to) + amount);
            Thread.yield(); // So that others get in between.
        });
    }

    /** Reads two guards, writes one: two of these at once must not both go through. */
    private void emptyOne(SplittableRandom random) {
        int which = random.nextInt(GUARDS);
        stm.atomic(tx -> {
            long one = tx.getLong(ACCOUNT, guards[which], 0);
            long other = tx.getLong(ACCOUNT, guards[which ^ 1], 0);
            hold(one + other != 0, "both guards are 0");
            tx.setLong(ACCOUNT, guards[which], 0, one == 0 || other == 0 ? START : 0);
            Thread.yield();
        });
    }

    /** Writes one word of an account without having read any; the other must stay as it is. */
    private void stamp(SplittableRandom random) {
        int account = group(random);
        long number = random.nextLong();
        stm.atomic(tx -> {
            tx.setLong(ACCOUNT, accounts[account], STAMP, number);
            Thread.yield();
        });
    }

    /** Commits in software: locks, whatever version it finds. */
    private void merge(SplittableRandom random) {
        int group = group(random);
        stm.atomic(tx -> {
            tx.merge(ACCOUNT, accounts[group], 0, Merge.ADD_LONG, -1);
            tx.merge(ACCOUNT, accounts[group + 1], 0, Merge.ADD_LONG, 1);
        });
    }

    private void read(SplittableRandom random) {
        if (random.nextInt(50) == 0) {
            try (Snapshot snapshot = stm.openSnapshot()) {
                snapshot.readOnly(this::holdSum);
                snapshot.readOnly(this::holdSum);
            }
        } else {
            stm.readOnly(tx -> holdGroup(tx, group(random)));
        }
    }

    private Throwable holdAll() {
        try {
            stm.readOnly(this::holdSum);
            return null;
        } catch (AssertionError broken) {
            return broken;
        }
    }

    private long get(Transaction tx, int account) {
        return tx.getLong(ACCOUNT, accounts[account], 0);
    }

    private void holdGroup(Transaction tx, int group) {
        long sum = 0;
        for (int i = group; i < group + GROUP; i++) {
            sum += get(tx, i);
        }
        hold(sum == GROUP * START, "sum of a group inside a transaction: " + sum);
    }

    private void holdSum(Transaction tx) {
        for (int group = 0; group < ACCOUNTS; group += GROUP) {
            holdGroup(tx, group);
        }
    }

    private static void hold(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
