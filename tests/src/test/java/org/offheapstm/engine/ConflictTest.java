package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.offheapstm.AbortCause;
import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

/**
 * Goal: the named anomalies cannot happen: lost update, write skew, torn read, zombie, dirty read.
 * Method: the schedule that would produce each is stepped by hand; two tests at the end let threads
 * run freely over an invariant that is checked inside the bodies.
 */
final class ConflictTest extends EngineTest {
    private static final ObjectType LARGE = ObjectType.of("Large", ObjectType.MAX_PAYLOAD_BYTES);

    @Test
    void lostUpdateIsRefused() {
        long a = cell(0);
        stm.atomic(tx -> {
            long value = tx.getLong(CELL, a, 0);
            if (tx.attempt() == 1) {
                setElsewhere(a, 100);
            }
            tx.setLong(CELL, a, 0, value + 1);
        });
        assertEquals(101, get(a));
        assertEquals(1, stm.statistics().conflicts());
    }

    @Test
    void writeOfAnObjectOverwrittenSinceIsRefused() {
        long a = cell(0);
        List<Integer> attempts = new ArrayList<>();
        stm.atomic(tx -> {
            attempts.add(tx.attempt());
            tx.setLong(CELL, a, 0, 1);
            if (tx.attempt() == 1) {
                setElsewhere(a, 100);
            }
        });
        assertEquals(1, get(a));
        assertEquals(List.of(1, 2), attempts);
        assertOneConflict(AbortCause.WRITE_CONFLICT);
    }

    @Test
    void readOverwrittenBeforeCommitIsRefused() {
        long a = cell(1);
        long b = cell(0);
        stm.atomic(tx -> {
            tx.setLong(CELL, b, 0, tx.getLong(CELL, a, 0));
            if (tx.attempt() == 1) {
                setElsewhere(a, 2);
            }
        });
        assertEquals(2, get(b));
        assertOneConflict(AbortCause.READ_CONFLICT);
    }

    @Test
    void writeSkewIsRefused() {
        long a = cell(1);
        long b = cell(1);
        stm.atomic(tx -> {
            long sum = tx.getLong(CELL, a, 0) + tx.getLong(CELL, b, 0);
            if (tx.attempt() == 1) {
                other.run(() -> stm.atomic(inner -> {
                    if (inner.getLong(CELL, a, 0) + inner.getLong(CELL, b, 0) > 1) {
                        inner.setLong(CELL, b, 0, 0);
                    }
                }));
            }
            if (sum > 1) {
                tx.setLong(CELL, a, 0, 0);
            }
        });
        assertEquals(1, get(a) + get(b), "both cells were emptied, each for the other's sake");
    }

    /** Both blocks are open at once, and neither commits before the other has read. */
    @Test
    void writeSkewOfTwoOpenBlocksIsRefused() {
        long a = cell(1);
        long b = cell(1);
        CountDownLatch bothHaveRead = new CountDownLatch(2);
        Future<Void> one = other.start(() -> emptyIfTheOtherIsFull(a, b, bothHaveRead));
        Future<Void> two = third.start(() -> emptyIfTheOtherIsFull(b, a, bothHaveRead));
        Elsewhere.await(one);
        Elsewhere.await(two);
        assertEquals(1, get(a) + get(b));
    }

    private void emptyIfTheOtherIsFull(long mine, long its, CountDownLatch haveRead)
            throws InterruptedException {
        stm.atomic(tx -> {
            long sum = tx.getLong(CELL, mine, 0) + tx.getLong(CELL, its, 0);
            haveRead.countDown();
            haveRead.await();
            if (sum > 1) {
                tx.setLong(CELL, mine, 0, 0);
            }
        });
    }

    @Test
    void dirtyReadIsImpossible() {
        long a = cell(1);
        assertThrows(
                IllegalStateException.class,
                () -> stm.atomic(tx -> {
                    tx.setLong(CELL, a, 0, 2);
                    assertEquals(1, getElsewhere(a), "uncommitted");
                    throw new IllegalStateException("undo");
                }));
        assertEquals(1, getElsewhere(a), "rolled back");
    }

    @Test
    void newObjectIsNotSeenBeforeItsBlockCommits() {
        long known = stm.atomicLong(tx -> {
            long made = tx.allocate(CELL);
            assertTrue(tx.exists(CELL, made));
            other.run(() -> assertFalse(exists(CELL, made)));
            return made;
        });
        assertTrue(exists(CELL, known));
    }

    @Test
    void zombieNeverRuns() {
        long a = cell(1);
        long b = cell(1);
        List<Long> quotients = new ArrayList<>();
        stm.atomic(tx -> {
            long first = tx.getLong(CELL, a, 0);
            if (tx.attempt() == 1) {
                other.run(() -> stm.atomic(inner -> {
                    inner.setLong(CELL, a, 0, 5);
                    inner.setLong(CELL, b, 0, 5);
                }));
            }
            // A body that saw a=1 and b=5 would divide by zero here, and nobody could say why.
            quotients.add(100 / (4 - tx.getLong(CELL, b, 0) + first));
        });
        assertEquals(1, quotients.size());
    }

    @Test
    void blindWritesOfDifferentObjectsDoNotConflict() {
        long a = cell(0);
        long b = cell(0);
        stm.atomic(tx -> {
            tx.setLong(CELL, a, 0, 1);
            setElsewhere(b, 2);
        });
        assertEquals(1, get(a));
        assertEquals(2, get(b));
        assertNoConflicts();
    }

