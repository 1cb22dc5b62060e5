package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.offheapstm.AbortCause;
import org.offheapstm.ArrayType;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.TxAction;
import org.offheapstm.tests.Seed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * Goal: an array is what a Java array is, whatever the size of its elements and its own, and its
 * stripes conflict one by one. Method: an array of bytes as the model; another thread that commits
 * to the same or another stripe, or frees the array, in the middle of a block.
 */
final class ArrayTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);

    /** Lengths around the borders of stripes, size classes and runs. */
    private static long[] lengths(ArrayType type) {
        int stripe = type.elementsPerStripe();
        int run = (1 << 16) / type.elementBytes();
        return LongStream.of(
                        0,
                        1,
                        2,
                        3,
                        7,
                        8,
                        9,
                        stripe - 1,
                        stripe,
                        stripe + 1,
                        2 * stripe,
                        3 * stripe + 1,
                        7 * stripe,
                        run / 4,
                        run / 4 + 1,
                        run - 1,
                        2 * run + 3)
                .filter(length -> length >= 0)
                .sorted()
                .distinct()
                .toArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8, 24, 40, 256, 264, 4096})
    void bytesOfEveryLengthAreKept(int elementBytes) {
        ArrayType type = ArrayType.of("Array of " + elementBytes, elementBytes);
        Seed seed = Seed.of(ArrayTest.class);
        Random random = new Random(seed.value());
        for (long length : lengths(type)) {
            byte[] model = new byte[Math.toIntExact(length * elementBytes)];
            byte[] read = new byte[model.length];
            String what = type.name() + " length=" + length + " " + seed;
            long array = stm.atomicLong(tx -> tx.allocate(type, length));
            long neighbour = stm.atomicLong(tx -> tx.allocate(type, length));
            stm.atomic(tx -> tx.getBytes(type, array, 0, read, 0, read.length));
            assertArrayEquals(model, read, what + ": not zero at first");
            random.nextBytes(model);
            stm.atomic(tx -> tx.setBytes(type, array, 0, model, 0, model.length));
            other.run(() -> stm.readOnly(tx -> tx.getBytes(type, array, 0, read, 0, read.length)));
            assertArrayEquals(model, read, what);
            change(random, type, array, model);
            stm.atomic(tx -> {
                assertEquals(length, tx.length(type, array));
                tx.getBytes(type, array, 0, read, 0, read.length);
            });
            assertArrayEquals(model, read, what + ": after changes");
            stm.atomic(tx -> tx.getBytes(type, neighbour, 0, read, 0, read.length));
            assertArrayEquals(new byte[model.length], read, what + ": the neighbour");
            stm.atomic(tx -> {
                tx.free(type, array);
                tx.free(type, neighbour);
            });
        }
    }

    private void change(Random random, ArrayType type, long array, byte[] model) {
        for (int i = 0; i < 20 && model.length > 0; i++) {
            int offset = random.nextInt(model.length);
            byte[] piece = new byte[random.nextInt(Math.min(model.length - offset, 300) + 1)];
            random.nextBytes(piece);
            stm.atomic(tx -> tx.setBytes(type, array, offset, piece, 0, piece.length));
            System.arraycopy(piece, 0, model, offset, piece.length);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void smallElementsShareAWord(int elementBytes) {
        ArrayType type = ArrayType.of("Array of " + elementBytes, elementBytes);
        int perWord = 8 / elementBytes;
        long array = stm.atomicLong(tx -> tx.allocate(type, 1_000));
        stm.atomic(tx -> tx.setLong(type, array, 999, 0, -1));
        for (int index = 1_000 - perWord; index < 1_000; index++) {
            int at = index;
            assertEquals(-1, stm.atomicLong(tx -> tx.getLong(type, array, at, 0)));
        }
        assertEquals(0, stm.atomicLong(tx -> tx.getLong(type, array, 999 - perWord, 0)));
    }

    @Test
    void everyWordOfAnElementIsItsOwn() {
        ArrayType type = ArrayType.of("Array of 24", 24);
        long array = stm.atomicLong(tx -> tx.allocate(type, 50));
        stm.atomic(tx -> {
            for (int i = 0; i < 50; i++) {
                for (int offset = 0; offset < 24; offset += 8) {
                    tx.setLong(type, array, i, offset, 100L * i + offset);
                }
            }
        });
        stm.readOnly(tx -> {
            for (int i = 0; i < 50; i++) {
                for (int offset = 0; offset < 24; offset += 8) {
                    assertEquals(100L * i + offset, tx.getLong(type, array, i, offset));
                }
            }
        });
    }

    @Test
    void writersOfDifferentStripesDoNotConflict() {
        long array = stm.atomicLong(tx -> tx.allocate(WORDS, 1_000));
        int border = WORDS.elementsPerStripe();
        stm.atomic(tx -> {
            tx.setLong(WORDS, array, border - 1, 0, tx.getLong(WORDS, array, border - 1, 0) + 1);
            other.run(() -> stm.atomic(o -> o.setLong(WORDS, array, border, 0, 1)));
            tx.setLong(WORDS, array, 0, 0, 1);
        });
        assertNoConflicts();
        assertEquals(1, stm.atomicLong(tx -> tx.getLong(WORDS, array, border, 0)));
        assertEquals(1, stm.atomicLong(tx -> tx.getLong(WORDS, array, border - 1, 0)));
    }

    @Test
    void writersOfOneStripeConflict() {
        long array = stm.atomicLong(tx -> tx.allocate(WORDS, 1_000));
        stm.atomic(tx -> {
            tx.setLong(WORDS, array, 0, 0, 1);
            if (tx.attempt() == 1) {
                other.run(() -> stm.atomic(o -> o.setLong(WORDS, array, 1, 0, 1)));
            }
        });
        assertOneConflict(AbortCause.WRITE_CONFLICT);
        assertEquals(1, stm.atomicLong(tx -> tx.getLong(WORDS, array, 1, 0)));
    }

    @Test
    void readerOfAStripeConflictsWithItsWriterOnly() {
        long array = stm.atomicLong(tx -> tx.allocate(WORDS, 1_000));
        long a = cell(0);
        stm.atomic(tx -> {
            tx.setLong(CELL, a, 0, tx.getLong(WORDS, array, 40, 0));
            if (tx.attempt() == 1) {
                other.run(() -> stm.atomic(o -> o.setLong(WORDS, array, 999, 0, 1)));
                other.run(() -> stm.atomic(o -> o.setLong(WORDS, array, 41, 0, 1)));
            }
        });
        assertOneConflict(AbortCause.READ_CONFLICT);
    }

    @Test
    void elementsOfSeveralStripesAreOfOneSnapshot() {
        long array = stm.atomicLong(tx -> tx.allocate(WORDS, 1_000));
        List<Long> sums = new ArrayList<>();
        stm.atomic(tx -> {
            long first = tx.getLong(WORDS, array, 0, 0);
            if (tx.attempt() == 1) {
                other.run(() -> stm.atomic(o -> {
                    o.setLong(WORDS, array, 0, 0, 5);
                    o.setLong(WORDS, array, 999, 0, -5);
                }));
            }
            sums.add(first + tx.getLong(WORDS, array, 999, 0));
        });
        assertEquals(List.of(0L), sums);
    }

    /**
     * The stripes of a freed and reused array are never shown as those of the old one, also if the
     * new one only cleared them.
     */
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void readerOfAnArrayFreedAndReusedMeanwhileStartsAgain(boolean readOnly, boolean written) {
        long array = stm.atomicLong(tx -> {
            long made = tx.allocate(WORDS, 100);
            tx.setLong(WORDS, made, 89, 0, 5);
            return made;
        });
        List<Integer> attempts = new ArrayList<>();
        assertThrows(
                StaleReferenceException.class,
                () -> run(readOnly, tx -> {
                    attempts.add(tx.attempt());
                    long length = tx.length(WORDS, array);
                    if (tx.attempt() == 1) {
                        other.run(() -> stm.atomic(o -> o.free(WORDS, array)));
                        other.run(() -> stm.atomic(o -> {
                            long again = o.allocate(WORDS, 99);
                            assertEquals(array >>> 24, again >>> 24);
                        }));
                        if (written) {
                            other.run(() -> stm.atomic(o ->
                                    o.setLong(WORDS, array + 1, 89, 0, 66))); // its next generation
                        }
                    }
                    assertEquals(5, tx.getLong(WORDS, array, length - 11, 0));
                }));
        assertEquals(List.of(1, 2), attempts);
    }

    private void run(boolean readOnly, TxAction<RuntimeException> body) {
        if (readOnly) {
            stm.readOnly(body);
        } else {
            stm.atomic(body);
        }
    }

    @Test
    void writerOfAnArrayFreedAndReusedMeanwhileWritesNothing() {
        long array = stm.atomicLong(tx -> tx.allocate(WORDS, 100));
        long[] again = new long[1];
        assertThrows(
                StaleReferenceException.class,
                () -> stm.atomic(tx -> {
                    tx.setLong(WORDS, array, 50, 0, 66);
                    if (tx.attempt() == 1) {
                        other.run(() -> stm.atomic(o -> o.free(WORDS, array)));
                        again[0] = other.get(() -> stm.atomicLong(o -> o.allocate(WORDS, 100)));
                    }
                }));
        assertEquals(array >>> 24, again[0] >>> 24);
        assertEquals(0, stm.atomicLong(tx -> tx.getLong(WORDS, again[0], 50, 0)));
    }

    @Test
    void arrayWrittenAndFreedInOneBlock() {
        long array = stm.atomicLong(tx -> tx.allocate(WORDS, 100));
        stm.atomic(tx -> {
            tx.setLong(WORDS, array, 50, 0, 66);
            tx.setLong(WORDS, array, 99, 0, 66);
            tx.free(WORDS, array);
        });
        assertFalse(exists(WORDS, array));
        long again = stm.atomicLong(tx -> tx.allocate(WORDS, 100));
        stm.readOnly(tx -> {
            for (int i = 0; i < 100; i++) {
                assertEquals(0, tx.getLong(WORDS, again, i, 0));
            }
        });
    }

    @Test
    void emptyArrayExists() {
        long array = stm.atomicLong(tx -> tx.allocate(WORDS, 0));
        assertTrue(exists(WORDS, array));
        assertEquals(0, stm.readOnlyLong(tx -> tx.length(WORDS, array)));
        stm.atomic(tx -> tx.getBytes(WORDS, array, 0, new byte[0], 0, 0));
        stm.atomic(tx -> tx.free(WORDS, array));
        assertFalse(exists(WORDS, array));
    }

    @Test
    void arrayOfManyRuns() {
        long length = 2_000_000;
        long array = stm.atomicLong(tx -> tx.allocate(WORDS, length));
        long[] places = {0, 1, 31, 32, 8_000, 1_000_000, length - 1};
        stm.atomic(tx -> Arrays.stream(places)
                .forEach(place -> tx.setLong(WORDS, array, place, 0, place + 1)));
        other.run(() -> stm.readOnly(tx -> Arrays.stream(places)
                .forEach(place -> assertEquals(place + 1, tx.getLong(WORDS, array, place, 0)))));
        assertEquals(0, stm.atomicLong(tx -> tx.getLong(WORDS, array, 2, 0)));
        assertEquals(length, stm.atomicLong(tx -> tx.length(WORDS, array)));
    }
}
