package org.offheapstm.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.internal.memory.Seam;
import org.offheapstm.tests.Seed;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Goal: an entry is found if and only if its key is in the map, whatever hints say and however
 * alike hashes are. Method: hashes of two bits; hints that lie.
 */
final class EntriesTest {
    private static final long ABSENT = Long.MIN_VALUE;

    private final Stm stm = open(StmOptions.DEFAULT.withCapacityBytes(64L << 20));
    private final BytesMap map = stm.atomicGet(BytesMap::create);

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

    private Map<String, Long> contents() {
        Map<String, Long> found = new HashMap<>();
        stm.readOnly(tx -> {
            found.clear();
            map.forEach(tx, (key, value) -> found.put(key.toString(), value));
            assertEquals(found.size(), map.size(tx));
        });
        return found;
    }

    // ---- equal hashes ---------------------------------------------------------------------------

    /** All hashes but two bits are alike, and so large that the search for a free one wraps. */
    @Test
    void keysWithEqualHashesAreToldApart() {
        long alike = -1L << BytesKey.LENGTH_BITS + 2;
        Seed seed = Seed.of(EntriesTest.class);
        String failing = seed.toString();
        SplittableRandom random = new SplittableRandom(seed.value());
        Map<String, Long> model = new HashMap<>();
        for (long round = 0; round < 3_000; round++) {
            String text = "key" + random.nextInt(10, 50);
            BytesKey key = BytesKey.of(text);
            BytesMap view = new BytesMap(map.ref(), alike);
            boolean adding = random.nextInt(100) < (round / 500 % 2 == 0 ? 70 : 30);
            long value = round;
            stm.atomic(tx -> {
                long old = model.getOrDefault(text, ABSENT);
                assertEquals(old, view.get(tx, key, ABSENT), failing);
                assertEquals(
                        old,
                        adding ? view.put(tx, key, value, ABSENT) : view.remove(tx, key, ABSENT),
                        failing);
            });
            if (adding) {
                model.put(text, value);
            } else {
                model.remove(text);
            }
            assertEquals(model, contents(), failing);
        }
    }

    // ---- hints ----------------------------------------------------------------------------------

    @Test
    void hintOfAnUndoneOrRemovedEntryIsNotFollowed() {
        BytesKey key = BytesKey.of("word");
        assertThrows(
                Undo.class,
                () -> stm.atomic(tx -> {
                    map.put(tx, key, 1, ABSENT);
                    assertEquals(1, map.get(tx, key, ABSENT));
                    throw new Undo();
                }));
        assertEquals(ABSENT, stm.readOnlyLong(tx -> map.get(tx, key, ABSENT)));
        stm.atomic(tx -> {
            map.put(tx, key, 2, ABSENT);
            assertEquals(2, map.remove(tx, key, ABSENT));
            assertFalse(map.containsKey(tx, key));
            map.put(tx, key, 3, ABSENT);
        });
        BytesMap other = stm.atomicGet(BytesMap::create);
        stm.atomic(tx -> assertEquals(3, map.remove(tx, key, ABSENT)));
        stm.atomic(tx -> other.put(tx, key, 4, ABSENT));
        assertEquals(ABSENT, stm.readOnlyLong(tx -> map.get(tx, key, ABSENT)));
    }

    /** One key at a time, a new one each time: hints are for what the map has, not what it had. */
    @Test
    void hintsOfRemovedKeysMakeRoom() {
        int before = map.entries.hintCapacity();
        BytesKey key = new BytesKey();
        for (int i = 0; i < 5_000; i++) {
            key.text("key " + i);
            stm.atomic(tx -> map.put(tx, key, 1, ABSENT));
            stm.atomic(tx -> map.remove(tx, key, ABSENT));
        }
        assertEquals(before, map.entries.hintCapacity());
    }

    @Test
    void hintsOfOneEngineAreNotFollowedInAnother() {
        BytesKey key = BytesKey.of("word");
        try (Stm twin = open(stm.options())) {
            BytesMap there = twin.atomicGet(BytesMap::create);
            assertEquals(map.ref(), there.ref(), "equal references in both regions");
            stm.atomic(tx -> map.put(tx, key, 1, ABSENT));
            twin.atomic(tx -> there.put(tx, BytesKey.of("drow"), 2, ABSENT));
            assertEquals(1, stm.readOnlyLong(tx -> map.get(tx, key, ABSENT)));
            assertEquals(ABSENT, twin.readOnlyLong(tx -> map.get(tx, key, ABSENT)));
            assertEquals(1, stm.readOnlyLong(tx -> map.get(tx, key, ABSENT)));
        }
    }

    @Test
    void knownKeyIsFoundWithoutReadingTheTrie() {
        BytesKey key = BytesKey.of("known");
        stm.atomic(tx -> map.put(tx, key, 1, ABSENT));
        long valueOfFirstAttempt = stm.atomicLong(tx -> {
            long value = map.get(tx, key, ABSENT);
            // All that others do to the map, but to this key, is no conflict.
            Thread other = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 1_000; i++) {
                    BytesKey each = BytesKey.of("other" + i);
                    stm.atomic(inner -> map.put(inner, each, 1, ABSENT));
                }
            });
            join(other);
            map.put(tx, BytesKey.of("new"), 1, ABSENT);
            return tx.attempt() == 1 ? value : -1;
        });
        assertEquals(1, valueOfFirstAttempt);
        assertEquals(1_002, stm.readOnlyLong(map::size));
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** Every key is given the hint of the key before it, which is as long. */
    @Test
    void entryOfAnotherKeyIsNotTaken() {
        long first = stm.atomicLong(tx -> {
            map.put(tx, BytesKey.of("a\0"), 1, ABSENT);
            return map.entries.hint(tx, BytesKey.of("a\0"));
        });
        for (String text : new String[] {"", "a", "b\0", "a\0\0", "ab"}) {
            BytesKey key = BytesKey.of(text);
            stm.atomic(tx -> {
                map.entries.mislead(tx, key, first);
                assertEquals(ABSENT, map.get(tx, key, ABSENT));
                map.put(tx, key, 2, ABSENT);
                map.entries.mislead(tx, key, first);
                assertEquals(2, map.get(tx, key, ABSENT));
            });
        }
    }
}
