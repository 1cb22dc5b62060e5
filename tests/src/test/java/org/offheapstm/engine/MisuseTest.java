package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.offheapstm.engine.Uses.WORDS;
import static org.offheapstm.engine.Uses.allocations;
import static org.offheapstm.engine.Uses.each;
import static org.offheapstm.engine.Uses.reads;
import static org.offheapstm.engine.Uses.writes;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.offheapstm.ArrayType;
import org.offheapstm.AtomicBlock;
import org.offheapstm.Merge;
import org.offheapstm.MisuseException;
import org.offheapstm.ObjectType;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.StmClosedException;
import org.offheapstm.Transaction;
import org.offheapstm.engine.Uses.Use;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Goal: no mistake of a user reads or writes what it should not, or ends the JVM; each gets a typed
 * exception that names the values. Method: every access of the interface under every mistake.
 */
final class MisuseTest extends EngineTest {
    private static final ArrayType BYTES = ArrayType.of("Bytes", 1);
    private static final ObjectType TWIN = ObjectType.of("Twin of Cell", 8);

    private long array() {
        return stm.atomicLong(tx -> tx.allocate(WORDS, 3));
    }

    @TestFactory
    Stream<DynamicTest> readOnlyBlockRefusesToWrite() {
        return each(List.of(writes(), allocations()), use -> {
            long cell = cell(1);
            long array = array();
            MisuseException refused = assertThrows(
                    MisuseException.class, () -> stm.readOnly(tx -> use.on(tx, cell, array)));
            assertTrue(refused.getMessage().contains("read-only"), refused.getMessage());
            assertThrows(
                    MisuseException.class,
                    () -> stm.readOnly(tx -> stm.atomic(in -> use.on(in, cell, array))));
            assertTrue(exists(CELL, cell) && exists(WORDS, array));
        });
    }

    @TestFactory
    Stream<DynamicTest> referenceToNothingIsRefused() {
        return each(List.of(reads(), writes()), use -> {
            refused(use, Transaction.NULL, Transaction.NULL, "the reference is null");
            long cell = cell(1);
            long array = array();
            // Of another type, also of the same size; a cell for an array; an array for
            // one.
            long twin = stm.atomicLong(tx -> tx.allocate(TWIN));
            refused(use, twin, cell, "");
            refused(use, array, twin, "");
            stm.atomic(tx -> {
                tx.free(CELL, cell);
                tx.free(WORDS, array);
            });
            refused(use, cell, array, "was freed");
            cell(2);
            array();
            refused(use, cell, array, "used again");
        });
    }

    private void refused(Use use, long cell, long array, String why) {
        StaleReferenceException writer = assertThrows(
                StaleReferenceException.class, () -> stm.atomic(tx -> use.on(tx, cell, array)));
        assertTrue(writer.getMessage().contains(why), writer.getMessage());
    }

    @TestFactory
    Stream<DynamicTest> readOnlyReadOfNothingIsRefused() {
        return each(List.of(reads()), use -> {
            long cell = cell(1);
            long array = array();
            stm.readOnly(tx -> use.on(tx, cell, array));
            stm.atomic(tx -> {
                tx.free(CELL, cell);
                tx.free(WORDS, array);
            });
            for (long[] pair : new long[][] {{0, 0}, {array, cell}, {cell, array}}) {
                assertThrows(
                        StaleReferenceException.class,
                        () -> stm.readOnly(tx -> use.on(tx, pair[0], pair[1])));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> objectFreedInTheSameBlockIsRefused() {
        return each(List.of(reads(), writes()), use -> {
            long cell = cell(1);
            long array = array();
            stm.atomic(tx -> {
                tx.setLong(WORDS, array, 0, 0, 1);
                tx.free(CELL, cell);
                tx.free(WORDS, array);
                assertThrows(StaleReferenceException.class, () -> use.on(tx, cell, array));
                long bornCell = tx.allocate(CELL);
                long bornArray = tx.allocate(WORDS, 3);
                tx.free(CELL, bornCell);
                tx.free(WORDS, bornArray);
                assertThrows(StaleReferenceException.class, () -> use.on(tx, bornCell, bornArray));
            });
            assertFalse(exists(CELL, cell) || exists(WORDS, array));
        });
    }

    @Test
    void offsetsOutOfRangeAreRefused() {
        long t = stm.atomicLong(tx -> tx.allocate(TRIPLE));
        for (int offset : new int[] {-8, -1, 1, 4, 12, 23, 24, 32, Integer.MIN_VALUE, 1 << 30}) {
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> stm.readOnlyLong(tx -> tx.getLong(TRIPLE, t, offset)));
            IndexOutOfBoundsException refused = assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> stm.atomicLong(tx -> tx.getLong(TRIPLE, t, offset)));
            assertTrue(refused.getMessage().contains("offset=" + offset), refused.getMessage());
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> stm.atomic(tx -> tx.setLong(TRIPLE, t, offset, 1)));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> stm.atomic(tx -> tx.addLong(TRIPLE, t, offset, 1)));
        }
    }

