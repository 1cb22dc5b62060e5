package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.AbortCause;
import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.engine.Elsewhere;
import org.offheapstm.internal.heap.BlockKinds;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.memory.Memory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Goal: header words and the clock are what the protocol says at each step. Method: they are read
 * from memory between and inside transactions, and set there by hand, to stand for a commit that is
 * in its middle: the rollback action of the block that loses to it lets go.
 */
final class HeaderWordTest {
    /** The spare slot, in which nobody runs. */
    private static final int OTHER_SLOT = 1;

    private static final ObjectType CELL = ObjectType.of("Cell", 8);

    private final Engine engine =
            (Engine) Stm.open(StmOptions.DEFAULT.withCapacityBytes(16L << 20).withMaxRunning(16));
    private final Elsewhere other = new Elsewhere("other");

    @AfterEach
    void close() {
        other.close();
        engine.close();
    }

    private long cell(long value) {
        return engine.atomicLong(tx -> {
            long made = tx.allocate(CELL);
            tx.setLong(CELL, made, 0, value);
            return made;
        });
    }

    private long address(long ref) {
        return engine.region.base() + Reference.offset(ref);
    }

    private long header(long ref) {
        return Memory.getAcquire(address(ref));
    }

    private long clock() {
        return Memory.getAcquire(engine.control.address() + Control.CLOCK);
    }

    private long aborts(AbortCause cause) {
        return engine.statistics().aborts().get(cause);
    }

    @Test
    void commitsOfOneSlotLeaveTheClockAlone() {
        long a = cell(0);
        long before = clock();
        for (int i = 0; i < 1_000; i++) {
            engine.atomic(tx -> tx.setLong(CELL, a, 0, tx.getLong(CELL, a, 0) + 1));
        }
        assertEquals(before, clock());
        assertEquals(before, Header.version(header(a)));
    }

    @Test
    void commitsOfDisjointObjectsLeaveTheClockAlone() {
        long a = cell(0);
        long b = other.get(() -> cell(0));
        long before = clock();
        for (int i = 0; i < 100; i++) {
            engine.atomic(tx -> tx.setLong(CELL, a, 0, tx.getLong(CELL, a, 0) + 1));
            other.run(() ->
                    engine.atomic(tx -> tx.setLong(CELL, b, 0, tx.getLong(CELL, b, 0) + 1)));
        }
        assertEquals(before, clock());
    }

    @Test
    void readerOfANewVersionTicksOnce() { // To register its snapshot; the next one has its clock.
        long a = cell(0);
        long b = cell(0);
        long before = clock();
        for (int i = 0; i < 10; i++) {
            other.run(() -> engine.readOnlyLong(tx -> tx.getLong(CELL, a, 0)));
            other.run(() -> engine.readOnlyLong(tx -> tx.getLong(CELL, b, 0)));
        }
        assertEquals(before + 1, clock());
    }

    @Test
    void commitPublishesItsSlotAndTheClock() {
        long a = cell(0);
        int mine = Header.slot(header(a));
        other.run(() -> engine.atomic(tx -> tx.setLong(CELL, a, 0, 1)));
        assertNotEquals(mine, Header.slot(header(a)));
        assertEquals(clock(), Header.version(header(a)));
    }

    @Test
    void freedObjectSaysSo() {
        long a = cell(0);
        engine.atomic(tx -> tx.free(CELL, a));
        assertTrue((header(a) & Header.FREED) != 0);
        assertEquals(0, header(a) & (Header.LOCK | Header.OWNED));
    }

    /** A merge takes any version, also one that another slot has published since at this clock. */
    @Test
    void mergesOfDifferentSlotsNeverTie() {
        long a = cell(0);
        for (int i = 0; i < 10; i++) {
            long[] between = new long[1];
            engine.atomic(tx -> {
                tx.addLong(CELL, a, 0, 1);
                other.run(() -> engine.atomic(o -> o.addLong(CELL, a, 0, 1)));
                between[0] = header(a);
            });
            assertNotEquals(Header.slot(between[0]), Header.slot(header(a)));
            assertTrue(Header.version(header(a)) > Header.version(between[0]), "a tie");
        }
        assertEquals(20, engine.readOnlyLong(tx -> tx.getLong(CELL, a, 0)));
    }

