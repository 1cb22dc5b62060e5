package org.offheapstm.bench.contender;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Plain off-heap words under one {@link ReentrantLock}: simple, correct, and no two threads ever at
 * work together.
 */
final class GlobalLockWords extends Words {
    private final ReentrantLock lock = new ReentrantLock();
    private final PlainWords plain;

    GlobalLockWords(int size) {
        super(size);
        plain = PlainWords.objects(size);
    }

    @Override
    public Actor actor(int[] picks) {
        return new LockingActor(lock, plain.actor(picks));
    }

    @Override
    public long total() {
        return plain.total();
    }

    @Override
    public void close() {
        plain.close();
    }

    private static final class LockingActor extends Actor {
        private final ReentrantLock lock;
        private final PlainWords.PlainActor plain;

        LockingActor(ReentrantLock lock, PlainWords.PlainActor plain) {
            this.lock = lock;
            this.plain = plain;
        }

        @Override
        public void increment(int at) {
            lock.lock();
            try {
                plain.increment(at);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void transfer(long seed, long amount) {
            lock.lock();
            try {
                plain.transfer(seed, amount);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public long sum(int at, int count) {
            lock.lock();
            try {
                return plain.sum(at, count);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public long sumDrawn(long seed, int count) {
            lock.lock();
            try {
                return plain.sumDrawn(seed, count);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void update(int at, int count) {
            lock.lock();
            try {
                plain.update(at, count);
            } finally {
                lock.unlock();
            }
        }
    }
}
