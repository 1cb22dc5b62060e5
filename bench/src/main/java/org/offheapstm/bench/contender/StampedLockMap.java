package org.offheapstm.bench.contender;

import java.util.concurrent.locks.StampedLock;

/**
 * The plain off-heap table under one {@link StampedLock}, read optimistically. That is safe because
 * the table never grows and an entry never moves; over a {@code HashMap} it would not be.
 */
final class StampedLockMap extends LongMap {
    private final StampedLock lock = new StampedLock();
    private final PlainMap plain;

    StampedLockMap(int keys) {
        plain = new PlainMap(keys);
    }

    @Override
    public Actor actor() {
        return new StampingActor(plain.actor());
    }

    @Override
    public void close() {
        plain.close();
    }

    private final class StampingActor extends Actor {
        private final PlainMap.PlainMapActor plain;

        StampingActor(PlainMap.PlainMapActor plain) {
            this.plain = plain;
        }

        @Override
        public long get(long key) {
            long stamp = lock.tryOptimisticRead();
            if (stamp != 0) {
                long value = plain.get(key);
                if (lock.validate(stamp)) {
                    return value;
                }
            }
            stamp = lock.readLock();
            try {
                return plain.get(key);
            } finally {
                lock.unlockRead(stamp);
            }
        }

        @Override
        public void put(long key, long value) {
            long stamp = lock.writeLock();
            try {
                plain.put(key, value);
            } finally {
                lock.unlockWrite(stamp);
            }
        }
    }
}