    @Test
    void mergesOfOneSlotNeedNoTick() {
        long a = cell(0);
        long before = clock();
        for (int i = 0; i < 10; i++) {
            engine.atomic(tx -> tx.addLong(CELL, a, 0, 1));
        }
        assertEquals(before, clock());
    }

    @Test
    void openBlockHoldsNothing() {
        long a = cell(0);
        long before = header(a);
        engine.atomic(tx -> {
            tx.setLong(CELL, a, 0, tx.getLong(CELL, a, 0) + 1);
            tx.addLong(CELL, cell(0), 0, 1);
            assertEquals(before, header(a));
        });
    }

    @Test
    void readerOfALockedObjectGivesUp() {
        long a = cell(7);
        losesWhileLocked(
                a,
                () -> engine.readOnlyLong(tx -> {
                    letGoAfterRollback(tx, a);
                    return tx.getLong(CELL, a, 0);
                }));
    }

    @Test
    void writerOfALockedObjectGivesUp() {
        long a = cell(7);
        losesWhileLocked(
                a,
                () -> engine.atomicLong(tx -> {
                    letGoAfterRollback(tx, a);
                    tx.setLong(CELL, a, 0, 7);
                    return 7;
                }));
    }

    @Test
    void mergerOfALockedObjectGivesUp() {
        long a = cell(7);
        losesWhileLocked(
                a,
                () -> engine.atomicLong(tx -> {
                    letGoAfterRollback(tx, a);
                    tx.addLong(CELL, a, 0, 0);
                    return 7;
                }));
    }

    private interface Run {
        long run();
    }

    /** Makes an object older than every later snapshot: what reads it elsewhere ticks the clock. */
    private void age(long ref) {
        other.run(() -> engine.readOnlyLong(tx -> tx.getLong(CELL, ref, 0)));
        assertTrue(Header.version(header(ref)) < clock());
    }

    private void losesWhileLocked(long a, Run block) {
        age(a);
        Memory.setRelease(address(a), Header.locked(header(a), OTHER_SLOT));
        assertEquals(7, block.run());
        assertEquals(1, aborts(AbortCause.LOCKED));
        assertEquals(0, header(a) & Header.LOCK);
    }

    private void letGoAfterRollback(Transaction tx, long a) {
        tx.afterRollback(() -> Memory.setRelease(address(a), Header.clean(0, OTHER_SLOT)));
    }

    /** A lock that comes after the read and before the commit. */
    @Test
    void readObjectThatIsLockedAtCommitCountsAsChanged() {
        long a = cell(7);
        long b = cell(0);
        age(a);
        List<Integer> attempts = new ArrayList<>();
        engine.atomic(tx -> {
            attempts.add(tx.attempt());
            tx.setLong(CELL, b, 0, tx.getLong(CELL, a, 0));
            if (tx.attempt() == 1) {
                Memory.setRelease(address(a), Header.locked(header(a), OTHER_SLOT));
                letGoAfterRollback(tx, a);
            }
        });
        assertEquals(List.of(1, 2), attempts);
        assertEquals(1, aborts(AbortCause.READ_CONFLICT));
        assertEquals(0, header(b) & Header.LOCK, "the loser kept its lock");
    }

    /** A commit that locked a stripe before the array was freed may still be storing into it. */
    @Test
    void arrayIsNotHandedOutWhileAStripeIsLocked() throws Exception {
        ArrayType words = ArrayType.of("Words", 8);
        long array = other.get(() -> engine.atomicLong(tx -> tx.allocate(words, 100)));
        long stripe = address(array) + BlockKinds.ARRAY_HEAD_BYTES;
        other.run(() -> engine.atomic(tx -> tx.free(words, array)));
        Memory.setRelease(stripe, Header.locked(Memory.get(stripe), OTHER_SLOT));
        long[] again = new long[1];
        Future<Void> allocation =
                other.start(() -> again[0] = engine.atomicLong(tx -> tx.allocate(words, 100)));
        assertThrows(TimeoutException.class, () -> allocation.get(100, TimeUnit.MILLISECONDS));
        Memory.set(stripe + Header.BYTES, 66);
        Memory.setRelease(stripe, Header.clean(0, OTHER_SLOT));
        Elsewhere.await(allocation);
        assertEquals(Reference.offset(array), Reference.offset(again[0]));
        assertEquals(0, engine.atomicLong(tx -> tx.getLong(words, again[0], 0, 0)));
    }

