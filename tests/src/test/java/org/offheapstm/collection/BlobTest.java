package org.offheapstm.collection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;

import java.util.SplittableRandom;

/** Goal: a map holds values of bytes. Method: sizes around stripes and blocks, as map values. */
final class BlobTest {
    private final Stm stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(64L << 20));
    private final SplittableRandom random = new SplittableRandom(5);

    @AfterEach
    void close() {
        stm.close();
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void bytesOfAllSizesAreKeptAndReplaced() {
        LongMap map = stm.atomicGet(LongMap::create);
        for (int length : new int[] {0, 1, 7, 8, 255, 256, 257, 4_000, 8_192, 70_000}) {
            byte[] first = bytes(length);
            byte[] same = bytes(length);
            byte[] longer = bytes(length + 3);
            stm.atomic(tx -> map.put(tx, length, Blob.create(tx, first), Transaction.NULL));
            assertArrayEquals(first, value(map, length));
            stm.atomic(tx -> replace(tx, map, length, same));
            assertArrayEquals(same, value(map, length));
            stm.atomic(tx -> replace(tx, map, length, longer));
            assertArrayEquals(longer, value(map, length));
            assertEquals(
                    length + 3,
                    stm.readOnlyLong(tx -> Blob.length(tx, map.get(tx, length, Transaction.NULL))));
        }
    }

    private static void replace(Transaction tx, LongMap map, long key, byte[] bytes) {
        long old = map.get(tx, key, Transaction.NULL);
        map.put(tx, key, Blob.replace(tx, old, bytes, 0, bytes.length), Transaction.NULL);
    }

    private byte[] value(LongMap map, long key) {
        return stm.readOnlyGet(tx -> Blob.toBytes(tx, map.get(tx, key, Transaction.NULL)));
    }

    @Test
    void equalLengthIsReplacedInPlace() {
        long ref = stm.atomicLong(tx -> Blob.create(tx, bytes(10)));
        assertEquals(ref, stm.atomicLong(tx -> Blob.replace(tx, ref, bytes(20), 5, 10)));
        long other = stm.atomicLong(tx -> Blob.replace(tx, ref, bytes(20), 5, 11));
        assertNotEquals(ref, other);
        assertThrows(
                StaleReferenceException.class, () -> stm.readOnlyLong(tx -> Blob.length(tx, ref)));
        assertEquals(11, stm.readOnlyLong(tx -> Blob.length(tx, other)));
    }

    @Test
    void partsAreReadAndWritten() {
        byte[] bytes = bytes(1_000);
        long ref = stm.atomicLong(tx -> Blob.create(tx, bytes));
        byte[] part = bytes(300);
        stm.atomic(tx -> Blob.write(tx, ref, 123, part, 10, 280));
        System.arraycopy(part, 10, bytes, 123, 280);
        assertArrayEquals(bytes, stm.readOnlyGet(tx -> Blob.toBytes(tx, ref)));
        byte[] target = new byte[50];
        stm.readOnly(tx -> Blob.read(tx, ref, 120, target, 5, 40));
        for (int i = 0; i < 40; i++) {
            assertEquals(bytes[120 + i], target[5 + i]);
        }
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> stm.readOnly(tx -> Blob.read(tx, ref, 990, target, 0, 11)));
    }

    @Test
    void memoryOfValuesComesBack() {
        LongMap map = stm.atomicGet(LongMap::create);
        long used = 0;
        for (int round = 0; round < 6; round++) {
            for (int key = 0; key < 500; key++) {
                int each = key;
                stm.atomic(tx -> replace(tx, map, each, bytes(2_000 + each)));
            }
            for (int key = 0; key < 250; key++) {
                int each = key;
                stm.atomic(tx -> Blob.free(tx, map.remove(tx, each, Transaction.NULL)));
            }
            stm.atomic(tx -> {
                Blob.free(tx, Transaction.NULL);
                map.clear(tx, Long.MAX_VALUE, (key, value) -> Blob.free(tx, value));
            });
            if (round == 1) {
                used = stm.statistics().usedBytes();
            }
        }
        long grown = stm.statistics().usedBytes() - used;
        assertTrue(grown <= used / 50, "grew by " + grown);
    }
}
