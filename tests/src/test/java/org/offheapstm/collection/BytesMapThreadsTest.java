package org.offheapstm.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;

import java.util.SplittableRandom;

/** Goal: two threads share a map of texts without getting in each other's way. Method: counting. */
final class BytesMapThreadsTest {
    private static final long ABSENT = Long.MIN_VALUE;

    private final Stm stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(256L << 20));
    private final BytesMap map = stm.atomicGet(BytesMap::create);

    @AfterEach
    void close() {
        stm.close();
    }

    /** Both insert, count in, and remove the same keys, and each knows what it added to the sum. */
    @Test
    void twoThreadsPutCountAndRemoveTheSameKeys() throws InterruptedException {
        int rounds = 20_000;
        long[] net = new long[Pair.THREADS];
        Pair.run(which -> {
            SplittableRandom random = new SplittableRandom(which);
            BytesKey key = new BytesKey();
            for (int i = 0; i < rounds; i++) {
                key.text("k" + random.nextInt(200));
                int action = random.nextInt(4);
                net[which] += stm.atomicLong(tx -> {
                    switch (action) {
                        case 0 -> {
                            return -map.remove(tx, key, 0);
                        }
                        case 1 -> {
                            return 5 - map.put(tx, key, 5, 0);
                        }
                        default -> {
                            map.addTo(tx, key, 1);
                            return 1;
                        }
                    }
                });
            }
        });
        long[] found = new long[2];
        stm.readOnly(tx -> {
            found[0] = 0;
            found[1] = 0;
            map.forEach(tx, (key, value) -> {
                found[0] += value;
                found[1]++;
            });
            assertEquals(found[1], map.size(tx));
        });
        assertEquals(net[0] + net[1], found[0]);
    }

    /** Documents of words, most of them known: as in an index. */
    @Test
    void transactionsOfManyKnownWordsSeldomConflictWhileNewOnesCome() throws InterruptedException {
        int words = 2_000;
        int documents = 300;
        int known = 300;
        for (int i = 0; i < words; i++) {
            BytesKey key = BytesKey.of("w" + i);
            stm.atomic(tx -> map.put(tx, key, 0, ABSENT));
        }
        for (int i = 0; i < 20 * words; i++) {
            BytesKey key = BytesKey.of("w" + i % words);
            stm.readOnlyLong(tx -> map.get(tx, key, ABSENT));
        }
        long before = Pair.overwritten(stm);
        Pair.run(which -> {
            SplittableRandom random = new SplittableRandom(which);
            BytesKey key = new BytesKey();
            for (int document = 0; document < documents; document++) {
                int[] chosen = random.ints(known, 0, words).toArray();
                String added = "new" + which + "-" + document;
                stm.atomic(tx -> {
                    for (int word : chosen) {
                        map.addTo(tx, key.text("w" + word), 1);
                    }
                    map.put(tx, key.text(added), 0, ABSENT);
                });
            }
        });
        long lost = Pair.overwritten(stm) - before;
        long[] sum = new long[1];
        stm.readOnly(tx -> {
            sum[0] = 0;
            map.forEach(tx, (key, value) -> sum[0] += value);
        });
        assertEquals(2L * documents * known, sum[0]);
        assertEquals(words + 2L * documents, stm.readOnlyLong(map::size));
        assertTrue(
                lost < documents / 10,
                () -> "lost=" + lost + " of " + 2 * documents + ": " + stm.statistics());
    }
}
