package org.offheapstm.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.TxAction;
import org.offheapstm.TxLongFunction;
import org.offheapstm.internal.memory.Seam;
import org.offheapstm.tests.Garbage;
import org.offheapstm.tests.Seed;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Goal: a map is what a {@link HashMap} would be, at every moment of its growth, also when blocks
 * are undone. Method: random operations beside a model, the seed in each message; and chosen keys.
 */
final class LongMapTest {
    private static final long ABSENT = Long.MIN_VALUE;

    private final Stm stm = open(StmOptions.DEFAULT.withCapacityBytes(256L << 20));
    private final LongMap map = stm.atomicGet(LongMap::create);

    /** Engines that give out equal references, which users' engines do not. */
    private static Stm open(StmOptions options) {
        return Seam.withGenerationsFrom(7, () -> Stm.open(options));
    }

    @AfterEach
    void close() {
        stm.close();
    }

    private static final class Undo extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void randomOperationsAgreeWithTheModel() {
        Seed seed = Seed.of(LongMapTest.class);
        String failing = seed.toString();
        SplittableRandom random = new SplittableRandom(seed.value());
        Map<Long, Long> model = new HashMap<>();
        for (int round = 0; round < 1_500; round++) {
            int keys = 1 << random.nextInt(1, 14);
            Map<Long, Long> before = new HashMap<>(model);
            boolean undone = random.nextInt(8) == 0;
            try {
                stm.atomic(tx -> {
                    for (int i = random.nextInt(40); i >= 0; i--) {
                        operate(tx, random, keys, model, failing);
                    }
                    if (undone) {
                        throw new Undo();
                    }
                });
            } catch (Undo expected) {
                model.clear();
                model.putAll(before);
            }
            if (round % 100 == 0) {
                assertEquals(model, contents(), failing);
            }
        }
        assertEquals(model, contents(), failing);
        assertEquals(model, contentsByChunks(random), failing);
    }

    private void operate(
            Transaction tx,
            SplittableRandom random,
            int keys,
            Map<Long, Long> model,
            String failing) {
        long key = random.nextInt(keys) - keys / 2;
        long value = random.nextLong(1L << 40);
        switch (random.nextInt(8)) {
            case 0 ->
                assertEquals(model.getOrDefault(key, ABSENT), map.get(tx, key, ABSENT), failing);
            case 1 -> assertEquals(model.containsKey(key), map.containsKey(tx, key), failing);
            case 2, 3 ->
                assertEquals(
                        orAbsent(model.put(key, value)), map.put(tx, key, value, ABSENT), failing);
            case 4 ->
                assertEquals(
                        orAbsent(model.putIfAbsent(key, value)),
                        map.putIfAbsent(tx, key, value, ABSENT),
                        failing);
            case 5 -> {
                model.merge(key, value, Long::sum);
                map.addTo(tx, key, value);
            }
            case 6 ->
                assertEquals(orAbsent(model.remove(key)), map.remove(tx, key, ABSENT), failing);
            default -> nest(tx, random, keys, model, failing);
        }
    }

    /** A nested block, half of them undone. */
    private void nest(
            Transaction tx,
            SplittableRandom random,
            int keys,
            Map<Long, Long> model,
            String failing) {
        boolean undone = random.nextBoolean();
        Map<Long, Long> before = undone ? new HashMap<>(model) : model;
        try {
            tx.nested(inner -> {
                for (int i = random.nextInt(3); i >= 0; i--) {
                    operate(inner, random, keys, model, failing);
                }
                if (undone) {
                    throw new Undo();
                }
                return null;
            });
        } catch (Undo expected) {
            model.clear();
            model.putAll(before);
        }
        assertEquals(model.size(), map.size(tx), failing);
    }

    private static long orAbsent(Long value) {
        return value == null ? ABSENT : value;
    }

    private Map<Long, Long> contents() {
        Map<Long, Long> found = new HashMap<>();
        stm.readOnly(tx -> {
            found.clear();
            map.forEach(tx, (key, value) -> assertEquals(null, found.put(key, value)));
            assertEquals(found.size(), map.size(tx));
            assertEquals(found.isEmpty(), map.isEmpty(tx));
        });
        return found;
    }

