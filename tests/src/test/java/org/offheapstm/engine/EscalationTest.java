package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.AbortCause;
import org.offheapstm.ArrayType;
import org.offheapstm.AtomicBlock;
import org.offheapstm.Merge;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Transaction;
import org.offheapstm.TransactionAbortedException;
import org.offheapstm.TxAction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

/**
 * Goal: a block that keeps losing escalates, then cannot lose, keeps what it touches from others
 * until it ends, and leaves nothing owned however it ends. Method: another thread overwrites what
 * the block has read, in each attempt, until the engine counts an escalation; what the test is
 * about happens in the attempt after that.
 */
final class EscalationTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);

    /** Runs a body in an escalated attempt: until then each attempt is made to lose. */
    private void escalated(TxAction<RuntimeException> body) {
        escalated(AtomicBlock.ANONYMOUS, body);
    }

    private void escalated(AtomicBlock block, TxAction<RuntimeException> body) {
        long bait = cell(0);
        long before = stm.statistics().escalations();
        stm.atomic(block, tx -> {
            if (stm.statistics().escalations() == before) {
                tx.setLong(CELL, bait, 0, -1);
                setElsewhere(bait, tx.attempt());
            } else {
                body.run(tx);
            }
        });
    }

    @Test
    void loserEscalatesAndCommits() {
        long a = cell(0);
        List<Integer> attempts = new ArrayList<>();
        stm.atomic(tx -> {
            attempts.add(tx.attempt());
            tx.setLong(CELL, a, 0, -1);
            if (stm.statistics().escalations() == 0) {
                setElsewhere(a, tx.attempt());
            }
        });
        assertEquals(-1, get(a));
        assertEquals(1, stm.statistics().escalations());
        assertTrue(attempts.size() > 2 && attempts.size() <= 64, () -> "attempts " + attempts);
        assertEquals(attempts.size() - 1, aborts(AbortCause.WRITE_CONFLICT));
    }

    @Test
    void whatItPrefetchesItDoesNotOwn() {
        long a = cell(1);
        escalated(tx -> {
            tx.prefetch(new long[] {a}, 0, 1);
            setElsewhere(a, 2); // Would wait for the owner, who waits here.
        });
        assertEquals(2, get(a));
    }

    @Test
    void othersReadTheOldValueOfWhatItWrites() {
        long a = cell(1);
        escalated(tx -> {
            tx.setLong(CELL, a, 0, 2);
            assertEquals(1, getElsewhere(a));
            assertEquals(1, other.get(() -> stm.readOnlyLong(r -> r.getLong(CELL, a, 0))));
            assertEquals(2, tx.getLong(CELL, a, 0));
        });
        assertEquals(2, getElsewhere(a));
    }

    @Test
    void othersCommitWhatItDoesNotTouch() {
        long a = cell(1);
        long b = cell(1);
        escalated(tx -> {
            tx.setLong(CELL, a, 0, 2);
            setElsewhere(b, 3);
            assertEquals(3, tx.getLong(CELL, b, 0), "touched only now");
        });
        assertEquals(2, get(a));
    }

    @Test
    void writerOfWhatItHasOnlyReadWaitsUntilItEnds() {
        writerWaits((tx, a) -> tx.getLong(CELL, a, 0), AbortCause.OWNED);
    }

    @Test
    void writerOfWhatItHasWrittenWaitsUntilItEnds() {
        writerWaits((tx, a) -> tx.setLong(CELL, a, 0, 9), AbortCause.OWNED);
    }

    @Test
    void writerOfWhatItHasMergedWaitsUntilItEnds() {
        writerWaits((tx, a) -> tx.addLong(CELL, a, 0, 9), AbortCause.OWNED);
    }

    private interface Touch {
        void touch(Transaction tx, long a);
    }

    private void writerWaits(Touch touch, AbortCause cause) {
        long a = cell(1);
        CountDownLatch lost = new CountDownLatch(2);
        List<Future<Void>> writer = new ArrayList<>();
        escalated(tx -> {
            touch.touch(tx, a);
            writer.add(third.start(() -> stm.atomic(w -> {
                lost.countDown();
                w.setLong(CELL, a, 0, 77);
            })));
            Elsewhere.await(lost);
            assertFalse(writer.get(0).isDone());
            assertEquals(1, getElsewhere(a));
        });
        Elsewhere.await(writer.get(0));
        assertEquals(77, get(a));
        assertTrue(aborts(cause) >= 1, () -> "aborts " + stm.statistics());
    }

    /** It owns what others may have read before; they need not care. */
    @Test
    void readerFromBeforeCommitsBesideIt() {
        long a = cell(1);
        long b = cell(0);
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch owned = new CountDownLatch(1);
        Future<Void> reader = third.start(() -> stm.atomic(r -> {
            long seen = r.getLong(CELL, a, 0);
            read.countDown();
            Elsewhere.await(owned);
            r.setLong(CELL, b, 0, seen);
        }));
        Elsewhere.await(read);
        escalated(tx -> {
            tx.getLong(CELL, a, 0);
            owned.countDown();
            Elsewhere.await(reader);
        });
        assertEquals(1, get(b));
    }

    @Test
    void twoThatEscalateBothCommit() {
        long a = cell(0);
        long b = cell(0);
        CountDownLatch lost = new CountDownLatch(2);
        List<Future<Void>> second = new ArrayList<>();
        escalated(tx -> {
            tx.setLong(CELL, a, 0, tx.getLong(CELL, a, 0) + 1);
            second.add(third.start(() -> stm.atomic(w -> {
                lost.countDown();
                w.setLong(CELL, b, 0, w.getLong(CELL, b, 0) + 1);
                w.setLong(CELL, a, 0, w.getLong(CELL, a, 0) + 1);
            })));
            Elsewhere.await(lost);
            tx.setLong(CELL, b, 0, tx.getLong(CELL, b, 0) + 1);
        });
        Elsewhere.await(second.get(0));
        assertEquals(2, get(a));
        assertEquals(2, get(b));
    }

    @Test
    void throwingBodyReleasesEverything() {
        long a = cell(1);
        long b = cell(1);
        long c = cell(1);
        long[] made = new long[1];
        assertThrows(
                IllegalStateException.class,
                () -> escalated(tx -> {
                    tx.setLong(CELL, a, 0, 2);
                    tx.getLong(CELL, b, 0);
                    tx.free(CELL, c);
                    made[0] = tx.allocate(CELL);
                    throw new IllegalStateException("no");
                }));
        assertFalse(exists(CELL, made[0]));
        for (long cell : new long[] {a, b, c}) {
            assertEquals(1, getElsewhere(cell));
            setElsewhere(cell, 5);
            assertEquals(5, get(cell));
        }
        assertEquals(0, aborts(AbortCause.OWNED));
        escalated(tx -> tx.setLong(CELL, a, 0, 6));
        assertEquals(6, get(a), "the token was not given back");
    }

    @Test
    void everyKindOfChangeCommits() {
        long a = cell(10);
        long freed = cell(1);
        long words = stm.atomicLong(tx -> tx.allocate(WORDS, 200));
        long[] made = new long[2];
        escalated(tx -> {
            tx.addLong(CELL, a, 0, 1);
            tx.addLong(CELL, a, 0, 1);
            assertEquals(12, tx.getLong(CELL, a, 0));
            tx.free(CELL, freed);
            assertFalse(tx.exists(CELL, freed));
            assertThrows(StaleReferenceException.class, () -> tx.getLong(CELL, freed, 0));
            tx.setLong(WORDS, words, 199, 0, 3);
            tx.merge(WORDS, words, 0, 0, Merge.MAX_LONG, 4);
            made[0] = tx.allocate(CELL);
            tx.setLong(CELL, made[0], 0, 5);
            made[1] = tx.allocate(WORDS, 10_000);
            tx.setLong(WORDS, made[1], 9_999, 0, 6);
            assertEquals(200, tx.length(WORDS, words));
        });
        assertEquals(12, getElsewhere(a));
        assertFalse(exists(CELL, freed));
        assertEquals(3, stm.atomicLong(tx -> tx.getLong(WORDS, words, 199, 0)));
        assertEquals(4, stm.atomicLong(tx -> tx.getLong(WORDS, words, 0, 0)));
        assertEquals(5, getElsewhere(made[0]));
        assertEquals(6, stm.atomicLong(tx -> tx.getLong(WORDS, made[1], 9_999, 0)));
        setElsewhere(a, 1);
        assertEquals(0, aborts(AbortCause.OWNED));
    }

    @Test
    void undoneNestedBlockLeavesTheRest() {
        long a = cell(1);
        long b = cell(1);
        long c = cell(1);
        escalated(tx -> {
            tx.setLong(CELL, a, 0, 2);
            assertThrows(
                    IllegalStateException.class,
                    () -> tx.nested(inner -> {
                        inner.setLong(CELL, a, 0, 3);
                        inner.setLong(CELL, b, 0, 3);
                        inner.getLong(CELL, c, 0);
                        inner.free(CELL, c);
                        throw new IllegalStateException("undo");
                    }));
            assertEquals(2, tx.getLong(CELL, a, 0));
            assertEquals(1, tx.getLong(CELL, b, 0));
            assertEquals(1, tx.getLong(CELL, c, 0));
            tx.setLong(CELL, c, 0, 4);
        });
        assertEquals(List.of(2L, 1L, 4L), List.of(get(a), get(b), get(c)));
        setElsewhere(b, 9);
        assertEquals(0, aborts(AbortCause.OWNED));
    }

    @Test
    void allocationsOfAnUndoneNestedBlockNeverExist() {
        long[] made = new long[2];
        escalated(tx -> {
            allocateAndUndo(tx, made);
            assertFalse(tx.exists(CELL, made[0]));
            assertFalse(tx.exists(WORDS, made[1]));
        });
        assertFalse(exists(CELL, made[0]), "an object of an undone block lives");
        assertFalse(exists(WORDS, made[1]), "an array of an undone block lives");
    }

    @Test
    void allocationsOfAnUndoneNestedBlockComeBackOnce() {
        assertThrows(
                IllegalStateException.class,
                () -> escalated(tx -> {
                    allocateAndUndo(tx, new long[2]);
                    throw new IllegalStateException("undo everything");
                }));
        long[] cells = LongStream.range(0, 100).map(i -> cell(i)).sorted().toArray();
        assertEquals(
                100,
                Arrays.stream(cells).map(cell -> get(cell)).distinct().count(),
                "two references name one object");
    }

    /**
     * The place of an undone allocation is handed out again in the next block, and undone again.
     */
    @Test
    void allocationsOfTwoUndoneNestedBlocksNeverExist() {
        long[] first = new long[2];
        long[] second = new long[2];
        escalated(tx -> {
            allocateAndUndo(tx, first);
            allocateAndUndo(tx, second);
            assertFalse(tx.exists(CELL, second[0]));
        });
        for (long[] made : new long[][] {first, second}) {
            assertFalse(exists(CELL, made[0]), "an object of an undone block lives");
            assertFalse(exists(WORDS, made[1]), "an array of an undone block lives");
        }
    }

    private static void allocateAndUndo(Transaction tx, long[] made) {
        assertThrows(
                IllegalStateException.class,
                () -> tx.nested(inner -> {
                    for (int i = 0; i < 10; i++) {
                        made[0] = inner.allocate(CELL);
                    }
                    made[1] = inner.allocate(WORDS, 10_000);
                    throw new IllegalStateException("undo");
                }));
    }

    @Test
    void retryWaitsLikeAnyOther() {
        long a = cell(0);
        Future<Void> waiter = third.start(() -> escalated(tx -> {
            if (tx.getLong(CELL, a, 0) == 0) {
                throw tx.retry();
            }
            tx.setLong(CELL, a, 0, 2);
        }));
        // Escalated, it gives up and asks again as an ordinary attempt, which the engine counts.
        while (aborts(AbortCause.RETRY) < 2) {
            Thread.onSpinWait();
        }
        setElsewhere(a, 1);
        Elsewhere.await(waiter);
        assertEquals(2, get(a));
    }

    @Test
    void readOnlyBlockIsPromotedInstead() {
        long a = cell(0);
        long b = cell(0);
        List<Long> sums = new ArrayList<>();
        stm.readOnly(tx -> {
            long first = tx.getLong(CELL, a, 0);
            if (tx.attempt() <= 2) {
                other.run(() -> stm.atomic(w -> {
                    w.setLong(CELL, a, 0, tx.attempt());
                    w.setLong(CELL, b, 0, -tx.attempt());
                }));
            }
            sums.add(first + tx.getLong(CELL, b, 0));
        });
        assertEquals(List.of(0L), sums);
        assertEquals(0, stm.statistics().escalations());
        assertEquals(1, stm.statistics().promotions());
        assertEquals(0, stm.statistics().liveSnapshots());
    }

    @Test
    void timeoutWhileWaitingForTheTokenNamesTheWinner() {
        long a = cell(1);
        AtomicBlock holder = AtomicBlock.named("holder");
        AtomicBlock hasty = AtomicBlock.named("hasty").withTimeoutNanos(20_000_000);
        escalated(holder, tx -> {
            tx.setLong(CELL, a, 0, 2);
            TransactionAbortedException refused = assertThrows(
                    TransactionAbortedException.class,
                    () -> third.run(() -> stm.atomic(hasty, w -> w.setLong(CELL, a, 0, 3))));
            assertEquals(AbortCause.OWNED, refused.abortCause());
            assertTrue(refused.elapsedNanos() >= 20_000_000);
            assertTrue(
                    refused.getMessage().contains("block=hasty")
                            && refused.getMessage().contains("Cell")
                            && refused.getMessage().contains("block holder"),
                    refused.getMessage());
        });
        assertEquals(2, get(a));
    }
}
