package org.offheapstm.explore;

import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.ProcessBarrier;

/**
 * Every ordering claim of the engine, as two threads that make the accesses the engine makes, in
 * its order and with its modes, on a few words that are zero at first. Each side says 1 if it saw
 * its half of the bad outcome; both at once must never be.
 *
 * <p>The litmus tests run these under jcstress, the test run for a moment by itself. What could be
 * seen where, if the order were not kept, stands at each.
 */
public enum Ordering {
    /**
     * LOCK before payload; payload before the second look. Bad: the old header twice, and the new
     * payload between. If the fences were missing: on AArch64 and POWER by the hardware; on x86,
     * where neither two stores nor two loads change places, only if the compiler moved them.
     */
    TORN_READ {
        @Override
        public long left(long at) {
            commitTo(at);
            return 1;
        }

        @Override
        public long right(long at) {
            long header = Memory.getAcquire(at + HEADER);
            long value = Memory.get(at + PAYLOAD);
            Memory.loadLoadFence();
            boolean unchanged = Memory.getOpaque(at + HEADER) == header;
            return unchanged && header == OLD && value != 0 ? 1 : 0;
        }
    },

    /**
     * Payload before the header's release. Bad: the new header, then the old payload. If the
     * release or the acquire were plain: on AArch64 and POWER by the hardware; on x86 by the
     * compiler only.
     */
    PUBLISH {
        @Override
        public long left(long at) {
            commitTo(at);
            return 1;
        }

        @Override
        public long right(long at) {
            long header = Memory.getAcquire(at + HEADER);
            long value = Memory.get(at + PAYLOAD);
            return header == NEW && value == 0 ? 1 : 0;
        }
    },

    /**
     * The locks before the commit's load of the clock; the tick before the reader's load of a
     * header. Bad: the commit uses the clock from before the tick, and the reader, whose snapshot
     * is after it, finds no lock. If either update were a plain store: store buffers show it on x86
     * too; with the acquire load of the clock after a compare-and-set, AArch64 alone may.
     */
    CLOCK_AFTER_LOCK {
        @Override
        public long left(long at) {
            Memory.compareAndSet(at + HEADER, OLD, LOCKED);
            return Memory.getVolatile(at + SHARED) == 0 ? 1 : 0;
        }

        @Override
        public long right(long at) {
            Memory.compareAndSet(at + SHARED, 0, 1);
            long snapshot = Memory.getAcquire(at + SHARED);
            return Memory.getAcquire(at + HEADER) == OLD && snapshot == 1 ? 1 : 0;
        }
    },

    /**
     * The locks before the commit's load of the count of waiters; the waiter's count before its
     * look at the headers. Bad: the commit finds nobody and the waiter no change, so it sleeps on.
     * If either update were a plain store: store buffers show it on x86 too.
     */
    WAITER_COUNT {
        @Override
        public long left(long at) {
            Memory.compareAndSet(at + HEADER, OLD, LOCKED);
            return Memory.getVolatile(at + SHARED) == 0 ? 1 : 0;
        }

        @Override
        public long right(long at) {
            Memory.getAndAdd(at + SHARED, 1);
            return Memory.getAcquire(at + HEADER) == OLD ? 1 : 0;
        }
    },

    /**
     * LOCK on a new object, by a plain store, before the header of the object with the reference to
     * it. Bad: the reference, and FREED behind it (0 here). If the release or the acquire were
     * plain: on AArch64 and POWER by the hardware; on x86 by the compiler only.
     */
    BIRTH_LOCK {
        @Override
        public long left(long at) {
            Memory.setOpaque(at + SHARED, LOCKED);
            commitTo(at);
            Memory.setRelease(at + SHARED, NEW);
            return 1;
        }

        @Override
        public long right(long at) {
            long header = Memory.getAcquire(at + HEADER);
            long reference = Memory.get(at + PAYLOAD);
            long born = Memory.getAcquire(at + SHARED);
            return header == NEW && reference != 0 && born == 0 ? 1 : 0;
        }
    },

    /**
     * LOCK on a new object before the commit's load of the clock, where nothing else is locked, so
     * that no compare-and-set but a full fence orders them. Bad: as for {@link #CLOCK_AFTER_LOCK}.
     * Without the fence store buffers show it on x86 too: see {@link #BIRTH_CLOCK_WITHOUT_FENCE}.
     */
    BIRTH_CLOCK {
        @Override
        public long left(long at) {
            Memory.setOpaque(at + HEADER, LOCKED);
            Memory.fullFence();
            return Memory.getVolatile(at + SHARED) == 0 ? 1 : 0;
        }

        @Override
        public long right(long at) {
            return CLOCK_AFTER_LOCK.right(at);
        }
    },

