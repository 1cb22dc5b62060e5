package org.offheapstm.explore;

import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.RegionFullException;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.engine.Elsewhere;
import org.offheapstm.internal.memory.Seam;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

/**
 * A reader that comes to a large array after it was freed, and stands still at one of its accesses
 * while others take what they can get. Meant to be run in an {@link Isolation}.
 *
 * <p>The region is full but for the array's place, so the private copies of a thread that writes
 * much go there. They are made to look like an array of the old generation, and of {@link #LENGTH}
 * elements.
 */
final class LateReader implements AutoCloseable {
    private static final ArrayType LONGS = ArrayType.of("longs", 8);
    private static final ObjectType LARGE = ObjectType.of("large", ObjectType.MAX_PAYLOAD_BYTES);
    private static final long LENGTH = 1L << 50;

    /** Objects whose copies fill more than the region keeps for the areas of slots. */
    private static final int COPIES = 100;

    private final Stm stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(8L << 20));
    private final Elsewhere writer = new Elsewhere("writer");
    private final Elsewhere bystander = new Elsewhere("bystander");
    private final List<Long> objects = new ArrayList<>();
    private final long array = stm.atomicLong(tx -> tx.allocate(LONGS, 100_000));

    private LateReader() {
        fill();
    }

    /**
     * Stops the reader at each of its accesses in turn.
     *
     * @param arguments "afterHiding" if somebody ran when the array's run entry was taken away, and
     *     the reader comes after that
     * @return what it was told in place of a refusal; or null
     */
    static String run(String... arguments) {
        boolean afterHiding = List.of(arguments).contains("afterHiding");
        int stop = 0;
        for (boolean stopped = true; stopped; stop++) {
            try (LateReader run = new LateReader()) {
                run.free(afterHiding);
                int[] accesses = {0};
                String told = run.read(stop, accesses);
                if (told != null) {
                    return "at access " + stop + ": " + told;
                }
                stopped = accesses[0] > stop;
            }
        }
        return stop > 1 ? null : "no access was seen";
    }

    private void fill() {
        try {
            while (true) {
                objects.add(stm.atomicLong(tx -> tx.allocate(LARGE)));
            }
        } catch (RegionFullException full) {
            Story.hold(objects.size() > COPIES, "full after " + objects.size());
        }
    }

    private void free(boolean afterHiding) {
        stm.atomic(tx -> tx.free(LONGS, array));
        if (!afterHiding) {
            return;
        }
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Future<Void> standing = bystander.start(() -> stm.readOnly(tx -> {
            inside.countDown();
            leave.await();
        }));
        try {
            inside.await();
            // Whoever finds no room looks for what has come back, and takes the entry away.
            stm.atomicLong(tx -> tx.allocate(LARGE));
        } catch (RegionFullException stillThere) {
            return;
        } catch (InterruptedException e) {
            throw new AssertionError("a bystander begins", e);
        } finally {
            leave.countDown();
            Elsewhere.await(standing);
        }
        throw new AssertionError("the place was used beside an attempt that may look at it");
    }

    /** What a transaction says of the array while its place becomes somebody's copies. */
    private String read(int stop, int[] accesses) {
        try {
            return stm.atomicGet(tx -> {
                Seam.observe((access, address) -> {
                    if (accesses[0]++ == stop) {
                        writer.run(this::writeMuch);
                    }
                });
                try {
                    return "length=" + tx.length(LONGS, array);
                } finally {
                    Seam.observe(null);
                }
            });
        } catch (StaleReferenceException expected) {
            return null;
        }
    }

    private void writeMuch() {
        try {
            stm.atomic(tx -> {
                for (int i = 0; i < COPIES; i++) {
                    long object = objects.get(i);
                    for (int word = 0; word < LARGE.payloadBytes(); word += 8) {
                        tx.setLong(LARGE, object, word, 0);
                    }
                    tx.setLong(LARGE, object, 8, array); // the generation is in its low bits
                    tx.setLong(LARGE, object, 16, LENGTH);
                }
            });
        } catch (RegionFullException full) {
            // The array's place must not be used while the reader may look there.
        }
    }

    @Override
    public void close() {
        writer.close();
        bystander.close();
        stm.close();
    }
}
