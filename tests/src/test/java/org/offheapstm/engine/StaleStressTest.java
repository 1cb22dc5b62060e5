package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.RegionFullException;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.StmType;
import org.offheapstm.Transaction;
import org.offheapstm.tests.Seed;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Goal: whatever is freed and used again, also by other types, a reference leads to its own object
 * or to an exception. Method: each object holds a number made from its own reference; while two
 * threads free and allocate at full speed, and a third gives memory from type to type, readers use
 * references of every age, as every type, and those of another engine.
 */
final class StaleStressTest extends EngineTest {
    private static final StmType[] TYPES = {
        ObjectType.of("Small", 40),
        ObjectType.of("Broad", 2000),
        ArrayType.of("Row", 8),
        ArrayType.of("Span", 8)
    };

    /** Elements of the arrays: of a block, and of runs of their own. */
    private static final int[] LENGTHS = {0, 0, 300, 3_000};

    private static final int PLACES = 256;
    private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;

    private final Seed seed = Seed.of(StaleStressTest.class);
    private final AtomicLongArray live = new AtomicLongArray(PLACES);
    private final AtomicLongArray stale = new AtomicLongArray(4 * PLACES);
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong found = new AtomicLong();
    private long end;

    @Override
    StmOptions options() {
        return StmOptions.DEFAULT.withCapacityBytes(32L << 20).withMaxRunning(16);
    }

    private boolean goesOn() {
        return System.nanoTime() - end < 0;
    }

    private static long stamp(int type, long ref) {
        return (ref ^ type) * FACTOR;
    }

    private static long make(Transaction tx, int type) {
        if (TYPES[type] instanceof ObjectType single) {
            long made = tx.allocate(single);
            tx.setLong(single, made, 0, stamp(type, made));
            return made;
        }
        ArrayType array = (ArrayType) TYPES[type];
        long made = tx.allocate(array, LENGTHS[type]);
        tx.setLong(array, made, LENGTHS[type] - 1, 0, stamp(type, made));
        return made;
    }

    private static long read(Transaction tx, int type, long ref) {
        return TYPES[type] instanceof ObjectType single
                ? tx.getLong(single, ref, 0)
                : tx.getLong((ArrayType) TYPES[type], ref, LENGTHS[type] - 1, 0);
    }

    /** Frees all of one type in its share of the places, one by one, or puts others there. */
    private void churn(long number) {
        SplittableRandom random = new SplittableRandom(seed.value() + number);
        while (goesOn()) {
            int type = random.nextInt(TYPES.length);
            boolean empties = random.nextInt(3) == 0;
            for (int place = (int) number; place < PLACES; place += 2) {
                if (place / 2 % TYPES.length == type) {
                    change(place, type, empties, random);
                }
            }
        }
    }

    private void change(int place, int type, boolean empties, SplittableRandom random) {
        long old = live.get(place);
        try {
            live.set(place, stm.atomicLong(tx -> {
                if (old != 0) {
                    tx.free(TYPES[type], old);
                }
                return empties ? 0 : make(tx, type);
            }));
        } catch (RegionFullException full) {
            return; // Readers stand still where memory has become free: nothing has changed.
        }
        if (old != 0) {
            stale.set(random.nextInt(stale.length()), old);
        }
    }

    private void look(long number, long[] foreign) {
        SplittableRandom random = new SplittableRandom(seed.value() + number);
        while (goesOn()) {
            int type = random.nextInt(TYPES.length);
            long ref = switch (random.nextInt(8)) {
                case 0, 1, 2 -> live.get(random.nextInt(PLACES));
                case 3 -> foreign[random.nextInt(foreign.length)];
                default -> stale.get(random.nextInt(stale.length()));
            };
            try {
                long value = random.nextBoolean()
                        ? stm.readOnlyLong(tx -> read(tx, type, ref))
                        : stm.atomicLong(tx -> read(tx, type, ref));
                assertTrue(
                        value == stamp(type, ref),
                        () -> "read as " + TYPES[type] + " at " + Long.toHexString(ref) + ": "
                                + Long.toHexString(value) + ", " + seed);
                found.incrementAndGet();
            } catch (StaleReferenceException e) {
                refused.incrementAndGet();
            }
        }
    }

    private void run(long nanos) {
        end = System.nanoTime() + nanos;
        try (Stm second = Stm.open(options())) {
            long[] foreign = new long[50];
            for (int i = 0; i < foreign.length; i++) {
                int type = i % TYPES.length;
                foreign[i] = second.atomicLong(tx -> make(tx, type));
            }
            List<Elsewhere> threads = new ArrayList<>();
            List<Future<Void>> ends = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                int number = i;
                Elsewhere thread = new Elsewhere("thread " + i);
                threads.add(thread);
                ends.add(thread.start(() -> {
                    if (number < 2) {
                        churn(number);
                    } else if (number == 2) {
                        while (goesOn()) {
                            stm.trim();
                        }
                    } else {
                        look(number, foreign);
                    }
                }));
            }
            try {
                for (Future<Void> each : ends) {
                    Elsewhere.await(each);
                }
            } finally {
                threads.forEach(Elsewhere::close);
            }
        }
        assertTrue(refused.get() > 100 && found.get() > 100, () -> refused + " refused, " + found);
    }

    @Test
    void staleReferenceIsRefusedWhateverIsAtItsPlace() {
        run(TimeUnit.SECONDS.toNanos(3));
    }

    @Tag("stress")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    @Test
    void staleReferenceIsRefusedForLong() {
        run(TimeUnit.SECONDS.toNanos(50));
    }
}
