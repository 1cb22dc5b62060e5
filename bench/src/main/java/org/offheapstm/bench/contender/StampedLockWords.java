package org.offheapstm.bench.contender;

import java.util.concurrent.locks.StampedLock;

/**
 * Plain off-heap words under one {@link StampedLock}: writers exclude each other, readers read
 * optimistically and look at the stamp afterwards; a reader whom a writer has overtaken takes the
 * read lock.
 */
final class StampedLockWords extends Words {
    private final StampedLock lock = new StampedLock();
    private final PlainWords plain;

    StampedLockWords(int size) {
        super(size);
        plain = PlainWords.objects(size);
    }

    @Override
    public Actor actor(int[] picks) {
        return new StampingActor(lock, plain.actor(picks));
    }

    @Override
    public long total() {
        return plain.total();
    }

    @Override
    public void close() {
        plain.close();
    }

    private static final class StampingActor extends Actor {
        private final StampedLock lock;
        private final PlainWords.PlainActor plain;

        StampingActor(StampedLock lock, PlainWords.PlainActor plain) {
            this.lock = lock;
            this.plain = plain;
        }

        @Override
        public void increment(int at) {
            long stamp = lock.writeLock();
            try {
                plain.increment(at);
            } finally {
                lock.unlockWrite(stamp);
            }
        }

        @Override
        public void transfer(long seed, long amount) {
            long stamp = lock.writeLock();
            try {
                plain.transfer(seed, amount);
            } finally {
                lock.unlockWrite(stamp);
            }
        }

        @Override
        public long sum(int at, int count) {
            long stamp = lock.tryOptimisticRead();
            if (stamp != 0) {
                long sum = plain.sum(at, count);
                if (lock.validate(stamp)) {
                    return sum;
                }
            }
            stamp = lock.readLock();
            try {
                return plain.sum(at, count);
            } finally {
                lock.unlockRead(stamp);
            }
        }

        @Override
        public long sumDrawn(long seed, int count) {
            long stamp = lock.tryOptimisticRead();
            if (stamp != 0) {
                long sum = plain.sumDrawn(seed, count);
                if (lock.validate(stamp)) {
                    return sum;
                }
            }
            stamp = lock.readLock();
            try {
                return plain.sumDrawn(seed, count);
            } finally {
                lock.unlockRead(stamp);
            }
        }

        @Override
        public void update(int at, int count) {
            long stamp = lock.writeLock();
            try {
                plain.update(at, count);
            } finally {
                lock.unlockWrite(stamp);
            }
        }
    }
}
