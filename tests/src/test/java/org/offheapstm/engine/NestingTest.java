package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.offheapstm.ArrayType;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Transaction;
import org.offheapstm.TxAction;
import org.offheapstm.TxLocal;

import java.util.ArrayList;
import java.util.List;

/**
 * Goal: a nested block that throws undoes what it did, all of it and nothing else. Method: each
 * kind of change is made inside and outside of a nested block that fails.
 */
final class NestingTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);

    static final class Undo extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Runs a nested block that fails at its end. */
    static void undone(Transaction tx, TxAction<RuntimeException> body) {
        assertThrows(
                Undo.class,
                () -> tx.nested(inner -> {
                    body.run(inner);
                    throw new Undo();
                }));
    }

    @Test
    void committedNestedBlockIsPartOfTheOuter() {
        long a = cell(1);
        stm.atomic(tx -> {
            tx.setLong(CELL, a, 0, 2);
            long seen = tx.nested(inner -> {
                inner.setLong(CELL, a, 0, inner.getLong(CELL, a, 0) + 10);
                return inner.getLong(CELL, a, 0);
            });
            assertEquals(12, seen);
            assertEquals(1, getElsewhere(a));
        });
        assertEquals(12, get(a));
    }

    @Test
    void writesOfAnUndoneBlockAreGoneAndTheOuterGoesOn() {
        long a = cell(1);
        long b = cell(1);
        long c = cell(1);
        stm.atomic(tx -> {
            tx.setLong(CELL, a, 0, 2);
            undone(tx, inner -> {
                inner.setLong(CELL, a, 0, 3);
                inner.setLong(CELL, a, 0, 4);
                inner.setLong(CELL, b, 0, 3);
            });
            assertEquals(2, tx.getLong(CELL, a, 0));
            assertEquals(1, tx.getLong(CELL, b, 0));
            tx.setLong(CELL, c, 0, 5);
        });
        assertEquals(List.of(2L, 1L, 5L), List.of(get(a), get(b), get(c)));
    }

    @Test
    void outerWriteAfterAnUndoneOneOfTheSameObjectCounts() {
        long a = cell(1);
        long t = stm.atomicLong(tx -> tx.allocate(TRIPLE));
        stm.atomic(tx -> {
            undone(tx, inner -> {
                inner.setLong(CELL, a, 0, 3);
                inner.setLong(TRIPLE, t, 8, 3);
            });
            tx.setLong(CELL, a, 0, 7);
            tx.setLong(TRIPLE, t, 0, 7);
        });
        assertEquals(7, get(a));
        assertEquals(0, stm.atomicLong(tx -> tx.getLong(TRIPLE, t, 8)), "the undone word");
        assertEquals(7, stm.atomicLong(tx -> tx.getLong(TRIPLE, t, 0)));
    }

    @Test
    void nestedInNestedIsUndoneAlone() {
        long a = cell(0);
        stm.atomic(tx -> {
            tx.setLong(CELL, a, 0, 1);
            tx.nested(middle -> {
                middle.setLong(CELL, a, 0, 2);
                undone(middle, inner -> inner.setLong(CELL, a, 0, 3));
                assertEquals(2, middle.getLong(CELL, a, 0));
                return null;
            });
            assertEquals(2, tx.getLong(CELL, a, 0));
        });
        assertEquals(2, get(a));
    }

    @Test
    void innerCommitIsUndoneWithTheMiddle() {
        long a = cell(0);
        long b = cell(0);
        stm.atomic(tx -> {
            tx.setLong(CELL, a, 0, 1);
            undone(tx, middle -> {
                middle.setLong(CELL, a, 0, 2);
                middle.nested(inner -> {
                    inner.setLong(CELL, a, 0, 3);
                    inner.setLong(CELL, b, 0, 3);
                    return null;
                });
            });
            assertEquals(1, tx.getLong(CELL, a, 0));
            assertEquals(0, tx.getLong(CELL, b, 0));
        });
        assertEquals(1, get(a));
    }

    @Test
    void allocationsOfAnUndoneBlockAreStale() {
        long[] made = new long[2];
        long kept = stm.atomicLong(tx -> {
            long before = tx.allocate(CELL);
            undone(tx, inner -> {
                made[0] = inner.allocate(CELL);
                made[1] = inner.allocate(WORDS, 100);
                inner.setLong(WORDS, made[1], 99, 0, 5);
            });
            assertFalse(tx.exists(CELL, made[0]));
            assertFalse(tx.exists(WORDS, made[1]));
            assertThrows(StaleReferenceException.class, () -> tx.getLong(CELL, made[0], 0));
            long after = tx.allocate(CELL);
            tx.setLong(CELL, after, 0, 8);
            assertTrue(tx.exists(CELL, before));
            return after;
        });
        assertEquals(8, get(kept));
        assertFalse(exists(CELL, made[0]));
        assertFalse(exists(WORDS, made[1]));
    }

    @Test
    void freesOfAnUndoneBlockDoNotHappen() {
        long a = cell(1);
        long b = stm.atomicLong(tx -> {
            long born = tx.allocate(CELL);
            tx.setLong(CELL, born, 0, 2);
            undone(tx, inner -> {
                inner.free(CELL, a);
                inner.free(CELL, born);
                assertFalse(inner.exists(CELL, a));
                assertFalse(inner.exists(CELL, born));
            });
            assertEquals(1, tx.getLong(CELL, a, 0));
            assertEquals(2, tx.getLong(CELL, born, 0));
            return born;
        });
        assertEquals(1, get(a));
        assertEquals(2, get(b));
    }

    @Test
    void freeAfterAnUndoneFreeHappensOnce() {
        long a = cell(1);
        stm.atomic(tx -> {
            undone(tx, inner -> inner.free(CELL, a));
            tx.free(CELL, a);
        });
        assertFalse(exists(CELL, a));
        long b = cell(2);
        long c = cell(3);
        assertTrue(b != c);
        assertEquals(2, get(b));
    }

    @Test
    void mergesOfAnUndoneBlockAreGone() {
        long a = cell(100);
        long b = cell(100);
        long t = stm.atomicLong(tx -> tx.allocate(TRIPLE));
        stm.atomic(tx -> {
            tx.addLong(CELL, a, 0, 1);
            tx.addLong(TRIPLE, t, 0, 1);
            undone(tx, inner -> {
                inner.addLong(CELL, a, 0, 10);
                inner.addLong(CELL, b, 0, 10);
                inner.addLong(TRIPLE, t, 0, 10);
                inner.addLong(TRIPLE, t, 8, 10);
                inner.addLong(TRIPLE, t, 16, 10);
            });
            tx.addLong(CELL, a, 0, 2);
            tx.addLong(TRIPLE, t, 8, 2);
        });
        assertEquals(103, get(a));
        assertEquals(100, get(b));
        assertEquals(1, stm.atomicLong(tx -> tx.getLong(TRIPLE, t, 0)));
        assertEquals(2, stm.atomicLong(tx -> tx.getLong(TRIPLE, t, 8)));
        assertEquals(0, stm.atomicLong(tx -> tx.getLong(TRIPLE, t, 16)));
    }

    @Test
    void mergeIsStillAMergeAfterAnUndoneReadOfIt() {
        long a = cell(100);
        stm.atomic(tx -> {
            tx.addLong(CELL, a, 0, 1);
            undone(tx, inner -> {
                assertEquals(101, inner.getLong(CELL, a, 0));
                inner.setLong(CELL, a, 0, 0);
            });
            tx.addLong(CELL, a, 0, 2);
        });
        assertEquals(103, get(a));
    }

    @Test
    void hooksAndLocalsOfAnUndoneBlockAreGone() {
        TxLocal<String> local = TxLocal.withInitial(tx -> "initial");
        List<String> ran = new ArrayList<>();
        stm.atomic(tx -> {
            local.set(tx, "outer");
            tx.beforeCommit(t -> ran.add("before outer"));
            tx.afterCommit(() -> ran.add("after outer"));
            undone(tx, inner -> {
                local.set(inner, "inner");
                inner.beforeCommit(t -> ran.add("before inner"));
                inner.afterCommit(() -> ran.add("after inner"));
                assertEquals("inner", local.get(inner));
            });
            assertEquals("outer", local.get(tx));
        });
        assertEquals(List.of("before outer", "after outer"), ran);
    }

    @Test
    void arrayElementsOfAnUndoneBlockAreRestored() {
        long old = stm.atomicLong(tx -> tx.allocate(WORDS, 100));
        long born = stm.atomicLong(tx -> {
            long made = tx.allocate(WORDS, 100);
            tx.setLong(WORDS, made, 99, 0, 1);
            tx.setLong(WORDS, old, 99, 0, 1);
            undone(tx, inner -> {
                inner.setLong(WORDS, made, 99, 0, 2);
                inner.addLong(CELL, cell(0), 0, 1);
                inner.setLong(WORDS, old, 99, 0, 2);
                inner.setLong(WORDS, old, 0, 0, 2);
            });
            assertEquals(1, tx.getLong(WORDS, made, 99, 0));
            return made;
        });
        assertEquals(1, stm.atomicLong(tx -> tx.getLong(WORDS, born, 99, 0)));
        assertEquals(1, stm.atomicLong(tx -> tx.getLong(WORDS, old, 99, 0)));
        assertEquals(0, stm.atomicLong(tx -> tx.getLong(WORDS, old, 0, 0)));
    }

    @Test
    void atomicInsideABodyIsNested() {
        long a = cell(0);
        stm.atomic(tx -> {
            tx.setLong(CELL, a, 0, 1);
            assertThrows(
                    Undo.class,
                    () -> stm.atomic(inner -> {
                        assertSame(tx, inner);
                        assertEquals(1, inner.getLong(CELL, a, 0));
                        inner.setLong(CELL, a, 0, 2);
                        throw new Undo();
                    }));
            assertEquals(1, stm.readOnlyLong(inner -> inner.getLong(CELL, a, 0)));
            stm.atomic(inner -> inner.setLong(CELL, a, 0, 3));
            assertEquals(0, getElsewhere(a));
        });
        assertEquals(3, get(a));
    }

    /** A block may try and fail any number of times: each leaves nothing behind. */
    @Test
    @Timeout(20)
    void manyUndoneBlocksInOneTransaction() {
        long[] cells = new long[500];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = cell(i);
        }
        stm.atomic(tx -> {
            for (long cell : cells) {
                undone(tx, inner -> inner.setLong(CELL, cell, 0, -1));
            }
            tx.setLong(CELL, cells[7], 0, 70);
            for (int i = 0; i < cells.length; i++) {
                assertEquals(i == 7 ? 70 : i, tx.getLong(CELL, cells[i], 0));
            }
        });
        assertEquals(70, get(cells[7]));
        assertEquals(8, get(cells[8]));
    }

    @Test
    @Timeout(20)
    void undoneBlocksOfManyTransactionsLeaveNothingBehind() {
        for (int i = 0; i < 500; i++) {
            long cell = cell(i);
            stm.atomic(tx -> undone(tx, inner -> inner.setLong(CELL, cell, 0, -1)));
            assertEquals(i, get(cell));
        }
    }

    @Test
    void conflictInsideANestedBlockRunsTheWholeBlockAgain() {
        long a = cell(0);
        long b = cell(0);
        List<Integer> outer = new ArrayList<>();
        stm.atomic(tx -> {
            outer.add(tx.attempt());
            tx.getLong(CELL, a, 0);
            tx.nested(inner -> {
                if (inner.attempt() == 1) {
                    other.run(() -> stm.atomic(o -> {
                        o.setLong(CELL, a, 0, 1);
                        o.setLong(CELL, b, 0, 1);
                    }));
                }
                return inner.getLong(CELL, b, 0);
            });
        });
        assertEquals(List.of(1, 2), outer);
    }
}
