package org.offheapstm.bench.contender;

import java.util.concurrent.ConcurrentHashMap;

/**
 * The JDK's {@link ConcurrentHashMap}: atomic for one key at a time, which is all this workload
 * asks.
 */
final class ConcurrentMap extends LongMap {
    private final ConcurrentHashMap<Long, Long> map = new ConcurrentHashMap<>();

    ConcurrentMap(int keys) {
        for (long key = 0; key < keys; key++) {
            map.put(key, Words.INITIAL);
        }
    }

    @Override
    public Actor actor() {
        return new ConcurrentActor();
    }

    private final class ConcurrentActor extends Actor {
        @Override
        public long get(long key) {
            return map.get(key);
        }

        @Override
        public void put(long key, long value) {
            map.put(key, value);
        }
    }
}
