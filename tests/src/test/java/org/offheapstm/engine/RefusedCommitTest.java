package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.AbortCause;
import org.offheapstm.AtomicBlock;
import org.offheapstm.HistoryPolicy;
import org.offheapstm.ObjectType;
import org.offheapstm.Snapshot;
import org.offheapstm.StmOptions;
import org.offheapstm.TransactionAbortedException;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Goal: a commit that finds no room for its before-images leaves room to others, and to itself.
 * Method: one that needs more than there is, then small ones; one that fits when a snapshot has
 * left.
 */
final class RefusedCommitTest extends EngineTest {
    private static final ObjectType BROAD = ObjectType.of("Broad", 1_024);
    private static final ObjectType BROADER = ObjectType.of("Broader", 4_096);
    private static final int MANY = 2_000;
    private static final long LIMIT_BYTES = 1L << 20;

    private final long[] broad = new long[MANY];
    private final Elsewhere fourth = new Elsewhere("fourth");

    @Override
    StmOptions options() {
        return StmOptions.DEFAULT
                .withCapacityBytes(32L << 20)
                .withMaxRunning(4)
                .withHistoryLimit(LIMIT_BYTES, HistoryPolicy.DELAY_WRITERS);
    }

    @BeforeEach
    void fill() {
        for (int i = 0; i < MANY; i++) {
            broad[i] = stm.atomicLong(tx -> tx.allocate(BROAD));
        }
    }

    @AfterEach
    void stop() {
        fourth.close();
    }

    private static AtomicBlock within(long millis) {
        return AtomicBlock.named("writer").withTimeoutNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private void change(AtomicBlock block, int from, int to) {
        stm.atomic(block, tx -> {
            for (int i = from; i < to; i++) {
                tx.setLong(BROAD, broad[i], 8, -1);
            }
        });
    }

    @Test
    void largeOneLeavesRoomToSmallOnes() {
        Snapshot snapshot = fourth.get(() -> stm.openSnapshot());
        assertThrows(TransactionAbortedException.class, () -> change(within(50), 0, MANY));
        long kept = stm.statistics().historyBytes();
        assertTrue(kept <= LIMIT_BYTES / 8, () -> "kept in vain: " + kept);
        other.run(() -> {
            for (int i = 0; i < 100; i++) {
                change(within(2_000), i, i + 1);
            }
        });
        snapshot.close();
    }

    @Test
    void oneThatFitsWhenASnapshotHasLeftGoesOn() {
        Snapshot first = fourth.get(() -> stm.openSnapshot());
        third.run(() -> {
            for (int i = 0; i < 560; i++) {
                change(within(2_000), i, i + 1);
            }
        });
        Snapshot second = fourth.get(() -> stm.openSnapshot());
        Future<Void> writer = other.start(() -> change(within(20_000), 1_000, 1_600));
        while (aborts(AbortCause.HISTORY_FULL) == 0) {
            Thread.onSpinWait();
        }
        fourth.run(first::close);
        Elsewhere.await(writer);
        fourth.run(second::close);
    }

    /**
     * A run of 65,536 bytes holds 62 images of 1,056, and one of 4,128 with 55 others and room for
     * three; a slot has one run, and the limit is 16 more. What the commit has learned before is
     * that it needs all images; then that it does not need the first.
     */
    @Test
    void runThatIsBeingFilledIsFilledWhenLessIsNeededAfterAll() {
        long broader = stm.atomicLong(tx -> tx.allocate(BROADER));
        Snapshot first = fourth.get(() -> stm.openSnapshot());
        third.run(() -> {
            stm.atomic(tx -> tx.setLong(BROADER, broader, 0, 1));
            change(within(2_000), 0, 54);
        });
        Snapshot second = fourth.get(() -> stm.openSnapshot());
        third.run(() -> change(within(2_000), 54, 55));
        fourth.run(second::close);
        third.run(() -> stm.atomic(within(2_000), tx -> {
            tx.setLong(BROADER, broader, 0, 2);
            for (int i = 55; i < 55 + 3 + 62 * 16; i++) {
                tx.setLong(BROAD, broad[i], 8, -1);
            }
        }));
        fourth.run(first::close);
    }
}
