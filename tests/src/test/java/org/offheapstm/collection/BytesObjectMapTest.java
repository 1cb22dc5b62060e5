package org.offheapstm.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.ObjectType;
import org.offheapstm.Snapshot;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.TxLongFunction;
import org.offheapstm.tests.Garbage;
import org.offheapstm.tests.Seed;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Goal: each key has one object, made with it, freed with it, and nobody else's. Method: random
 * operations beside a model of what the objects hold, the seed in each message.
 */
final class BytesObjectMapTest {
    private static final ObjectType PAIR = ObjectType.of("Pair of BytesObjectMapTest", 16);
    private static final ObjectType OTHER = ObjectType.of("Other of BytesObjectMapTest", 16);

    private final Stm stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(64L << 20));
    private final BytesObjectMap map = stm.atomicGet(tx -> BytesObjectMap.create(tx, PAIR));

    @AfterEach
    void close() {
        stm.close();
    }

    private Map<String, Long> contents() {
        Map<String, Long> found = new HashMap<>();
        stm.readOnly(tx -> {
            found.clear();
            map.forEach(
                    tx, (key, object) -> found.put(key.toString(), tx.getLong(PAIR, object, 8)));
            assertEquals(found.size(), map.size(tx));
        });
        return found;
    }

    @Test
    void randomOperationsAgreeWithTheModel() {
        Seed seed = Seed.of(BytesObjectMapTest.class);
        SplittableRandom random = new SplittableRandom(seed.value());
        Map<String, Long> model = new HashMap<>();
        Map<String, Long> refs = new HashMap<>();
        for (int round = 0; round < 20_000; round++) {
            String text = "k".repeat(random.nextInt(9)) + random.nextInt(300);
            BytesKey key = BytesKey.of(text);
            long value = round;
            int choice = random.nextInt(8);
            stm.atomic(tx -> {
                long known = map.get(tx, key);
                assertEquals(refs.getOrDefault(text, Transaction.NULL), known, seed::toString);
                assertEquals(model.containsKey(text), map.containsKey(tx, key), seed::toString);
                if (choice < 5) {
                    long object = map.getOrCreate(tx, key);
                    assertEquals(object, map.get(tx, key), seed::toString);
                    assertEquals(model.getOrDefault(text, 0L), tx.getLong(PAIR, object, 8), text);
                    tx.setLong(PAIR, object, 8, value);
                    model.put(text, value);
                    refs.put(text, object);
                } else if (choice < 7) {
                    assertEquals(model.containsKey(text), map.remove(tx, key), seed::toString);
                    assertTrue(known == Transaction.NULL || !tx.exists(PAIR, known));
                    model.remove(text);
                    refs.remove(text);
                }
            });
            if (round % 2_000 == 0) {
                assertEquals(model, contents(), seed::toString);
            }
        }
        assertEquals(model, contents(), seed::toString);
    }

    @Test
    void anotherViewFindsTheSameObjects() {
        BytesKey key = BytesKey.of("key");
        long object = stm.atomicLong(tx -> map.getOrCreate(tx, key));
        BytesObjectMap view = BytesObjectMap.of(map.ref(), PAIR);
        assertEquals(object, stm.readOnlyLong(tx -> view.get(tx, key)));
        assertEquals(object, stm.atomicLong(tx -> view.getOrCreate(tx, key)));
    }

    /** Found keys are not written when their objects are. */
    @Test
    void whoFindsAKeyDoesNotConflictWithWhoChangesItsObject() throws InterruptedException {
        BytesKey key = BytesKey.of("key");
        long object = stm.atomicLong(tx -> map.getOrCreate(tx, key));
        int[] attempts = {0};
        stm.<InterruptedException>atomic(tx -> {
            attempts[0] = tx.attempt();
            long found = map.get(tx, key);
            Thread.ofPlatform()
                    .start(() -> stm.atomic(o -> o.setLong(PAIR, object, 0, tx.attempt())))
                    .join();
            tx.setLong(PAIR, tx.allocate(PAIR), 0, found);
        });
        assertEquals(1, attempts[0]);
    }

    @Test
    void snapshotSeesTheKeysAndObjectsOfItsInstant() {
        BytesKey kept = BytesKey.of("kept");
        BytesKey gone = BytesKey.of("gone");
        stm.atomic(tx -> tx.setLong(PAIR, map.getOrCreate(tx, kept), 8, 1));
        stm.atomic(tx -> tx.setLong(PAIR, map.getOrCreate(tx, gone), 8, 2));
        try (Snapshot snapshot = stm.openSnapshot()) {
            stm.atomic(tx -> {
                tx.setLong(PAIR, map.get(tx, kept), 8, 3);
                map.remove(tx, gone);
                map.getOrCreate(tx, BytesKey.of("new"));
            });
            Map<String, Long> seen = new HashMap<>();
            snapshot.readOnly(tx -> {
                map.forEach(
                        tx, (key, object) -> seen.put(key.toString(), tx.getLong(PAIR, object, 8)));
                assertEquals(2, tx.getLong(PAIR, map.get(tx, gone), 8));
                assertFalse(map.containsKey(tx, BytesKey.of("new")));
            });
            assertEquals(Map.of("kept", 1L, "gone", 2L), seen);
        }
        assertEquals(Map.of("kept", 3L, "new", 0L), contents());
    }

    /** Two threads make, change and remove the same keys, each knows what it added. */
    @Test
    void twoThreadsShareKeysAndObjects() throws InterruptedException {
        long[] net = new long[Pair.THREADS];
        Pair.run(which -> {
            SplittableRandom random = new SplittableRandom(which);
            BytesKey key = new BytesKey();
            for (int i = 0; i < 20_000; i++) {
                key.text("k" + random.nextInt(100));
                boolean removing = random.nextInt(3) == 0;
                net[which] += stm.atomicLong(tx -> {
                    if (removing) {
                        long known = map.get(tx, key);
                        long value = known == Transaction.NULL ? 0 : tx.getLong(PAIR, known, 8);
                        assertEquals(known != Transaction.NULL, map.remove(tx, key));
                        return -value;
                    }
                    long object = map.getOrCreate(tx, key);
                    tx.setLong(PAIR, object, 8, tx.getLong(PAIR, object, 8) + 1);
                    return 1;
                });
            }
        });
        long sum = contents().values().stream().mapToLong(Long::longValue).sum();
        assertEquals(net[0] + net[1], sum);
    }

    @Test
    void viewWithAnotherTypeIsRefusedAndChangesNothing() {
        BytesKey key = BytesKey.of("key");
        long object = stm.atomicLong(tx -> map.getOrCreate(tx, key));
        BytesObjectMap wrong = BytesObjectMap.of(map.ref(), OTHER);
        stm.atomic(tx -> {
            assertThrows(
                    StaleReferenceException.class, () -> tx.getLong(OTHER, wrong.get(tx, key), 0));
            assertThrows(StaleReferenceException.class, () -> wrong.remove(tx, key));
            assertThrows(StaleReferenceException.class, () -> wrong.clear(tx));
        });
        assertEquals(object, stm.readOnlyLong(tx -> map.get(tx, key)));
        assertEquals(1, stm.readOnlyLong(map::size));
        BytesMap asWords = BytesMap.of(map.ref());
        assertThrows(
                StaleReferenceException.class,
                () -> stm.readOnlyLong(tx -> asWords.get(tx, key, -1)));
    }

    @Test
    void objectsGoWithTheirKeys() {
        long used = 0;
        for (int round = 0; round < 6; round++) {
            for (int i = 0; i < 2_000; i++) {
                BytesKey key = BytesKey.of("key " + i);
                stm.atomic(tx -> tx.setLong(PAIR, map.getOrCreate(tx, key), 0, 1));
            }
            if (round % 3 == 0) {
                stm.atomic(map::clear);
            } else if (round % 3 == 1) {
                while (stm.atomicGet(tx -> map.clear(tx, 100, (key, object) -> {}))) {
                    // Until nothing is left.
                }
            } else {
                for (int i = 0; i < 2_000; i++) {
                    BytesKey key = BytesKey.of("key " + i);
                    stm.atomic(tx -> assertTrue(map.remove(tx, key)));
                    stm.atomic(tx -> assertFalse(map.remove(tx, key)));
                }
            }
            assertEquals(Map.of(), contents());
            if (round == 2) {
                used = stm.statistics().usedBytes();
            }
        }
        long grown = stm.statistics().usedBytes() - used;
        assertTrue(grown <= used / 50, "grew by " + grown);
        stm.atomic(map::free);
        assertThrows(
                StaleReferenceException.class,
                () -> stm.readOnlyLong(tx -> map.get(tx, BytesKey.of("key 1"))));
    }

    @Test
    void operationsLeaveNoGarbage() {
        BytesKey key = new BytesKey();
        byte[] bytes = "some words of text".getBytes(StandardCharsets.US_ASCII);
        long[] sum = {0};
        TxLongFunction<RuntimeException> getOrCreate = tx -> map.getOrCreate(tx, key);
        TxLongFunction<RuntimeException> remove = tx -> map.remove(tx, key) ? 1 : 0;
        long garbage = Garbage.ofSteadyState(() -> {
            for (int i = 0; i < 1_000; i++) {
                key.bytes(bytes, 0, i % bytes.length);
                sum[0] += stm.atomicLong(getOrCreate);
                if (i % 3 == 0) {
                    sum[0] += stm.atomicLong(remove);
                }
            }
        });
        assertEquals(0, garbage);
        assertNotEquals(0, sum[0]);
    }
}
