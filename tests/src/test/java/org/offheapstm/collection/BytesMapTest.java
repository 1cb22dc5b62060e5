package org.offheapstm.collection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
import org.offheapstm.tests.Garbage;
import org.offheapstm.tests.Seed;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Goal: a map of texts is what a {@link HashMap} would be, with and without hints, and with keys
 * whose hashes are equal. Method: random operations beside a model, the seed in each message.
 */
final class BytesMapTest {
    private static final long ABSENT = Long.MIN_VALUE;

    private final Stm stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(256L << 20));
    private final BytesMap map = stm.atomicGet(BytesMap::create);

    @AfterEach
    void close() {
        stm.close();
    }

    private static final class Undo extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final String[] LETTERS = {"", "a", "b", "ä", "ß", "€", "語", "𝄞", "\0", "~"};

    private static String text(SplittableRandom random, int keys) {
        int number = random.nextInt(keys);
        StringBuilder text = new StringBuilder();
        for (int rest = number; rest > 0; rest /= LETTERS.length) {
            text.append(LETTERS[rest % LETTERS.length]);
        }
        return number % 7 == 0 ? text.toString().repeat(number % 50) : text.toString();
    }

    @Test
    void randomOperationsAgreeWithTheModel() {
        Seed seed = Seed.of(BytesMapTest.class);
        String failing = seed.toString();
        SplittableRandom random = new SplittableRandom(seed.value());
        Map<String, Long> model = new HashMap<>();
        BytesMap[] views = {map, BytesMap.of(map.ref())};
        for (int round = 0; round < 1_000; round++) {
            int keys = 1 << random.nextInt(1, 14);
            Map<String, Long> before = new HashMap<>(model);
            boolean undone = random.nextInt(8) == 0;
            BytesMap view = round % 50 == 0 ? BytesMap.of(map.ref()) : views[round & 1];
            try {
                stm.atomic(tx -> {
                    for (int i = random.nextInt(40); i >= 0; i--) {
                        operate(tx, view, random, keys, model, failing);
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
    }

    private static void operate(
            Transaction tx,
            BytesMap map,
            SplittableRandom random,
            int keys,
            Map<String, Long> model,
            String failing) {
        String text = text(random, keys);
        BytesKey key = BytesKey.of(text);
        long value = random.nextLong(1L << 40);
        switch (random.nextInt(8)) {
            case 0 ->
                assertEquals(model.getOrDefault(text, ABSENT), map.get(tx, key, ABSENT), failing);
            case 1 -> assertEquals(model.containsKey(text), map.containsKey(tx, key), failing);
            case 2, 3 ->
                assertEquals(
                        orAbsent(model.put(text, value)), map.put(tx, key, value, ABSENT), failing);
            case 4 ->
                assertEquals(
                        orAbsent(model.putIfAbsent(text, value)),
                        map.putIfAbsent(tx, key, value, ABSENT),
                        failing);
            case 5 -> {
                model.merge(text, value, Long::sum);
                map.addTo(tx, key, value);
            }
            case 6 ->
                assertEquals(orAbsent(model.remove(text)), map.remove(tx, key, ABSENT), failing);
            default -> nest(tx, map, random, keys, model, failing);
        }
    }

    /** A nested block, half of them undone. */
    private static void nest(
            Transaction tx,
            BytesMap map,
            SplittableRandom random,
            int keys,
            Map<String, Long> model,
            String failing) {
        boolean undone = random.nextBoolean();
        Map<String, Long> before = undone ? new HashMap<>(model) : model;
        try {
            tx.nested(inner -> {
                for (int i = random.nextInt(3); i >= 0; i--) {
                    operate(inner, map, random, keys, model, failing);
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

    private Map<String, Long> contents() {
        Map<String, Long> found = new HashMap<>();
        stm.readOnly(tx -> {
            found.clear();
            map.forEach(tx, (key, value) -> assertEquals(null, found.put(key.toString(), value)));
            assertEquals(found.size(), map.size(tx));
            assertEquals(found.isEmpty(), map.isEmpty(tx));
        });
        return found;
    }

    // ---- keys -----------------------------------------------------------------------------------

    @Test
    void keysOfAllLengthsAreKept() {
        int[] lengths = {0, 1, 5, 6, 7, 8, 22, 23, 54, 55, 120, 1000, 4086, 4087, 8181, 8182};
        List<byte[]> keys = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(3);
        for (int length : lengths) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            keys.add(bytes);
        }
        stm.atomic(tx -> {
            for (byte[] key : keys) {
                assertEquals(ABSENT, map.put(tx, BytesKey.of(key), key.length, ABSENT));
            }
        });
        stm.readOnly(tx -> {
            for (byte[] key : keys) {
                assertEquals(key.length, map.get(tx, BytesKey.of(key), ABSENT));
                assertEquals(key.length, BytesMap.of(map.ref()).get(tx, BytesKey.of(key), ABSENT));
            }
            map.forEach(
                    tx,
                    (key, value) -> assertArrayEquals(
                            keys.stream()
                                    .filter(each -> each.length == value)
                                    .findAny()
                                    .orElseThrow(),
                            key.toBytes()));
        });
        stm.atomic(map::clear);
        assertEquals(Map.of(), contents());
    }

    @Test
    void trailingZerosAreBytesOfTheKey() {
        stm.atomic(tx -> {
            map.put(tx, BytesKey.of("a"), 1, ABSENT);
            map.put(tx, BytesKey.of("a\0"), 2, ABSENT);
            map.put(tx, BytesKey.of(""), 3, ABSENT);
            map.put(tx, BytesKey.of("\0"), 4, ABSENT);
        });
        // Again, by hints, of which there are few, so that many keys share one.
        BytesKey[] zeros = new BytesKey[4];
        Arrays.setAll(zeros, i -> BytesKey.of("\0".repeat(i)));
        for (int i = 0; i < 2_000; i++) {
            BytesKey key = BytesKey.of("k" + i);
            stm.atomic(tx -> {
                map.put(tx, key, 5, ABSENT);
                assertEquals(3, map.get(tx, zeros[0], ABSENT));
                assertEquals(4, map.get(tx, zeros[1], ABSENT));
                assertEquals(ABSENT, map.get(tx, zeros[2], ABSENT));
                map.remove(tx, key, ABSENT);
            });
        }
        assertEquals(Map.of("a", 1L, "a\0", 2L, "", 3L, "\0", 4L), contents());
    }

    @Test
    void textIsItsUtf8Bytes() {
        BytesKey key = new BytesKey();
        for (String text : List.of("", "word", "Größe", "日本語", "𝄞𝄢", "aé€𝄞", "x".repeat(8182))) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            assertArrayEquals(bytes, key.text(text).toBytes());
            assertEquals(text, key.toString());
            assertArrayEquals(bytes, key.bytes(bytes, 0, bytes.length).toBytes());
            assertEquals(BytesKey.of(text).code(5), BytesKey.of(bytes).code(5));
            assertEquals(key.code(6), BytesKey.of(bytes).code(6));
        }
    }

    /** What lies before and behind the bytes in their array is not of the key. */
    @Test
    void sliceOfAnArrayIsItsBytes() {
        Seed seed = Seed.of(BytesMapTest.class);
        byte[] array = new byte[40];
        new SplittableRandom(seed.value()).nextBytes(array);
        BytesKey key = new BytesKey();
        for (int from = 0; from <= array.length; from++) {
            for (int to = from; to <= array.length; to++) {
                byte[] slice = Arrays.copyOfRange(array, from, to);
                key.bytes(array, from, to - from);
                assertArrayEquals(slice, key.toBytes(), seed::toString);
                assertEquals(BytesKey.of(slice).code(5), key.code(5), seed::toString);
            }
        }
    }

    @Test
    void refusedKeyIsTheEmptyKey() {
        BytesKey key = new BytesKey();
        List<Runnable> refusals = List.of(
                () -> key.text("x".repeat(8183)),
                () -> key.text("€".repeat(2729)),
                () -> key.text("a\uD834"),
                () -> key.bytes(new byte[9000], 0, 8183));
        stm.atomic(tx -> map.put(tx, BytesKey.of(""), 1, ABSENT));
        for (Runnable refused : refusals) {
            key.text("what was there before");
            assertThrows(IllegalArgumentException.class, refused::run);
            assertEquals(BytesKey.of("").code(5), key.code(5));
            assertEquals(1, stm.atomicLong(tx -> map.put(tx, key, 1, ABSENT)));
        }
        assertEquals(Map.of("", 1L), contents());
    }

    @Test
    void badKeysAreRefused() {
        BytesKey key = new BytesKey();
        for (String text : List.of("x".repeat(8183), "€".repeat(2729), "a\uD834", "\uDD1Ea")) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> key.text(text));
            assertTrue(refused.getMessage().startsWith("key refused: "), refused::getMessage);
            assertEquals(0, key.length());
        }
        assertThrows(IllegalArgumentException.class, () -> key.bytes(new byte[9000], 0, 8183));
        assertThrows(IndexOutOfBoundsException.class, () -> key.bytes(new byte[8], 4, 5));
        assertThrows(NullPointerException.class, () -> stm.readOnly(tx -> map.get(tx, null, 0)));
    }

    // ---- memory ---------------------------------------------------------------------------------

    @Test
    void memoryIsSteadyOverRounds() {
        long used = 0;
        for (int round = 0; round < 9; round++) {
            for (int i = 0; i < 5_000; i++) {
                BytesKey key = BytesKey.of("key " + i + " of some length".repeat(i % 3));
                stm.atomic(tx -> map.put(tx, key, 1, ABSENT));
            }
            if (round % 3 == 0) {
                stm.atomic(map::clear);
            } else if (round % 3 == 1) {
                while (stm.atomicGet(tx -> map.clear(tx, 100, (key, value) -> {}))) {
                    // Until nothing is left.
                }
            } else {
                for (int i = 0; i < 5_000; i++) {
                    BytesKey key = BytesKey.of("key " + i + " of some length".repeat(i % 3));
                    stm.atomic(tx -> assertEquals(1, map.remove(tx, key, ABSENT)));
                }
            }
            assertEquals(Map.of(), contents());
            BytesMap other = stm.atomicGet(BytesMap::create);
            stm.atomic(tx -> other.put(tx, BytesKey.of("a"), 1, ABSENT));
            stm.atomic(other::free);
            assertThrows(
                    StaleReferenceException.class,
                    () -> stm.readOnlyLong(tx -> other.get(tx, BytesKey.of("a"), ABSENT)));
            if (round == 2) {
                used = stm.statistics().usedBytes();
            }
        }
        long grown = stm.statistics().usedBytes() - used;
        assertTrue(grown <= used / 50, "grew by " + grown);
    }

    @Test
    void operationsLeaveNoGarbage() {
        String[] texts = new String[1_000];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = "wörd" + i;
        }
        BytesKey key = new BytesKey();
        List<TxLongFunction<RuntimeException>> operations = List.of(
                tx -> map.put(tx, key, 2, ABSENT),
                tx -> map.get(tx, key, ABSENT),
                tx -> map.remove(tx, key, ABSENT),
                tx -> map.putIfAbsent(tx, key, 4, ABSENT));
        TxAction<RuntimeException> addition = tx -> map.addTo(tx, key, 3);
        long bytes = Garbage.ofSteadyState(() -> {
            for (int i = 0; i < texts.length; i++) {
                key.text(texts[i]);
                stm.atomic(addition);
                for (int j = 0; j < operations.size(); j++) {
                    stm.atomicLong(operations.get(j));
                }
            }
        });
        assertEquals(0, bytes);
    }
}
