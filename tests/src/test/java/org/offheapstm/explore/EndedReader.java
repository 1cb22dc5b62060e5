package org.offheapstm.explore;

import org.offheapstm.ArrayType;
import org.offheapstm.HistoryPolicy;
import org.offheapstm.ObjectType;
import org.offheapstm.Snapshot;
import org.offheapstm.SnapshotEndedException;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.engine.Elsewhere;
import org.offheapstm.internal.memory.Seam;

import java.util.List;

/**
 * A reader of a snapshot stands still at one of its accesses while others end the snapshot, get all
 * back that was kept for it, and write over it. Meant to be run in an {@link Isolation}.
 *
 * <p>Seven before-images fill a piece of 64 KiB, and one full piece is all that may be kept. They
 * are all of the writer's slot.
 */
final class EndedReader implements AutoCloseable {
    private static final ObjectType LARGE = ObjectType.of("large", ObjectType.MAX_PAYLOAD_BYTES);
    private static final ArrayType LONGS = ArrayType.of("longs", 8);
    private static final int OBJECTS = 24;
    private static final int LENGTH = 4;

    /** Each object's words, and each element, say whose they are; none could pass for a link. */
    private static final long RIGHT = 1_000;

    /** What {@link #read} says of what is no value. */
    private static final long ENDED = -1;

    private static final long STALE = -2;

    private final Stm stm = Stm.open(StmOptions.DEFAULT
            .withCapacityBytes(4L << 20)
            .withHistoryLimit(StmOptions.MIN_HISTORY_LIMIT_BYTES, HistoryPolicy.END_OLDEST));
    private final Elsewhere writer = new Elsewhere("writer");
    private final long[] objects = new long[OBJECTS];
    private final long array = stm.atomicLong(tx -> newArray(tx, RIGHT));
    private final Snapshot snapshot;

    private EndedReader() {
        for (int i = 0; i < OBJECTS; i++) {
            objects[i] = stm.atomicLong(tx -> tx.allocate(LARGE));
            fill(i, RIGHT + i);
        }
        snapshot = stm.openSnapshot();
        writer.run(this::makeTwoImages);
    }

    /** Of one object, of which the reader needs the second. */
    private void makeTwoImages() {
        fill(0, 1);
        Snapshot second = stm.openSnapshot();
        fill(0, 2);
        second.close();
    }

    private void fill(int object, long value) {
        stm.atomic(tx -> {
            for (int word = 0; word < LARGE.payloadBytes(); word += 8) {
                tx.setLong(LARGE, objects[object], word, value);
            }
        });
    }

    private static long newArray(Transaction tx, long element) {
        long made = tx.allocate(LONGS, LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            tx.setLong(LONGS, made, i, 0, element);
        }
        return made;
    }

    /** What a reader does. */
    private interface Reading {
        long read(EndedReader run, Transaction tx);
    }

    /**
     * Stops the reader at each of its accesses in turn.
     *
     * @param arguments "object" or "array": what it reads
     * @return what it has seen that was not so in the snapshot; or null
     */
    static String run(String... arguments) {
        Reading reading = List.of(arguments).contains("array")
                ? (run, tx) -> tx.getLong(LONGS, run.array, LENGTH - 1, 0)
                : (run, tx) -> tx.getLong(LARGE, run.objects[0], 8);
        int ended = 0;
        boolean stopped = true;
        for (int stop = 0; stopped; stop++) {
            try (EndedReader run = new EndedReader()) {
                int[] accesses = {0};
                long seen = run.read(reading, stop, accesses);
                if (seen != RIGHT && seen != ENDED) {
                    return "at access " + stop + ": " + seen;
                }
                ended += seen == ENDED ? 1 : 0;
                stopped = accesses[0] > stop;
            }
        }
        return ended > 0 ? null : "nobody was told that the snapshot had been ended";
    }

    /** What it has read or been told. */
    private long read(Reading reading, int stop, int[] accesses) {
        try {
            return snapshot.readOnlyLong(tx -> {
                Seam.observe((access, address) -> {
                    if (accesses[0]++ == stop) {
                        writer.run(this::writeOverAllThatWasKept);
                    }
                });
                try {
                    return reading.read(this, tx);
                } finally {
                    Seam.observe(null);
                }
            });
        } catch (SnapshotEndedException expected) {
            return ENDED;
        } catch (StaleReferenceException wrong) {
            return STALE;
        }
    }

    private void writeOverAllThatWasKept() {
        stm.atomic(tx -> tx.free(LONGS, array));
        for (int i = 1; i < OBJECTS; i++) {
            fill(i, 4);
        }
        stm.atomic(tx -> newArray(tx, 5));
        Snapshot next = stm.openSnapshot();
        for (int i = 1; i < OBJECTS; i++) {
            fill(i, 6);
        }
        next.close();
    }

    @Override
    public void close() {
        writer.close();
        snapshot.close();
        stm.close();
    }
}