    @Test
    void overwrittenReadDoesNotHurtABlockThatWritesNothing() {
        long a = cell(1);
        stm.atomic(tx -> {
            tx.getLong(CELL, a, 0);
            setElsewhere(a, 2);
        });
        assertNoConflicts();
    }

    /** The second of two conflicting extensions is refused although the first one passed. */
    @Test
    void readSetIsCheckedAgainAtEachExtension() {
        long a = cell(0);
        long b = cell(0);
        long c = cell(0);
        List<Long> seen = new ArrayList<>();
        stm.atomic(tx -> {
            long first = tx.getLong(CELL, a, 0);
            if (tx.attempt() == 1) {
                setElsewhere(b, 1);
            }
            tx.getLong(CELL, b, 0);
            if (tx.attempt() == 1) {
                other.run(() -> stm.atomic(inner -> {
                    inner.setLong(CELL, a, 0, 2);
                    inner.setLong(CELL, c, 0, 2);
                }));
            }
            seen.add(tx.getLong(CELL, c, 0) - first);
        });
        assertEquals(List.of(0L), seen);
    }

    /** What was only written counts at an extension as well. */
    @Test
    void extensionIsRefusedIfSomethingWrittenWasOverwritten() {
        long a = cell(0);
        long b = cell(0);
        List<Long> seen = new ArrayList<>();
        stm.atomic(tx -> {
            tx.setLong(CELL, a, 0, 1);
            if (tx.attempt() == 1) {
                other.run(() -> stm.atomic(inner -> {
                    inner.setLong(CELL, a, 0, 2);
                    inner.setLong(CELL, b, 0, 2);
                }));
            }
            seen.add(tx.getLong(CELL, b, 0));
        });
        assertEquals(List.of(2L), seen);
        assertOneConflict(AbortCause.WRITE_CONFLICT);
    }

    /** Goal: no torn read. Method: a large object, so that a commit takes long, of equal words. */
    @ParameterizedTest
    @ValueSource(strings = {"read-only", "read", "write"})
    void largeObjectIsNeverSeenInTheMiddleOfACommit(String how) {
        int rounds = 10_000;
        int bytes = LARGE.payloadBytes();
        long object = stm.atomicLong(tx -> tx.allocate(LARGE));
        Future<Void> writer = other.start(() -> {
            for (int i = 1; i <= rounds; i++) {
                long value = i;
                stm.atomic(tx -> {
                    for (int offset = 0; offset < bytes; offset += 8) {
                        tx.setLong(LARGE, object, offset, value);
                    }
                });
            }
        });
        while (!writer.isDone()) {
            switch (how) {
                case "read-only" -> stm.readOnly(tx -> assertEqualWords(tx, object));
                case "read" -> stm.atomic(tx -> assertEqualWords(tx, object));
                default ->
                    assertThrows(
                            IllegalStateException.class,
                            () -> stm.atomic(tx -> {
                                tx.setLong(LARGE, object, 8, 0); // copies the payload
                                assertEqualWords(tx, object);
                                throw new IllegalStateException("undo");
                            }));
            }
        }
        Elsewhere.await(writer);
    }

    private static void assertEqualWords(Transaction tx, long object) {
        long first = tx.getLong(LARGE, object, 0);
        for (int offset = 16; offset < LARGE.payloadBytes(); offset += 8 * 31) {
            long next = tx.getLong(LARGE, object, offset);
            if (next != first) {
                throw new AssertionError("torn: " + first + ", " + next + " at " + offset);
            }
        }
    }

    /** Two threads move between three words of two objects; a third looks on from inside. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void runningReaderNeverSeesHalfOfACommit(boolean readOnly) {
        int rounds = 20_000;
        long t = stm.atomicLong(tx -> tx.allocate(TRIPLE));
        long a = cell(0);
        List<Future<Void>> writers = new ArrayList<>();
        for (Elsewhere hand : List.of(other, third)) {
            writers.add(hand.start(() -> {
                for (int i = 0; i < rounds; i++) {
                    stm.atomic(tx -> {
                        long next = tx.getLong(CELL, a, 0) + 1;
                        tx.setLong(TRIPLE, t, 0, next);
                        tx.setLong(TRIPLE, t, 8, -next);
                        tx.setLong(TRIPLE, t, 16, next);
                        tx.setLong(CELL, a, 0, next);
                    });
                }
            }));
        }
        while (!writers.stream().allMatch(Future::isDone)) {
            if (readOnly) {
                stm.readOnly(tx -> assertConsistent(tx, t, a));
            } else {
                stm.atomic(tx -> assertConsistent(tx, t, a));
            }
        }
        writers.forEach(Elsewhere::await);
        assertEquals(2L * rounds, get(a), "an increment was lost");
    }

    private static void assertConsistent(Transaction tx, long t, long a) {
        long first = tx.getLong(TRIPLE, t, 0);
        long second = tx.getLong(TRIPLE, t, 8);
        long third = tx.getLong(TRIPLE, t, 16);
        long fourth = tx.getLong(CELL, a, 0);
        if (first != -second || first != third || first != fourth) {
            throw new AssertionError("torn: " + first + " " + second + " " + third + " " + fourth);
        }
    }
}
