package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.offheapstm.ArrayType;
import org.offheapstm.HistoryPolicy;
import org.offheapstm.Merge;
import org.offheapstm.ObjectType;
import org.offheapstm.Snapshot;
import org.offheapstm.Snapshot.Change;
import org.offheapstm.SnapshotEndedException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.StmType;
import org.offheapstm.Transaction;
import org.offheapstm.tests.Seed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Goal: whatever is done in whatever order, each snapshot is the store as it was at its opening, or
 * says that it was ended.
 * Method: random programs, whose commits run one after the other in three threads, against a model
 * that copies all values at each opening; after each step one open snapshot is compared completely,
 * and now and then the changes between two.
 */
final class SnapshotModelTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);
    private static final StmType[] TYPES = {EngineTest.CELL, EngineTest.TRIPLE, WORDS};

    private static final int STEPS = 250;
    private static final int MAX_OBJECTS = 60;
    private static final int MAX_SNAPSHOTS = 6;
    private static final int GONE = 40;
    private static final int MAX_PARTS = 3;

    /** So many that in some of them the limit is reached. */
    private static final int MANY_PROGRAMS = 20;

    /** The last one is a span. */
    private static final int[] LENGTHS = {0, 1, 5, 40, 100, 2_200};

    /** An object: what it is, its words, and how often it was committed. */
    private record Thing(StmType type, long[] words, int commits) {
        Thing with(int word, long value) {
            long[] changed = words.clone();
            changed[word] = value;
            return new Thing(type, changed, commits);
        }

        Thing committed() {
            return new Thing(type, words, commits + 1);
        }
    }

    /** A snapshot and what it shall see. */
    private record Opened(Snapshot snapshot, Map<Long, Thing> things) {}

    /** One program. */
    private static final class Program implements AutoCloseable {
        private final Random random;
        private final Stm stm;
        private final Elsewhere[] hands = {new Elsewhere("left"), new Elsewhere("right")};
        private final List<Opened> open = new ArrayList<>();
        private final List<Long> gone = new ArrayList<>();
        private Map<Long, Thing> now = new HashMap<>();

        /** How many snapshots have said that they were ended. */
        private long told;

        Program(long seed) {
            random = new Random(seed);
            StmOptions options = StmOptions.DEFAULT.withCapacityBytes(16L << 20).withMaxRunning(4);
            stm = Stm.open(
                    seed % 2 == 0
                            ? options
                            : options.withHistoryLimit(
                                    StmOptions.MIN_HISTORY_LIMIT_BYTES, HistoryPolicy.END_OLDEST));
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(10)) {
                    case 0 -> openOne();
                    case 1 -> closeOne();
                    default -> transact();
                }
                if (!open.isEmpty()) {
                    compareUnlessEnded(any(open));
                }
                if (!open.isEmpty()) {
                    compareChangesUnlessEnded();
                }
            }
            while (!open.isEmpty()) {
                closeOne();
            }
            assertEquals(0, stm.statistics().liveSnapshots());
            assertTrue(told <= stm.statistics().endedSnapshots(), "told, and not so");
        }

        private <T> T any(List<T> list) {
            return list.get(random.nextInt(list.size()));
        }

        private void openOne() {
            if (open.size() < MAX_SNAPSHOTS) {
                open.add(new Opened(stm.openSnapshot(), Map.copyOf(now)));
            }
        }

        private void closeOne() {
            if (!open.isEmpty()) {
                Opened closed = any(open);
                compareUnlessEnded(closed);
                open.remove(closed);
                closed.snapshot.close();
            }
        }

        /** Some operations in one transaction, in one of three threads; some are undone. */
        private void transact() {
            boolean fails = random.nextInt(8) == 0;
            int operations = 1 + random.nextInt(5);
            int hand = random.nextInt(3);
            Map<Long, Thing> after = new HashMap<>(now);
            Set<Long> touched = new HashSet<>();
            Runnable transaction = () -> {
                try {
                    stm.atomic(tx -> {
                        for (int i = 0; i < operations; i++) {
                            operate(tx, after, touched);
                        }
                        if (fails) {
                            throw new IllegalStateException("undo");
                        }
                    });
                } catch (IllegalStateException undone) {
                    assertTrue(fails, undone.toString());
                }
            };
            if (hand == hands.length) {
                transaction.run();
            } else {
                hands[hand].run(transaction::run);
            }
            if (!fails) {
                touched.forEach(ref -> after.computeIfPresent(ref, (r, it) -> it.committed()));
                touched.stream().filter(ref -> !after.containsKey(ref)).forEach(this::isGone);
                now = after;
            }
        }

        private void isGone(long ref) {
            gone.add(ref);
            if (gone.size() > GONE) {
                gone.remove(random.nextInt(GONE));
            }
        }

        private void operate(Transaction tx, Map<Long, Thing> things, Set<Long> touched) {
            int what = random.nextInt(8);
            if (things.isEmpty() || what == 0 && things.size() < MAX_OBJECTS) {
                allocate(tx, things, touched);
                return;
            }
            long ref = things.keySet().stream()
                    .sorted()
                    .skip(random.nextInt(things.size()))
                    .findFirst()
                    .orElseThrow();
            Thing thing = things.get(ref);
            if (what == 1) {
                tx.free(thing.type, ref);
                things.remove(ref);
                touched.add(ref);
            } else if (thing.words.length != 0) {
                int word = random.nextInt(thing.words.length);
                long value = random.nextInt(1_000);
                long result = what < 5 ? value : thing.words[word] + value;
                write(tx, thing.type, ref, word, value, what < 5);
                things.put(ref, thing.with(word, result));
                touched.add(ref);
            }
        }

        private void allocate(Transaction tx, Map<Long, Thing> things, Set<Long> touched) {
            StmType type = TYPES[random.nextInt(TYPES.length)];
            int length = type == WORDS
                    ? LENGTHS[random.nextInt(LENGTHS.length)]
                    : type == EngineTest.CELL ? 1 : 3;
            long made = type == WORDS ? tx.allocate(WORDS, length) : tx.allocate((ObjectType) type);
            things.put(made, new Thing(type, new long[length], 0));
            touched.add(made);
        }

        private static void write(
                Transaction tx, StmType type, long ref, int word, long value, boolean sets) {
            if (type == WORDS && sets) {
                tx.setLong(WORDS, ref, word, 0, value);
            } else if (type == WORDS) {
                tx.merge(WORDS, ref, word, 0, Merge.ADD_LONG, value);
            } else if (sets) {
                tx.setLong((ObjectType) type, ref, 8 * word, value);
            } else {
                tx.addLong((ObjectType) type, ref, 8 * word, value);
            }
        }

        // ---- comparing

        private void compareUnlessEnded(Opened opened) {
            try {
                compare(opened);
            } catch (SnapshotEndedException ended) {
                open.remove(opened);
                opened.snapshot.close();
                told++;
            }
        }

        private void compareChangesUnlessEnded() {
            try {
                compareChanges();
            } catch (SnapshotEndedException ended) {
                assertTrue(stm.statistics().endedSnapshots() > 0, "which is it?");
            }
        }

        private void compare(Opened opened) {
            Snapshot snapshot = opened.snapshot;
            if (random.nextBoolean()) {
                snapshot.readOnly(tx -> compareAll(tx, opened.things));
            } else {
                hands[0].run(() -> snapshot.readOnly(tx -> compareAll(tx, opened.things)));
            }
            for (StmType type : TYPES) {
                Set<Long> told = new HashSet<>();
                int parts = 1 + random.nextInt(MAX_PARTS);
                for (int part = 0; part < parts; part++) {
                    snapshot.forEach(type, part, parts, (tx, ref) -> {
                        assertTrue(told.add(ref), "told twice");
                        assertWords(tx, ref, opened.things.get(ref));
                    });
                }
                Set<Long> expected = new HashSet<>();
                opened.things.forEach((ref, thing) -> {
                    if (thing.type == type) {
                        expected.add(ref);
                    }
                });
                assertEquals(expected, told);
            }
        }

        private void compareAll(Transaction tx, Map<Long, Thing> things) {
            things.forEach((ref, thing) -> {
                assertTrue(tx.exists(thing.type, ref));
                assertWords(tx, ref, thing);
            });
            now.forEach((ref, thing) ->
                    assertEquals(things.containsKey(ref), tx.exists(thing.type, ref)));
            for (long ref : gone) {
                for (StmType type : TYPES) {
                    Thing thing = things.get(ref);
                    assertEquals(thing != null && thing.type == type, tx.exists(type, ref));
                }
            }
        }

        private static void assertWords(Transaction tx, long ref, Thing thing) {
            assertTrue(thing != null, "told of what was not there");
            long[] words = new long[thing.words.length];
            if (thing.type == WORDS) {
                assertEquals(words.length, tx.length(WORDS, ref));
            }
            for (int i = 0; i < words.length; i++) {
                words[i] = thing.type == WORDS
                        ? tx.getLong(WORDS, ref, i, 0)
                        : tx.getLong((ObjectType) thing.type, ref, 8 * i);
            }
            assertTrue(
                    Arrays.equals(thing.words, words),
                    () -> "expected " + Arrays.toString(thing.words) + ", seen "
                            + Arrays.toString(words));
        }

        /** The open ones are in the order of their opening. */
        private void compareChanges() {
            int younger = random.nextInt(open.size());
            Map<Long, Thing> before = open.get(random.nextInt(younger + 1)).things;
            Map<Long, Thing> after = open.get(younger).things;
            Snapshot older = open.stream()
                    .filter(each -> each.things == before)
                    .findFirst()
                    .orElseThrow()
                    .snapshot;
            for (StmType type : TYPES) {
                Map<Long, Change> expected = new HashMap<>();
                before.forEach((ref, thing) -> {
                    if (thing.type == type && !after.containsKey(ref)) {
                        expected.put(ref, Change.FREED);
                    }
                });
                after.forEach((ref, thing) -> {
                    Thing old = before.get(ref);
                    if (thing.type == type && (old == null || old.commits != thing.commits)) {
                        expected.put(ref, old == null ? Change.CREATED : Change.UPDATED);
                    }
                });
                Map<Long, Change> told = new HashMap<>();
                Snapshot newer = open.get(younger).snapshot;
                int parts = 1 + random.nextInt(MAX_PARTS);
                for (int part = 0; part < parts; part++) {
                    newer.forEachChange(
                            older,
                            type,
                            part,
                            parts,
                            (ref, change) -> assertNull(told.put(ref, change), "told twice"));
                }
                assertEquals(expected, told);
            }
        }

        @Override
        public void close() {
            for (Elsewhere hand : hands) {
                hand.close();
            }
            stm.close();
        }
    }

    private static void explore(long nanos) {
        Seed seed = Seed.of(SnapshotModelTest.class);
        long start = System.nanoTime();
        int programs = 0;
        long told = 0;
        while (programs == 0 || System.nanoTime() - start < nanos) {
            try (Program program = new Program(seed.value() + programs)) {
                program.run();
                told += program.told;
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        new Seed(seed.value() + programs, SnapshotModelTest.class).toString(), e);
            }
            programs++;
        }
        assertTrue(programs < MANY_PROGRAMS || told > 0, "no snapshot was ended");
    }

    @Test
    void eachSnapshotIsTheStoreAtItsOpening() {
        explore(TimeUnit.SECONDS.toNanos(2));
    }

    @Test
    @Tag("stress")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void eachSnapshotIsTheStoreAtItsOpeningForLong() {
        explore(TimeUnit.MINUTES.toNanos(2));
    }
}
