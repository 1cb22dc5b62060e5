package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.offheapstm.ArrayType;
import org.offheapstm.Merge;
import org.offheapstm.StmOptions;
import org.offheapstm.TxAction;
import org.offheapstm.TxLongFunction;
import org.offheapstm.tests.Garbage;

import java.util.stream.Stream;

/**
 * Goal: a transaction allocates nothing on the Java heap, once warm. Method: bodies that are
 * constants, run a few thousand times; the bytes that the JVM counts for this thread.
 */
final class GarbageTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);
    private static final int RUNS = 20_000;

    @Override
    StmOptions options() {
        return StmOptions.DEFAULT.withCapacityBytes(16L << 20).withMaxRunning(4);
    }

    @TestFactory
    Stream<DynamicTest> steadyTransactionAllocatesNothing() {
        long a = cell(0);
        long b = cell(0);
        long array = stm.atomicLong(tx -> tx.allocate(WORDS, 1_000));
        byte[] bytes = new byte[100];
        long triple = stm.atomicLong(tx -> tx.allocate(TRIPLE));
        long[] words = new long[3];
        return Stream.of(
                reading("read-only", tx -> tx.getLong(CELL, a, 0)),
                updating("read-modify-write", tx -> {
                    tx.setLong(CELL, a, 0, tx.getLong(CELL, a, 0) + 1);
                }),
                updating("transfer", tx -> {
                    tx.setLong(CELL, a, 0, tx.getLong(CELL, a, 0) - 1);
                    tx.setLong(CELL, b, 0, tx.getLong(CELL, b, 0) + 1);
                }),
                updating("merge", tx -> {
                    tx.addLong(CELL, a, 0, 1);
                    tx.merge(CELL, b, 0, Merge.MAX_LONG, 7);
                }),
                updating("allocate and free", tx -> {
                    long made = tx.allocate(CELL);
                    tx.setLong(CELL, made, 0, 1);
                    tx.free(CELL, made);
                    tx.free(WORDS, tx.allocate(WORDS, 100));
                }),
                updating("array element", tx -> {
                    tx.setLong(WORDS, array, 999, 0, tx.getLong(WORDS, array, 0, 0) + 1);
                    tx.merge(WORDS, array, 500, 0, Merge.OR, 1);
                }),
                updating("bytes", tx -> {
                    tx.getBytes(WORDS, array, 3, bytes, 0, 100);
                    tx.setBytes(WORDS, array, 203, bytes, 0, 100);
                }),
                updating("words", tx -> {
                    tx.getLongs(TRIPLE, triple, 0, words, 0, 3);
                    tx.setLongs(TRIPLE, triple, 0, words, 0, 3);
                }),
                updating("many objects read", tx -> {
                    for (int i = 0; i < 1_000; i += 8) {
                        tx.getLong(WORDS, array, i, 0);
                    }
                    tx.setLong(CELL, a, 0, 1);
                }));
    }

    private DynamicTest updating(String name, TxAction<RuntimeException> body) {
        return dynamicTest(name, () -> assertNoGarbage(() -> stm.atomic(body)));
    }

    private DynamicTest reading(String name, TxLongFunction<RuntimeException> body) {
        return dynamicTest(name, () -> assertNoGarbage(() -> stm.readOnlyLong(body)));
    }

    private static void assertNoGarbage(Runnable transaction) {
        long bytes = Garbage.ofSteadyState(() -> {
            for (int i = 0; i < RUNS; i++) {
                transaction.run();
            }
        });
        assertEquals(0, bytes, () -> "bytes in " + RUNS + " transactions");
    }
}
