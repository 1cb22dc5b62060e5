package org.offheapstm.bench.contender;

import java.util.concurrent.locks.ReentrantLock;

/** The plain off-heap table under one {@link ReentrantLock}. */
final class GlobalLockMap extends LongMap {
    private final ReentrantLock lock = new ReentrantLock();
    private final PlainMap plain;

    GlobalLockMap(int keys) {
        plain = new PlainMap(keys);
    }

    @Override
    public Actor actor() {
        return new LockingActor(plain.actor());
    }

    @Override
    public void close() {
        plain.close();
    }

    private final class LockingActor extends Actor {
        private final PlainMap.PlainMapActor plain;

        LockingActor(PlainMap.PlainMapActor plain) {
            this.plain = plain;
        }

        @Override
        public long get(long key) {
            lock.lock();
            try {
                return plain.get(key);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void put(long key, long value) {
            lock.lock();
            try {
                plain.put(key, value);
            } finally {
                lock.unlock();
            }
        }
    }
}
