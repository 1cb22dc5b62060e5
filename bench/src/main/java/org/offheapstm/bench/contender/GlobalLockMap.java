package org.offheapstm.bench.contender;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** A {@link HashMap} under one {@link ReentrantLock}. */
final class GlobalLockMap extends LongMap {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, Long> map = new HashMap<>();

    GlobalLockMap(int keys) {
        for (long key = 0; key < keys; key++) {
            map.put(key, Words.INITIAL);
        }
    }

    @Override
    public Actor actor() {
        return new LockingActor();
    }

    private final class LockingActor extends Actor {
        @Override
        public long get(long key) {
            lock.lock();
            try {
                return map.get(key);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void put(long key, long value) {
            lock.lock();
            try {
                map.put(key, value);
            } finally {
                lock.unlock();
            }
        }
    }
}
