package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.offheapstm.ArrayType;
import org.offheapstm.Collected;
import org.offheapstm.Collector;
import org.offheapstm.HistoryPolicy;
import org.offheapstm.Pin;
import org.offheapstm.RegionFullException;
import org.offheapstm.Snapshot;
import org.offheapstm.SnapshotEndedException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.Verification;
import org.offheapstm.tests.Seed;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Goal: a collection frees what nobody can reach, and nothing else, beside writers, readers, pins
 * and snapshots. Method: the places of a table lead to {@link Knots}. Writers keep the sum, and
 * drop, move, pin and put back knots; readers follow all references, pin, and read what is pinned.
 * At the end only the knots in the places are left.
 */
final class CollectStressTest {
    private static final ArrayType PLACES = ArrayType.of("KnotPlaces", 8, 0);
    private static final int COUNT = 100;
    private static final long EACH = 1_000;

    /** How many a reader holds. */
    private static final int PINS = 64;

    private static final long CAPACITY_BYTES = 6L << 20;

    /** How it is run: who gives way to whom, and who collects. */
    enum Form {
        END_OLDEST_BY_HAND(HistoryPolicy.END_OLDEST, false),
        END_OLDEST_WHEN_FULL(HistoryPolicy.END_OLDEST, true),
        DELAY_WRITERS_BY_HAND(HistoryPolicy.DELAY_WRITERS, false),
        DELAY_WRITERS_WHEN_FULL(HistoryPolicy.DELAY_WRITERS, true);

        private final HistoryPolicy policy;
        private final boolean whenFull;

        Form(HistoryPolicy policy, boolean whenFull) {
            this.policy = policy;
            this.whenFull = whenFull;
        }

        StmOptions options() {
            return StmOptions.DEFAULT
                    .withName(name())
                    .withCapacityBytes(CAPACITY_BYTES)
                    .withMaxRunning(8)
                    .withCollectionWhenFull(whenFull)
                    .withHistoryLimit(StmOptions.MIN_HISTORY_LIMIT_BYTES, policy);
        }
    }

    private final Seed seed = Seed.of(CollectStressTest.class);
    private final AtomicLong droppedBytes = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong scans = new AtomicLong();
    private final AtomicLong pins = new AtomicLong();
    private final AtomicLong freed = new AtomicLong();
    private Form form;
    private Stm stm;
    private long table;
    private long end;
    private volatile boolean broken;

    @AfterEach
    void close() {
        stm.close();
    }

    /** To the end, and until there was something to be seen. */
    private boolean goesOn() {
        boolean isEnough = scans.get() >= 2
                && droppedBytes.get() > 2 * CAPACITY_BYTES
                && (form.whenFull || freed.get() > 0);
        return !broken && (System.nanoTime() - end < 0 || !isEnough);
    }

    // ---- the table

    private long node(Transaction tx, int place) {
        return tx.getLong(PLACES, table, place, 0);
    }

    private void put(Transaction tx, int place, long node) {
        tx.setLong(PLACES, table, place, 0, node);
    }

    private void fill() {
        stm.atomic(tx -> {
            table = tx.allocate(PLACES, COUNT);
            for (int i = 0; i < COUNT; i++) {
                put(tx, i, Knots.make(tx, EACH, 1 + i % 40));
            }
            stm.roots().set(tx, PLACES, "places", table);
        });
    }

    // ---- the hands

    private final class Writer {
        private final SplittableRandom random;
        private Pin away;
        private long loose;

        Writer(SplittableRandom random) {
            this.random = random;
        }

        void write() {
            while (goesOn()) {
                try {
                    step();
                } catch (RegionFullException full) {
                    refused.incrementAndGet(); // Nothing has changed.
                }
            }
            if (away != null) {
                away.close();
            }
        }

        private void step() {
            int first = random.nextInt(COUNT);
            int second = (first + 1 + random.nextInt(COUNT - 1)) % COUNT;
            long length = random.nextInt(300) == 0 ? 9_000 : 1 + random.nextInt(200);
            switch (random.nextInt(8)) {
                case 0, 1 -> stm.atomic(tx -> shift(tx, first, second, 1));
                case 2, 3 ->
                    stm.atomic(tx -> {
                        long moved = node(tx, first);
                        put(tx, first, node(tx, second));
                        put(tx, second, moved);
                    });
                case 4 ->
                    stm.atomic(tx -> {
                        long node = node(tx, first);
                        Knots.freeArray(tx, node);
                        Knots.giveArray(tx, node, length);
                    });
                case 5 -> {
                    stm.atomic(tx -> Knots.giveArray(tx, node(tx, first), length));
                    droppedBytes.addAndGet(8 * length);
                }
                case 6 -> replace(first, length);
                default -> {
                    if (away == null) {
                        take(first, length);
                    } else {
                        putBack(first, second);
                    }
                }
            }
        }

        private void shift(Transaction tx, int from, int to, long value) {
            Knots.setValue(tx, node(tx, from), Knots.value(tx, node(tx, from)) - value);
            Knots.setValue(tx, node(tx, to), Knots.value(tx, node(tx, to)) + value);
        }

        /** Drops a knot, and a box that this thread frees the next time if it is still there. */
        private void replace(int place, long length) {
            long before = loose;
            loose = stm.atomicLong(tx -> {
                put(tx, place, Knots.make(tx, Knots.follow(tx, node(tx, place)), length));
                if (before != Transaction.NULL && tx.exists(Knots.BOX, before)) {
                    tx.free(Knots.BOX, before);
                }
                return tx.allocate(Knots.BOX);
            });
            droppedBytes.addAndGet(8 * length);
        }