    /** The same without the fence, to show that the bad outcome can be seen at all. */
    BIRTH_CLOCK_WITHOUT_FENCE {
        @Override
        public long left(long at) {
            Memory.setOpaque(at + HEADER, LOCKED);
            return Memory.getVolatile(at + SHARED) == 0 ? 1 : 0;
        }

        @Override
        public long right(long at) {
            return CLOCK_AFTER_LOCK.right(at);
        }
    },

    /**
     * An attempt's announcement before its look whether the engine is closed; the closing before
     * the look at the announcements. Bad: neither sees the other, and memory is unmapped under a
     * running attempt. Without the process-wide barrier store buffers show it on x86 too.
     */
    QUIESCENCE {
        @Override
        public long left(long at) {
            Memory.setOpaque(at + HEADER, 1);
            if (!ProcessBarrier.AVAILABLE) {
                Memory.fullFence();
            }
            return Memory.getVolatile(at + SHARED) == 0 ? 1 : 0;
        }

        @Override
        public long right(long at) {
            Memory.setVolatile(at + SHARED, 1);
            ProcessBarrier.issue();
            return Memory.getAcquire(at + HEADER) == 0 ? 1 : 0;
        }
    },

    /**
     * A before-image before its link, the link before the header. Bad: the new header and no link,
     * or a link to what is not written yet. If a release or an acquire were plain: on AArch64 and
     * POWER by the hardware; on x86 by the compiler only.
     */
    IMAGE_LINK {
        @Override
        public long left(long at) {
            Memory.compareAndSet(at + HEADER, OLD, LOCKED);
            Memory.set(at + PAYLOAD, 1);
            Memory.setRelease(at + SHARED, NEW);
            Memory.setRelease(at + HEADER, NEW);
            return 1;
        }

        @Override
        public long right(long at) {
            long header = Memory.getAcquire(at + HEADER);
            long link = Memory.getAcquire(at + SHARED);
            long image = Memory.get(at + PAYLOAD);
            return header == NEW && link == 0 || link == NEW && image == 0 ? 1 : 0;
        }
    },

    /**
     * A snapshot's count before its tick; a commit's load of the clock before that of the count.
     * Bad: the commit has the clock of after the tick, and does not find the snapshot counted, so
     * it keeps nothing for it. If the commit's loads were plain: on AArch64 and POWER by the
     * hardware; on x86 by the compiler only.
     */
    SNAPSHOT_COUNT {
        @Override
        public long left(long at) {
            long clock = Memory.getVolatile(at + HEADER);
            return clock != 0 && Memory.getVolatile(at + SHARED) == 0 ? 1 : 0;
        }

        @Override
        public long right(long at) {
            Memory.getAndAdd(at + SHARED, 1);
            Memory.getAndAdd(at + HEADER, 1);
            return 1;
        }
    },

    /**
     * A snapshot's announcement, and the mark up to which views are looked at, before its tick; a
     * reclaimer's load of the clock before that of mark and view. Bad: the reclaimer has the clock
     * of after the tick, and finds nobody, so it gives back what the snapshot sees. If the loads of
     * clock and mark were plain: on AArch64 and POWER by the hardware; on x86 by the compiler only.
     * If the clock were loaded last: anywhere, whatever the modes.
     */
    CLOCK_BEFORE_VIEWS {
        @Override
        public long left(long at) {
            long clock = Memory.getVolatile(at + HEADER);
            long used = Memory.getVolatile(at + PAYLOAD);
            return clock != 0 && (used == 0 || Memory.getAcquire(at + SHARED) == 0) ? 1 : 0;
        }

        @Override
        public long right(long at) {
            Memory.setVolatile(at + SHARED, ANNOUNCED);
            Memory.compareAndSet(at + PAYLOAD, 0, 1);
            Memory.getAndAdd(at + HEADER, 1);
            return 1;
        }
    };

    /** Bytes that one run needs: two lines, so that the words do not travel together. */
    public static final long BYTES = 128;

    private static final long HEADER = 0;
    private static final long PAYLOAD = 8;
    private static final long SHARED = 64;

    private static final long OLD = 0;
    private static final long LOCKED = Header.LOCK;
    private static final long NEW = 1;
    private static final long ANNOUNCED = -2;

    /** One thread's accesses to the words at an address; 1 if it saw its half of what is bad. */
    public abstract long left(long at);

    /** The other thread's. */
    public abstract long right(long at);

    /** As a commit does: lock, fence, payload, header. */
    private static void commitTo(long at) {
        Memory.compareAndSet(at + HEADER, OLD, LOCKED);
        Memory.storeStoreFence();
        Memory.set(at + PAYLOAD, 1);
        Memory.setRelease(at + HEADER, NEW);
    }
}
