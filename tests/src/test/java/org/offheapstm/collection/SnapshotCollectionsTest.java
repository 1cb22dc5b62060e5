package org.offheapstm.collection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.Snapshot;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.engine.Elsewhere;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Goal: every collection can be read in a snapshot, and visited, as it was then, whatever becomes
 * of it meanwhile. Method: the contents are replaced, cleared and freed beside the snapshot;
 * several threads visit parts of it at once.
 */
final class SnapshotCollectionsTest {
    private static final long KEYS = 3_000;

    private final Stm stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(64L << 20));
    private final Elsewhere left = new Elsewhere("left");
    private final Elsewhere right = new Elsewhere("right");

    @AfterEach
    void close() {
        left.close();
        right.close();
        stm.close();
    }

    private LongMap longMap() {
        LongMap map = stm.atomicGet(LongMap::create);
        for (long first = 0; first < KEYS; first += 100) {
            long from = first;
            stm.atomic(tx -> {
                for (long key = from; key < from + 100; key++) {
                    map.put(tx, key, 10 * key, -1);
                }
            });
        }
        return map;
    }

    private static Map<Long, Long> expected() {
        Map<Long, Long> expected = new TreeMap<>();
        for (long key = 0; key < KEYS; key++) {
            expected.put(key, 10 * key);
        }
        return expected;
    }

    /** Grows it, changes and removes entries, and frees it in the end. */
    private void ruin(LongMap map) {
        for (long key = 0; key < 2 * KEYS; key++) {
            long each = key;
            stm.atomic(tx -> {
                if (each % 3 == 0) {
                    map.remove(tx, each, -1);
                } else {
                    map.put(tx, each, each, -1);
                }
            });
        }
        while (!stm.atomicGet(tx -> map.clear(tx, 50, (key, value) -> {}))) {}
        stm.atomic(map::free);
    }

    @Test
    void longMapIsVisitedAsItWas() {
        LongMap map = longMap();
        try (Snapshot snapshot = stm.openSnapshot()) {
            Future<Void> ruin = left.start(() -> ruin(map));
            for (int i = 0; i < 3 || !ruin.isDone(); i++) {
                Map<Long, Long> seen = new TreeMap<>();
                snapshot.readOnly(tx -> {
                    map.forEach(tx, seen::put);
                    assertEquals(KEYS, map.size(tx));
                    assertEquals(30, map.get(tx, 3, -1));
                });
                assertEquals(expected(), seen);
            }
            Elsewhere.await(ruin);
        }
    }

    /** Method: two threads take chunk after chunk, while a third ruins the map. */
    @Test
    void severalThreadsVisitChunksOfOneSnapshot() {
        LongMap map = longMap();
        Map<Long, Long> seen = new ConcurrentSkipListMap<>();
        AtomicLong visits = new AtomicLong();
        try (Snapshot snapshot = stm.openSnapshot()) {
            Elsewhere.Step visiting = () -> {
                long cursor = 0;
                do {
                    long from = cursor;
                    cursor = snapshot.readOnlyLong(tx -> map.forEach(tx, from, 7, (key, value) -> {
                        seen.put(key, value);
                        visits.incrementAndGet();
                    }));
                } while (cursor != 0);
            };
            List<Future<Void>> visitors = List.of(left.start(visiting), right.start(visiting));
            ruin(map);
            visitors.forEach(Elsewhere::await);
            assertEquals(expected(), seen);
            assertEquals(2 * KEYS, visits.get(), "each entry once for each thread");
        }
    }

    @Test
    void bytesMapBlobsAndCounterAreReadAsTheyWere() {
        BytesMap map = stm.atomicGet(BytesMap::create);
        TxCounter counter = stm.atomicGet(TxCounter::create);
        for (int i = 0; i < 300; i++) {
            int each = i;
            stm.atomic(tx -> {
                map.put(tx, name(each), Blob.create(tx, content(each, 1)), Transaction.NULL);
                counter.add(tx, each);
            });
        }
        try (Snapshot snapshot = stm.openSnapshot()) {
            left.run(() -> {
                for (int i = 0; i < 300; i++) {
                    int each = i;
                    stm.atomic(tx -> {
                        byte[] other = content(each, 2);
                        long blob = map.get(tx, name(each), Transaction.NULL);
                        map.put(
                                tx,
                                name(each),
                                Blob.replace(tx, blob, other, 0, other.length),
                                Transaction.NULL);
                        counter.add(tx, 1);
                    });
                }
                stm.atomic(tx -> {
                    map.forEach(tx, (key, blob) -> Blob.free(tx, blob));
                    map.clear(tx);
                    map.free(tx);
                    counter.free(tx);
                });
                stm.atomic(tx -> {
                    for (int i = 0; i < 300; i++) {
                        Blob.create(tx, content(i, 3));
                    }
                });
            });
            snapshot.readOnly(tx -> {
                int[] visits = {0};
                map.forEach(tx, (key, blob) -> {
                    int number = Integer.parseInt(key.toString().substring(4));
                    assertArrayEquals(content(number, 1), Blob.toBytes(tx, blob));
                    visits[0]++;
                });
                assertEquals(300, visits[0]);
                assertEquals(300 * 299 / 2, counter.sum(tx));
            });
        }
    }

    private static BytesKey name(int number) {
        return BytesKey.of("name" + number);
    }

    /** Of a length between nothing and some stripes. */
    private static byte[] content(int number, int version) {
        byte[] content = new byte[number * 7 * version % 1_500];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (number + version + i);
        }
        return content;
    }
}
