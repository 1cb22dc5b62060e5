package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.offheapstm.ObjectType;
import org.offheapstm.Snapshot;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Transaction;

import java.util.Arrays;

/**
 * Goal: words read or written together are what they would be one by one, for the transaction and
 * for its conflicts. Method: every offset and count against an array; then each way in which a read
 * cannot take the words as they lie in the region.
 */
final class WordsTest extends EngineTest {
    private static final int WORDS = 5;
    private static final ObjectType FIVE = ObjectType.of("Five words", Long.BYTES * WORDS);

    private long five(long... values) {
        return stm.atomicLong(tx -> {
            long made = tx.allocate(FIVE);
            tx.setLongs(FIVE, made, 0, values, 0, values.length);
            return made;
        });
    }

    private static long[] all(Transaction tx, long ref) {
        long[] words = new long[WORDS];
        tx.getLongs(FIVE, ref, 0, words, 0, WORDS);
        return words;
    }

    @Test
    void everyOffsetAndCount() {
        long object = five();
        long[] model = new long[WORDS];
        long[] piece = new long[WORDS + 3];
        long[] read = new long[WORDS + 3];
        long next = 1;
        for (int first = 0; first <= WORDS; first++) {
            for (int count = 0; count <= WORDS - first; count++) {
                int from = (first + count) % 4;
                int at = first;
                int words = count;
                for (int i = 0; i < words; i++) {
                    piece[from + i] = next++;
                }
                System.arraycopy(piece, from, model, at, words);
                long[] own = stm.atomicGet(tx -> {
                    tx.setLongs(FIVE, object, Long.BYTES * at, piece, from, words);
                    return all(tx, object);
                });
                assertArrayEquals(model, own, () -> "own, first=" + at + " count=" + words);
                Arrays.fill(read, -1);
                stm.readOnly(tx -> tx.getLongs(FIVE, object, Long.BYTES * at, read, from, words));
                long[] expected = new long[WORDS + 3];
                Arrays.fill(expected, -1);
                System.arraycopy(model, at, expected, from, words);
                assertArrayEquals(
                        expected, read, () -> "committed, first=" + at + " count=" + words);
            }
        }
    }

    @Test
    void wordsOfANewObjectAreReadAndWritten() {
        long[] seen = stm.atomicGet(tx -> {
            long made = tx.allocate(FIVE);
            tx.allocate(CELL); // So that it is not the object used last.
            tx.setLongs(FIVE, made, 8, new long[] {1, 2}, 0, 2);
            tx.allocate(CELL);
            return all(tx, made);
        });
        assertArrayEquals(new long[] {0, 1, 2, 0, 0}, seen);
    }

    @Test
    void mergesAreReadWithTheWords() {
        long object = five(1, 2, 3, 4, 5);
        long[] seen = stm.atomicGet(tx -> {
            tx.addLong(FIVE, object, 16, 10);
            return all(tx, object);
        });
        assertArrayEquals(new long[] {1, 2, 13, 4, 5}, seen);
    }

    @Test
    void wordsAreWrittenOverAMerge() {
        long object = five(1, 2, 3, 4, 5);
        stm.atomic(tx -> {
            tx.addLong(FIVE, object, 8, 10);
            tx.addLong(FIVE, object, 32, 10);
            tx.setLongs(FIVE, object, 0, new long[] {6, 7}, 0, 2);
        });
        assertArrayEquals(new long[] {6, 7, 3, 4, 15}, stm.readOnlyGet(tx -> all(tx, object)));
    }

    @Test
    void nestedWritesAreUndone() {
        long object = five(1, 2, 3, 4, 5);
        stm.atomic(tx -> {
            tx.setLongs(FIVE, object, 0, new long[] {7}, 0, 1);
            assertThrows(
                    IllegalStateException.class,
                    () -> tx.nested(inner -> {
                        inner.setLongs(FIVE, object, 0, new long[] {8, 9}, 0, 2);
                        throw new IllegalStateException("undo");
                    }));
        });
        assertArrayEquals(new long[] {7, 2, 3, 4, 5}, stm.readOnlyGet(tx -> all(tx, object)));
    }

    // ---- conflicts

    @Test
    void whatWasReadCountsAsRead() {
        long object = five(1);
        long b = cell(0);
        stm.atomic(tx -> {
            long first = all(tx, object)[0];
            if (tx.attempt() == 1) {
                other.run(() -> stm.atomic(
                        change -> change.setLongs(FIVE, object, 0, new long[] {2}, 0, 1)));
            }
            tx.setLong(CELL, b, 0, first);
        });
        assertEquals(2, get(b));
    }

    @Test
    void newerWordsAreReadIfNothingReadBeforeHasChanged() {
        long a = cell(1);
        long object = five(1, 2, 3, 4, 5);
        long[] seen = stm.atomicGet(tx -> {
            tx.getLong(CELL, a, 0);
            other.run(
                    () -> stm.atomic(change -> change.setLong(FIVE, object, 32, tx.attempt() + 5)));
            return all(tx, object);
        });
        assertArrayEquals(new long[] {1, 2, 3, 4, 6}, seen);
        assertNoConflicts();
    }

    @Test
    void readThenWrittenTogetherIsOneUpdate() {
        long object = five(1, 2, 3, 4, 5);
        stm.atomic(tx -> {
            long[] words = all(tx, object);
            if (tx.attempt() == 1) {
                other.run(() -> stm.atomic(change -> change.setLong(FIVE, object, 0, 10)));
            }
            words[4] += words[0];
            tx.setLongs(FIVE, object, 0, words, 0, WORDS);
        });
        assertArrayEquals(new long[] {10, 2, 3, 4, 15}, stm.readOnlyGet(tx -> all(tx, object)));
    }

    @Test
    void snapshotSeesTheWordsOfItsInstant() {
        long object = five(1, 2, 3, 4, 5);
        try (Snapshot snapshot = stm.openSnapshot()) {
            stm.atomic(tx -> tx.setLongs(FIVE, object, 8, new long[] {6, 7}, 0, 2));
            assertArrayEquals(
                    new long[] {1, 2, 3, 4, 5}, snapshot.readOnlyGet(tx -> all(tx, object)));
        }
        assertArrayEquals(new long[] {1, 6, 7, 4, 5}, stm.readOnlyGet(tx -> all(tx, object)));
    }

    @Test
    void staleReferenceIsRefused() {
        long object = five(1);
        stm.atomic(tx -> tx.free(FIVE, object));
        long reused = five(2);
        assertThrows(StaleReferenceException.class, () -> stm.readOnly(tx -> all(tx, object)));
        assertThrows(StaleReferenceException.class, () -> stm.atomic(tx -> all(tx, object)));
        assertThrows(
                StaleReferenceException.class,
                () -> stm.atomic(tx -> tx.setLongs(FIVE, object, 0, new long[] {3}, 0, 1)));
        assertArrayEquals(new long[] {2, 0, 0, 0, 0}, stm.readOnlyGet(tx -> all(tx, reused)));
    }
}