        /** Leaves another knot in its place: from now on only the pin leads to it. */
        private void take(int place, long length) {
            Pin[] pin = new Pin[1];
            stm.atomic(tx -> {
                long node = node(tx, place);
                pin[0] = stm.pin(Knots.NODE, node);
                put(tx, place, Knots.make(tx, Knots.follow(tx, node), length));
            });
            away = pin[0];
        }

        /** Where it is put back does not write it; another place makes up for the difference. */
        private void putBack(int place, int other) {
            stm.atomic(tx -> {
                long value = Knots.follow(tx, away.ref());
                long instead = Knots.value(tx, node(tx, place));
                put(tx, place, away.ref());
                Knots.setValue(
                        tx, node(tx, other), Knots.value(tx, node(tx, other)) + instead - value);
            });
            away.close();
            away = null;
        }
    }

    /** Finds a knot, pins it a while later, and holds the last pins. */
    private void read(SplittableRandom random) {
        Pin[] held = new Pin[PINS];
        for (int i = 0; goesOn(); i = (i + 1) % PINS) {
            int place = random.nextInt(COUNT);
            int times = 1 << random.nextInt(8);
            Pin oldest = held[i];
            int at = i;
            stm.readOnly(tx -> {
                long node = node(tx, place);
                for (int j = 0; j < times; j++) {
                    scan(tx);
                }
                held[at] = stm.pin(Knots.NODE, node);
            });
            scanTwice();
            if (oldest != null) {
                stm.readOnly(tx -> Knots.follow(tx, oldest.ref()));
                oldest.close();
            }
            pins.incrementAndGet();
        }
        for (Pin pin : held) {
            if (pin != null) {
                pin.close();
            }
        }
    }

    private void scanTwice() {
        try (Snapshot snapshot = stm.openSnapshot()) {
            long[] first = snapshot.readOnlyGet(this::scan);
            stm.readOnly(this::scan);
            assertArrayEquals(first, snapshot.readOnlyGet(this::scan));
            scans.incrementAndGet();
        } catch (SnapshotEndedException ended) {
            if (form.policy != HistoryPolicy.END_OLDEST) {
                throw ended;
            }
        }
    }

    /** All values and nodes. */
    private long[] scan(Transaction tx) {
        long[] seen = new long[2 * COUNT];
        long sum = 0;
        for (int i = 0; i < COUNT; i++) {
            seen[2 * i] = node(tx, i);
            seen[2 * i + 1] = Knots.follow(tx, seen[2 * i]);
            sum += seen[2 * i + 1];
        }
        assertEquals(COUNT * EACH, sum);
        return seen;
    }

    private void collect(SplittableRandom random) {
        while (goesOn()) {
            Collected collected;
            if (random.nextBoolean()) {
                collected = stm.collect();
            } else {
                try (Collector collector = stm.collector()) {
                    while (!collector.step(1 + random.nextInt(300))) {}
                    collected = collector.result();
                }
            }
            freed.addAndGet(collected.freed());
        }
    }

    // ---- all of them

    private void runFor(Form wanted, long nanos) {
        form = wanted;
        stm = Stm.open(form.options());
        fill();
        end = System.nanoTime() + nanos;
        SplittableRandom random = new SplittableRandom(seed.value());
        List<Elsewhere.Step> steps = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            steps.add(new Writer(random.split())::write);
            SplittableRandom readers = random.split();
            steps.add(() -> read(readers));
        }
        if (!form.whenFull) {
            steps.add(() -> collect(random));
        }
        List<Elsewhere> hands = new ArrayList<>();
        List<Future<Void>> ends = new ArrayList<>();
        for (Elsewhere.Step step : steps) {
            Elsewhere hand = new Elsewhere("hand " + hands.size());
            hands.add(hand);
            ends.add(hand.start(() -> {
                boolean done = false;
                try {
                    step.run();
                    done = true;
                } finally {
                    broken |= !done;
                }
            }));
        }
        try {
            ends.forEach(Elsewhere::await);
            assertOnlyPlacesAreLeft();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(seed + ", " + done(), e);
        } finally {
            broken = true;
            hands.forEach(Elsewhere::close);
        }
    }

    private void assertOnlyPlacesAreLeft() {
        assertTrue(stm.collect().isComplete());
        Verification found = stm.verify();
        assertTrue(found.isSound(), found::toString);
        long live = 2 + Knots.OBJECTS * COUNT; // With the table, and the root's name.
        assertEquals(live, found.objects(), found::toString);
        assertEquals(live, found.reached(), found::toString);
        stm.readOnly(this::scan);
        assertEquals(0, stm.statistics().liveSnapshots());
    }

    private String done() {
        return form + ": " + scans + " snapshots, " + pins + " pins, " + droppedBytes
                + " bytes dropped, " + refused + " refused, " + freed + " freed by hand, "
                + stm.statistics();
    }

    @ParameterizedTest
    @EnumSource
    void onlyWhatNobodyReachesIsFreed(Form wanted) {
        runFor(wanted, TimeUnit.SECONDS.toNanos(1));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("stress")
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void onlyWhatNobodyReachesIsFreedForLong(Form wanted) {
        runFor(wanted, TimeUnit.SECONDS.toNanos(50));
    }
}