    @Test
    void loserLetsGoOfWhatItHasLocked() {
        long[] cells = {cell(0), cell(0), cell(0)};
        long last = cells[2];
        engine.atomic(tx -> {
            tx.addLong(CELL, cells[0], 0, 1);
            tx.setLong(CELL, cells[1], 0, 1);
            tx.setLong(CELL, last, 0, 1);
            if (tx.attempt() == 1) {
                Memory.setRelease(address(last), Header.locked(header(last), OTHER_SLOT));
                tx.afterRollback(() -> {
                    assertEquals(0, header(cells[0]) & Header.LOCK);
                    assertEquals(0, header(cells[1]) & Header.LOCK);
                    Memory.setRelease(address(last), Header.clean(0, OTHER_SLOT));
                });
            }
        });
        for (long cell : cells) {
            assertEquals(1, engine.readOnlyLong(tx -> tx.getLong(CELL, cell, 0)));
        }
        assertEquals(1, aborts(AbortCause.LOCKED));
    }

    @Test
    void ownedObjectIsReadInPlaceButNotWritten() {
        long a = cell(7);
        age(a);
        long clean = header(a);
        long conflicts = engine.statistics().conflicts();
        Memory.setRelease(address(a), Header.owned(clean, OTHER_SLOT));
        assertEquals(7, engine.readOnlyLong(tx -> tx.getLong(CELL, a, 0)));
        assertEquals(7, engine.atomicLong(tx -> tx.getLong(CELL, a, 0)));
        assertEquals(conflicts, engine.statistics().conflicts());
        engine.atomic(tx -> {
            tx.afterRollback(() -> Memory.setRelease(address(a), clean));
            tx.setLong(CELL, a, 0, 8);
        });
        assertEquals(1, aborts(AbortCause.OWNED));
        assertEquals(8, engine.readOnlyLong(tx -> tx.getLong(CELL, a, 0)));
    }

    @Test
    void objectOwnedBeforeCommitIsNotOverwritten() {
        long a = cell(7);
        long clean = header(a);
        engine.atomic(tx -> {
            tx.setLong(CELL, a, 0, 8);
            if (tx.attempt() == 1) {
                Memory.setRelease(address(a), Header.owned(clean, OTHER_SLOT));
                tx.afterRollback(() -> {
                    assertEquals(Header.owned(clean, OTHER_SLOT), header(a), "the owner lost it");
                    Memory.setRelease(address(a), clean);
                });
            }
        });
        assertEquals(1, aborts(AbortCause.OWNED));
    }

    @Test
    void quiescenceIsReachedWhenTheAttemptsOfThatInstantHaveEnded() {
        cell(0);
        other.run(() -> cell(0));
        assertTrue(Quiescence.of(engine).isReached());
        List<Quiescence> inside = new ArrayList<>();
        engine.readOnly(tx -> {
            inside.add(Quiescence.of(engine));
            other.run(() -> cell(0));
            assertFalse(inside.get(0).isReached());
        });
        engine.readOnly(tx -> assertTrue(inside.get(0).isReached(), "a later attempt counts"));
        inside.get(0).await(() -> {});
    }

    @Test
    void usedUpGenerationOfALargeArrayIsNotUsedAgain() {
        ArrayType words = ArrayType.of("Words", 8);
        long array = engine.atomicLong(tx -> tx.allocate(words, 10_000));
        int run = (int) Reference.run(array);
        engine.atomic(tx -> tx.free(words, array));
        engine.region.describe(run, Region.SPAN, Header.GENERATION_MASK);
        long next = engine.atomicLong(tx -> tx.allocate(words, 10_000));
        assertNotEquals(run, Reference.run(next));
        assertThrows(
                StaleReferenceException.class,
                () -> engine.readOnlyLong(tx -> tx.length(words, array)));
    }
}