    private Map<Long, Long> contentsByChunks(SplittableRandom random) {
        Map<Long, Long> found = new HashMap<>();
        for (long cursor = 0, next; ; cursor = next) {
            long from = cursor;
            int buckets = random.nextInt(1, 20);
            next = stm.readOnlyLong(tx -> map.forEach(
                    tx, from, buckets, (key, value) -> assertEquals(null, found.put(key, value))));
            if (next == 0) {
                return found;
            }
        }
    }

    @Test
    void extremeKeysAndValuesAreKept() {
        long[] words = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, -1L << 32};
        stm.atomic(tx -> {
            for (long word : words) {
                assertEquals(5, map.put(tx, word, ~word, 5));
            }
        });
        stm.readOnly(tx -> {
            for (long word : words) {
                assertEquals(~word, map.get(tx, word, 5));
            }
        });
    }

    @Test
    void mixingIsUndone() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 10_000; i++) {
            long word = random.nextLong();
            assertEquals(word, LongMap.unmix(LongMap.mix(word)));
            assertEquals(word, LongMap.mix(LongMap.unmix(word)));
        }
    }

    /** The keys whose codes in this map share all bits but some low ones. */
    private long[] neighbours(int count, int differentBits) {
        long seed = stm.readOnlyLong(tx -> map.trie().seed(tx));
        long[] keys = new long[count];
        for (int i = 0; i < count; i++) {
            long code = 0xABCD_EF01_2345_6789L >>> differentBits << differentBits | i;
            keys[i] = LongMap.unmix(code) ^ seed;
        }
        return keys;
    }

    @Test
    void keysWithNeighbouringCodesAreToldApart() {
        long[] keys = neighbours(256, 8);
        stm.atomic(tx -> {
            for (int i = 0; i < keys.length; i++) {
                assertEquals(ABSENT, map.put(tx, keys[i], i, ABSENT));
            }
        });
        for (int i = 0; i < keys.length; i++) {
            int at = i;
            assertEquals(i, stm.readOnlyLong(tx -> map.get(tx, keys[at], ABSENT)));
        }
        assertEquals(keys.length, contents().size());
        assertEquals(contents(), contentsByChunks(new SplittableRandom(2)));
        stm.atomic(tx -> {
            for (int i = 0; i < keys.length; i++) {
                assertEquals(i, map.remove(tx, keys[i], ABSENT));
            }
        });
        assertEquals(Map.of(), contents());
    }

    @Test
    void insertThatSplitsIsUndoneWithItsBlock() {
        long[] keys = neighbours(9, 4);
        stm.atomic(tx -> {
            for (int i = 0; i < 8; i++) {
                map.put(tx, keys[i], i, ABSENT);
            }
        });
        Map<Long, Long> before = contents();
        long used = stm.statistics().usedBytes();
        for (int round = 0; round < 1_000; round++) {
            assertThrows(
                    Undo.class,
                    () -> stm.atomic(tx -> {
                        map.put(tx, keys[8], 8, ABSENT);
                        throw new Undo();
                    }));
            stm.atomic(tx -> {
                map.put(tx, keys[0], 0, ABSENT);
                assertThrows(
                        Undo.class,
                        () -> tx.nested(inner -> {
                            map.put(inner, keys[8], 8, ABSENT);
                            assertEquals(9, map.size(inner));
                            throw new Undo();
                        }));
                assertEquals(8, map.size(tx));
                assertEquals(ABSENT, map.get(tx, keys[8], ABSENT));
            });
        }
        assertEquals(before, contents());
        // The first split claims a run for nodes; no later one needs more.
        assertTrue(stm.statistics().usedBytes() - used <= 3L << 16);
    }

    @Test
    void memoryIsSteadyOverRounds() {
        long used = 0;
        for (int round = 0; round < 12; round++) {
            fill(5_000);
            if (round % 3 == 0) {
                stm.atomic(tx -> map.clear(tx));
            } else if (round % 3 == 1) {
                while (stm.atomicGet(tx -> map.clear(tx, 100, (key, value) -> {}))) {
                    // Until nothing is left.
                }
            } else {
                empty(5_000);
            }
            assertEquals(Map.of(), contents());
            LongMap other = stm.atomicGet(LongMap::create);
            stm.atomic(tx -> {
                for (int key = 0; key < 1_000; key++) {
                    other.put(tx, key, key, ABSENT);
                }
            });
            stm.atomic(other::free);
            if (round == 2) {
                used = stm.statistics().usedBytes();
            }
        }
        long grown = stm.statistics().usedBytes() - used;
        assertTrue(grown <= used / 50, () -> "grew by " + grown);
    }

    private void fill(int keys) {
        for (int from = 0; from < keys; from += 100) {
            int first = from;
            stm.atomic(tx -> {
                for (int key = first; key < first + 100; key++) {
                    map.put(tx, key, key, ABSENT);
                }
            });
        }
    }

    private void empty(int keys) {
        for (int key = 0; key < keys; key++) {
            int each = key;
            stm.atomic(tx -> assertEquals(each, map.remove(tx, each, ABSENT)));
        }
    }

    @Test
    void clearTellsOfEachEntryOnce() {
        fill(1_000);
        Map<Long, Long> before = contents();
        Map<Long, Long> told = new HashMap<>();
        int calls = 1;
        while (stm.atomicGet(tx ->
                map.clear(tx, 10, (key, value) -> assertEquals(null, told.put(key, value))))) {
            calls++;
            assertEquals(1_000, told.size() + contents().size());
        }
        assertEquals(before, told);
        assertTrue(calls > 10, "in chunks");
    }

    @Test
    void freedOrForeignMapIsRefused() {
        LongMap view = LongMap.of(map.ref());
        assertEquals(1, stm.readOnlyLong(tx -> view.get(tx, 0, 1)));
        stm.atomic(map::free);
        StaleReferenceException stale = assertThrows(
                StaleReferenceException.class, () -> stm.readOnlyLong(tx -> view.get(tx, 0, 1)));
        assertTrue(stale.getMessage().contains("LongMap"), stale::getMessage);
        assertThrows(StaleReferenceException.class, () -> stm.atomic(tx -> view.put(tx, 0, 1, 2)));
        TxCounter other = stm.atomicGet(TxCounter::create);
        assertThrows(
                StaleReferenceException.class,
                () -> stm.readOnlyLong(tx -> LongMap.of(other.ref()).get(tx, 0, 1)));
        assertThrows(
                StaleReferenceException.class,
                () -> stm.readOnlyLong(tx -> LongMap.of(Transaction.NULL).get(tx, 0, 1)));
    }

    @Test
    void operationsLeaveNoGarbage() {
        fill(1_000);
        long[] key = new long[1];
        List<TxLongFunction<RuntimeException>> updates = List.of(
                tx -> map.put(tx, key[0], 2, ABSENT),
                tx -> map.remove(tx, key[0], ABSENT),
                tx -> map.putIfAbsent(tx, key[0], 4, ABSENT));
        TxAction<RuntimeException> addition = tx -> map.addTo(tx, key[0], 3);
        TxLongFunction<RuntimeException> reading = tx -> map.get(tx, key[0], ABSENT);
        long bytes = Garbage.ofSteadyState(() -> {
            for (key[0] = 0; key[0] < 1_000; key[0]++) {
                stm.readOnlyLong(reading);
                stm.atomic(addition);
                for (int i = 0; i < updates.size(); i++) {
                    stm.atomicLong(updates.get(i));
                }
            }
        });
        assertEquals(0, bytes);
    }

    @Test
    void emptyMapIsEmpty() {
        stm.atomic(tx -> {
            assertTrue(map.isEmpty(tx));
            assertFalse(map.containsKey(tx, 0));
            assertEquals(7, map.remove(tx, 0, 7));
            assertFalse(map.clear(tx, 1, (key, value) -> {}));
        });
        assertEquals(Map.of(), contents());
    }

    @Test
    void viewWorksOnTheMapOfEachEngine() {
        try (Stm twin = open(stm.options())) {
            LongMap there = twin.atomicGet(LongMap::create);
            assertEquals(map.ref(), there.ref(), "equal references in both regions");
            for (int key = 0; key < 100; key++) {
                long each = key;
                assertEquals(ABSENT, stm.atomicLong(tx -> map.put(tx, each, 1, ABSENT)));
                assertEquals(ABSENT, twin.atomicLong(tx -> map.put(tx, each, 2, ABSENT)));
                assertEquals(1, stm.readOnlyLong(tx -> map.get(tx, each, ABSENT)));
                assertEquals(2, twin.readOnlyLong(tx -> there.get(tx, each, ABSENT)));
            }
        }
    }
}
