package org.offheapstm.bench.htm.form;

import org.offheapstm.internal.memory.Memory;

import java.util.concurrent.locks.ReentrantLock;

/** Plain off-heap access under one {@link ReentrantLock}, to blocks like the engine's. */
final class LockedObjects implements Population {
    private final Blocks blocks;
    private final ReentrantLock lock = new ReentrantLock();

    LockedObjects(int objects) {
        blocks = new Blocks(objects);
    }

    @Override
    public long word(int object, int word) {
        return Memory.get(blocks.word(object, word));
    }

    @Override
    public Loop loop(int thread) {
        return new LockedLoop();
    }

    private final class LockedLoop extends JavaLoop {
        LockedLoop() {
            super(blocks.count());
        }

        private void addTo(int object, long delta) {
            long word = blocks.word(object, 0);
            Memory.set(word, Memory.get(word) + delta);
        }

        @Override
        long peek(int object) {
            return Memory.getOpaque(blocks.word(object, 0));
        }

        @Override
        void transfer(int from, int to) {
            lock.lock();
            try {
                addTo(from, -1);
                addTo(to, 1);
            } finally {
                lock.unlock();
            }
        }

        @Override
        boolean swap(int count) {
            lock.lock();
            try {
                for (int i = 0; i < count; i++) {
                    if (Memory.get(blocks.word(changed[i], 0)) != expected[i]) {
                        return false;
                    }
                }
                for (int i = 0; i < count; i++) {
                    Memory.set(blocks.word(changed[i], 0), expected[i] + 1);
                }
                return true;
            } finally {
                lock.unlock();
            }
        }

        @Override
        void add(int first, int count) {
            lock.lock();
            try {
                for (int i = first; i < first + count; i++) {
                    addTo(i, 1);
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        long sum(int first, int count) {
            lock.lock();
            try {
                long sum = 0;
                for (int i = first; i < first + count; i++) {
                    sum += Memory.get(blocks.word(i, 0));
                }
                return sum;
            } finally {
                lock.unlock();
            }
        }

        @Override
        boolean put(long key, long value) {
            lock.lock();
            try {
                int place = find(key);
                if (place < 0) {
                    return false;
                }
                if (Memory.get(blocks.word(place, 0)) == 0) {
                    Memory.set(blocks.word(place, 0), key);
                }
                Memory.set(blocks.word(place, 1), value);
                return true;
            } finally {
                lock.unlock();
            }
        }

        @Override
        long get(long key) {
            lock.lock();
            try {
                int place = find(key);
                boolean isThere = place >= 0 && Memory.get(blocks.word(place, 0)) == key;
                return isThere ? Memory.get(blocks.word(place, 1)) : 0;
            } finally {
                lock.unlock();
            }
        }

        /** The place of a key, or the empty one where it would go; less than 0 if none is near. */
        private int find(long key) {
            for (int probe = 0; probe < MAX_PROBES; probe++) {
                int place = place(key, probe);
                long there = Memory.get(blocks.word(place, 0));
                if (there == key || there == 0) {
                    return place;
                }
            }
            return -1;
        }
    }
}