    @Test
    void indexesOutOfRangeAreRefused() {
        long words = array();
        long empty = stm.atomicLong(tx -> tx.allocate(WORDS, 0));
        for (long index : new long[] {-1, 3, 4, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32}) {
            indexRefused(words, index, 0);
        }
        indexRefused(words, 0, 8);
        indexRefused(words, 0, -8);
        indexRefused(words, 0, 4);
        indexRefused(empty, 0, 0);
        long born = stm.atomicLong(tx -> {
            long made = tx.allocate(WORDS, 3);
            assertThrows(IndexOutOfBoundsException.class, () -> tx.setLong(WORDS, made, 3, 0, 1));
            return made;
        });
        assertTrue(exists(WORDS, born));
    }

    private void indexRefused(long array, long index, int offset) {
        IndexOutOfBoundsException refused = assertThrows(
                IndexOutOfBoundsException.class,
                () -> stm.readOnlyLong(tx -> tx.getLong(WORDS, array, index, offset)));
        assertTrue(refused.getMessage().contains("index=" + index), refused.getMessage());
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> stm.atomic(tx -> tx.setLong(WORDS, array, index, offset, 1)));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> stm.atomic(tx -> tx.merge(WORDS, array, index, offset, Merge.OR, 1)));
    }

    @Test
    void byteRangesOutOfRangeAreRefused() {
        long t = stm.atomicLong(tx -> tx.allocate(TRIPLE));
        long b = stm.atomicLong(tx -> tx.allocate(BYTES, 24));
        byte[] bytes = new byte[30];
        int[][] ranges = {
            {-1, 0, 1},
            {0, 0, 25},
            {24, 0, 1},
            {20, 0, 5},
            {0, 26, 5},
            {0, -1, 5},
            {0, 0, -1},
            {Integer.MAX_VALUE, 0, 8}
        };
        for (int[] range : ranges) {
            for (Use use : new Use[] {
                (tx, x, y) -> tx.getBytes(TRIPLE, t, range[0], bytes, range[1], range[2]),
                (tx, x, y) -> tx.setBytes(TRIPLE, t, range[0], bytes, range[1], range[2]),
                (tx, x, y) -> tx.getBytes(BYTES, b, range[0], bytes, range[1], range[2]),
                (tx, x, y) -> tx.setBytes(BYTES, b, range[0], bytes, range[1], range[2])
            }) {
                assertThrows(
                        IndexOutOfBoundsException.class, () -> stm.atomic(tx -> use.on(tx, 0, 0)));
            }
        }
    }

    @Test
    void wordRangesOutOfRangeAreRefused() {
        long t = stm.atomicLong(tx -> tx.allocate(TRIPLE));
        long[] words = new long[5];
        int[][] ranges = {
            {-8, 0, 1},
            {4, 0, 1},
            {0, 0, 4},
            {24, 0, 1},
            {32, 0, 0},
            {16, 0, 2},
            {0, 3, 3},
            {0, -1, 2},
            {0, 0, -1},
            {0, 0, Integer.MAX_VALUE},
            {8, 0, 1 << 29},
            {Integer.MAX_VALUE - 7, 0, 1}
        };
        for (int[] range : ranges) {
            for (Use use : new Use[] {
                (tx, x, y) -> tx.getLongs(TRIPLE, t, range[0], words, range[1], range[2]),
                (tx, x, y) -> tx.setLongs(TRIPLE, t, range[0], words, range[1], range[2])
            }) {
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () -> stm.atomic(tx -> use.on(tx, 0, 0)),
                        () -> Arrays.toString(range));
            }
        }
        stm.atomic(tx -> tx.getLongs(TRIPLE, t, 24, words, 5, 0));
    }

    @Test
    void lengthsOutOfRangeAreRefused() {
        for (long length : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40}) {
            IllegalArgumentException refused = assertThrows(
                    IllegalArgumentException.class,
                    () -> stm.atomic(tx -> tx.allocate(WORDS, length)));
            assertTrue(refused.getMessage().contains("length=" + length), refused.getMessage());
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> stm.atomic(tx -> {
                    long made = tx.allocate(BYTES, 8);
                    tx.merge(BYTES, made, 0, 0, Merge.OR, 1);
                }));
    }

    @Test
    void enginesDoNotMixButMayBeUsedInsideOneAnother() {
        long a = cell(1);
        try (Stm second = Stm.open(options())) {
            stm.atomic(tx -> {
                tx.setLong(CELL, a, 0, 2);
                long b = second.atomicLong(in -> {
                    long made = in.allocate(CELL);
                    in.setLong(CELL, made, 0, tx.getLong(CELL, a, 0) + 1);
                    return made;
                });
                assertEquals(3, second.atomicLong(in -> in.getLong(CELL, b, 0)));
            });
        }
        assertEquals(2, get(a));
    }

    @Test
    void closeInsideATransactionIsRefused() {
        long a = cell(1);
        stm.atomic(tx -> {
            tx.setLong(CELL, a, 0, 2);
            assertThrows(MisuseException.class, stm::close);
        });
        assertEquals(2, get(a));
    }

    @Test
    void useAfterCloseIsRefused() {
        long a = cell(1);
        Transaction late = stm.atomicGet(tx -> tx);
        stm.close();
        stm.close();
        StmClosedException refused =
                assertThrows(StmClosedException.class, () -> stm.atomic(tx -> {}));
        assertTrue(refused.getMessage().contains("name=stm"), refused.getMessage());
        assertThrows(StmClosedException.class, () -> get(a));
        assertThrows(StmClosedException.class, () -> getElsewhere(a));
        assertThrows(StmClosedException.class, () -> stm.readOnlyLong(tx -> 0));
        assertThrows(StmClosedException.class, () -> stm.readOnly(tx -> {}));
        assertThrows(StmClosedException.class, stm::statistics);
        assertThrows(MisuseException.class, () -> late.getLong(CELL, a, 0));
        assertThrows(MisuseException.class, () -> late.exists(CELL, a));
        assertEquals("stm", stm.options().name());
    }

    /** Before anything was run, and whatever runs around it. */
    @Test
    void nullBlockOrBodyIsRefusedAtTheDoor() {
        AtomicBlock block = AtomicBlock.named("door");
        List<Runnable> calls = List.of(
                () -> stm.atomic(null, tx -> fail("was run")),
                () -> stm.<Object, RuntimeException>atomicGet(null, tx -> fail("was run")),
                () -> stm.atomicLong(null, tx -> fail("was run")),
                () -> stm.<Object, RuntimeException>readOnlyGet(null, tx -> fail("was run")),
                () -> stm.readOnlyLong(null, tx -> fail("was run")),
                () -> stm.atomic(block, null),
                () -> stm.atomicGet(block, null),
                () -> stm.atomicLong(block, null),
                () -> stm.readOnlyGet(block, null),
                () -> stm.readOnlyLong(block, null));
        long rollbacks = stm.statistics().rollbacks();
        calls.forEach(call -> assertThrows(NullPointerException.class, call::run));
        stm.atomic(
                tx -> calls.forEach(call -> assertThrows(NullPointerException.class, call::run)));
        assertEquals(rollbacks, stm.statistics().rollbacks());
    }
}
