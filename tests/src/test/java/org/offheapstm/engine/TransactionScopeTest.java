package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.offheapstm.engine.Uses.WORDS;
import static org.offheapstm.engine.Uses.allocations;
import static org.offheapstm.engine.Uses.each;
import static org.offheapstm.engine.Uses.others;
import static org.offheapstm.engine.Uses.reads;
import static org.offheapstm.engine.Uses.writes;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.offheapstm.AtomicBlock;
import org.offheapstm.MisuseException;
import org.offheapstm.Transaction;
import org.offheapstm.engine.Uses.Use;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Goal: a transaction is of use inside its body, on its thread, and nowhere else. Method: every use
 * of it, elsewhere and afterwards.
 */
final class TransactionScopeTest extends EngineTest {
    private long array() {
        return stm.atomicLong(tx -> tx.allocate(WORDS, 3));
    }

    private static Stream<DynamicTest> all(Consumer<Use> check) {
        return each(List.of(reads(), writes(), others(), allocations()), check);
    }

    @TestFactory
    Stream<DynamicTest> anotherThreadIsRefused() {
        return all(use -> {
            long cell = cell(1);
            long array = array();
            stm.atomic(tx -> {
                MisuseException refused = assertThrows(
                        MisuseException.class, () -> other.run(() -> use.on(tx, cell, array)));
                assertTrue(refused.getMessage().contains("thread=other"), refused.getMessage());
            });
            assertEquals(1, get(cell));
        });
    }

    @TestFactory
    Stream<DynamicTest> endedTransactionIsRefused() {
        return all(use -> {
            long cell = cell(1);
            long array = array();
            Transaction committed = stm.atomicGet(tx -> tx);
            assertThrows(MisuseException.class, () -> use.on(committed, cell, array));
            Transaction reader = other.get(() -> stm.readOnlyGet(tx -> tx));
            assertThrows(MisuseException.class, () -> use.on(reader, cell, array));
            other.run(() -> stm.atomic(inner ->
                    assertThrows(MisuseException.class, () -> use.on(committed, cell, array))));
            assertEquals(1, get(cell));
        });
    }

    /** By then it has ended, although its block has not returned yet. */
    @TestFactory
    Stream<DynamicTest> useInAnActionAfterItsEndIsRefused() {
        return all(use -> {
            long cell = cell(1);
            long array = array();
            stm.atomic(tx -> {
                tx.afterCommit(() -> assertRefused(use, tx, cell, array));
                tx.afterRollback(() -> assertRefused(use, tx, cell, array));
                tx.setLong(CELL, cell, 0, 2);
                if (tx.attempt() == 1) {
                    setElsewhere(cell, 3);
                }
            });
            assertEquals(2, get(cell));
            assertTrue(exists(WORDS, array));
        });
    }

    private static void assertRefused(Use use, Transaction tx, long cell, long array) {
        MisuseException refused =
                assertThrows(MisuseException.class, () -> use.on(tx, cell, array));
        assertTrue(refused.getMessage().contains("has ended"), refused.getMessage());
    }

    /** What the caveat of {@link Transaction} says, no more and no less. */
    @Test
    void keptTransactionIsThatOfALaterBlockOfTheSameThread() {
        long a = cell(1);
        Transaction[] kept = new Transaction[1];
        stm.atomic(tx -> kept[0] = tx);
        assertThrows(MisuseException.class, () -> kept[0].setLong(CELL, a, 0, 2));
        assertThrows(
                IllegalStateException.class,
                () -> stm.atomic(tx -> {
                    kept[0].setLong(CELL, a, 0, 3);
                    assertEquals(3, tx.getLong(CELL, a, 0), "done in this block");
                    assertThrows(
                            MisuseException.class,
                            () -> other.run(() -> kept[0].setLong(CELL, a, 0, 4)));
                    throw new IllegalStateException("undo");
                }));
        assertEquals(1, get(a), "undone with this block");
    }

    @Test
    void questionsAboutTheTransactionAreNeverRefused() {
        AtomicBlock block = AtomicBlock.named("asked");
        Transaction[] kept = new Transaction[1];
        stm.atomic(block, tx -> {
            kept[0] = tx;
            assertAnswers(block, tx);
            other.run(() -> assertAnswers(block, tx));
            tx.afterCommit(() -> assertAnswers(block, tx));
        });
        assertAnswers(block, kept[0]);
        stm.close();
        assertSame(stm, kept[0].stm());
        assertTrue(kept[0].attempt() > 0);
        assertNotNull(kept[0].block());
    }

    private void assertAnswers(AtomicBlock block, Transaction tx) {
        assertSame(stm, tx.stm());
        assertSame(block, tx.block());
        assertEquals(1, tx.attempt());
        assertFalse(tx.isReadOnly());
    }
}
