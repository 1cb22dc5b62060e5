package org.offheapstm.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.tests.Seed;

import java.util.SplittableRandom;

/**
 * Goal: a map shared by two threads stays one map, and threads that use different keys seldom
 * abort. Method: invariants that hold in every state, checked while both run and after.
 */
final class LongMapThreadsTest {
    private static final long ABSENT = Long.MIN_VALUE;

    private final Stm stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(256L << 20));
    private final LongMap map = stm.atomicGet(LongMap::create);

    @AfterEach
    void close() {
        stm.close();
    }

    @Test
    void twoThreadsGrowItFromNothingAndSeldomConflict() throws InterruptedException {
        int each = 60_000;
        Pair.run(which -> {
            for (int i = 0; i < each; i++) {
                long key = 2L * i + which;
                assertEquals(ABSENT, stm.atomicLong(tx -> map.put(tx, key, ~key, ABSENT)));
            }
        });
        assertEquals(2L * each, stm.readOnlyLong(map::size));
        stm.readOnly(tx -> {
            for (long key = 0; key < 2L * each; key++) {
                assertEquals(~key, map.get(tx, key, ABSENT));
            }
        });
        long lost = Pair.overwritten(stm);
        assertTrue(lost < each / 100, () -> stm.statistics().toString());
    }

    @Test
    void additionsToSharedKeysDoNotConflict() throws InterruptedException {
        int keys = 16;
        int each = 100_000;
        stm.atomic(tx -> {
            for (int key = 0; key < keys; key++) {
                map.put(tx, key, 0, ABSENT);
            }
        });
        Pair.run(which -> {
            for (int i = 0; i < each; i++) {
                int key = i % keys;
                stm.atomic(tx -> map.addTo(tx, key, 1));
            }
        });
        stm.readOnly(tx -> {
            for (int key = 0; key < keys; key++) {
                assertEquals(2L * each / keys, map.get(tx, key, ABSENT));
            }
        });
        assertEquals(0, Pair.overwritten(stm), () -> stm.statistics().toString());
    }

    /** Values move between keys, which come and go with them; their sum stays. */
    @Test
    void sumOverAllValuesStaysUnderTransfers() throws InterruptedException {
        int keys = 200;
        long each = 1_000;
        Seed seed = Seed.of(LongMapThreadsTest.class);
        stm.atomic(tx -> {
            for (int key = 0; key < keys; key += 2) {
                map.put(tx, key, each, 0);
            }
        });
        long total = each * keys / 2;
        Pair.run(which -> {
            SplittableRandom random = new SplittableRandom(seed.value() + which);
            for (int i = 0; i < 30_000; i++) {
                long from = random.nextInt(keys);
                long to = random.nextInt(keys);
                long amount = random.nextLong(each);
                stm.atomic(tx -> move(tx, from, to, amount));
                if (i % 500 == 0) {
                    assertEquals(total, stm.readOnlyLong(this::sum), seed::toString);
                    assertEquals(total, stm.atomicLong(this::sum), seed::toString);
                }
            }
        });
        assertEquals(total, stm.readOnlyLong(this::sum), seed::toString);
        long[] entries = new long[1];
        stm.readOnly(tx -> {
            entries[0] = 0;
            map.forEach(tx, (key, value) -> entries[0]++);
            assertEquals(entries[0], map.size(tx));
        });
    }

    private void move(Transaction tx, long from, long to, long amount) {
        long has = map.get(tx, from, 0);
        long moved = Math.min(has, amount);
        if (moved == has) {
            map.remove(tx, from, 0);
        } else {
            map.put(tx, from, has - moved, 0);
        }
        if (moved > 0) {
            map.addTo(tx, to, moved);
        }
    }

    private long sum(Transaction tx) {
        long[] sum = new long[1];
        map.forEach(tx, (key, value) -> sum[0] += value);
        return sum[0];
    }

    /** A key that is there all the time is visited exactly once, whatever splits meanwhile. */
    @Test
    void chunksVisitStableKeysOnceWhileAnotherThreadInserts() throws InterruptedException {
        int stable = 2_000;
        stm.atomic(tx -> {
            for (int key = 0; key < stable; key++) {
                map.put(tx, key, key, ABSENT);
            }
        });
        Pair.run(which -> {
            for (int round = 0; round < 10; round++) {
                if (which == 0) {
                    for (int i = 0; i < 4_000; i++) {
                        long key = stable + 4_000L * round + i;
                        stm.atomicLong(tx -> map.put(tx, key, 1, ABSENT));
                    }
                } else {
                    visitStableOnce(stable);
                }
            }
        });
    }

    private void visitStableOnce(int stable) {
        int[] visits = new int[stable];
        int[] seen = new int[64 * 8];
        long cursor = 0;
        do {
            long from = cursor;
            int[] count = new int[1];
            cursor = stm.atomicLong(tx -> {
                count[0] = 0;
                return map.forEach(tx, from, 64, (key, value) -> {
                    if (key < stable) {
                        seen[count[0]++] = (int) key;
                    }
                });
            });
            for (int i = 0; i < count[0]; i++) {
                visits[seen[i]]++;
            }
        } while (cursor != 0);
        for (int key = 0; key < stable; key++) {
            assertEquals(1, visits[key], "visits of key " + key);
        }
    }
}
