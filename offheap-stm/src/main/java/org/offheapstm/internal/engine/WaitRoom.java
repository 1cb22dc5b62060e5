package org.offheapstm.internal.engine;

import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

import java.util.concurrent.locks.LockSupport;

/**
 * Where transactions wait, in {@code retry}, for a change of something they have read.
 *
 * <p><b>No wake-up is lost.</b> A waiter (1) enters its objects here, (2) adds one to WAITERS, (3)
 * looks whether anything it read has changed, a locked header counting as a change, and only then
 * parks. A commit (a) locks its headers, (b) loads WAITERS, (c) publishes, (d) if the count was not
 * 0, wakes whom it finds here for what it wrote. Both (2) and (a) are full fences: either (3) sees
 * the lock, or (b) sees the count, and then (d) sees the entry. Proof: the model's Retry; its
 * mutants that look before they count, or count before they lock, lose one.
 *
 * <p><b>The word that must not come back.</b> The waiter accepts words of its own slot that are as
 * new as its snapshot, and gives the slot away: another attempt may then publish the very word that
 * the waiter has seen. But it holds the slot until after (3), and never looks again.
 *
 * <p>A waiter is told what happened and never looks at the region again: it may have been unmapped.
 */
final class WaitRoom {
    private static final boolean COUNT_BEFORE_LOOK = !Seam.without("waiterCountBeforeLook");

    private static final int BUCKET_BITS = 8;

    private static final int WAITING = 0;
    private static final int CHANGED = 1;
    private static final int CLOSED = 2;

    /** One blocked transaction. */
    static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private final Node[] nodes;
        private volatile int state = WAITING;
        private boolean left;

        Waiter(long[] objects) {
            nodes = new Node[objects.length];
            for (int i = 0; i < objects.length; i++) {
                nodes[i] = new Node(this, objects[i]);
            }
        }

        private void tell(int what) {
            if (state == WAITING) {
                state = what;
            }
            LockSupport.unpark(thread);
        }
    }

    /** A waiter's place in the list of one bucket. */
    private static final class Node {
        final Waiter waiter;
        final long object;
        Node before;
        Node after;

        Node(Waiter waiter, long object) {
            this.waiter = waiter;
            this.object = object;
        }
    }

    private static final class Bucket {
        final Node head = new Node(null, -1);

        Bucket() {
            head.before = head;
            head.after = head;
        }
    }

    private final long count;
    private final Bucket[] buckets = new Bucket[1 << BUCKET_BITS];
    private volatile boolean closed;

    WaitRoom(long control) {
        count = control + Control.WAITERS;
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new Bucket();
        }
    }

    private Bucket bucket(long object) {
        return buckets[WriteLog.home(object, Long.SIZE - BUCKET_BITS)];
    }

    /** Steps 1 and 2. */
    Waiter enter(long[] objects) {
        Waiter waiter = new Waiter(objects);
        for (Node node : waiter.nodes) {
            Bucket bucket = bucket(node.object);
            synchronized (bucket) {
                node.after = bucket.head.after;
                node.before = bucket.head;
                node.after.before = node;
                node.before.after = node;
            }
        }
        if (COUNT_BEFORE_LOOK) {
            Memory.getAndAdd(count, 1);
        }
        if (closed) {
            waiter.tell(CLOSED);
        }
        return waiter;
    }

    /** After step 3: nothing, unless a test wants step 2 here. */
    void looked() {
        if (!COUNT_BEFORE_LOOK) {
            Memory.getAndAdd(count, 1);
        }
    }

    /** Undoes {@link #enter}; a second call does nothing. */
    void leave(Waiter waiter) {
        if (waiter.left) {
            return;
        }
        waiter.left = true;
        Memory.getAndAdd(count, -1);
        for (Node node : waiter.nodes) {
            Bucket bucket = bucket(node.object);
            synchronized (bucket) {
                node.after.before = node.before;
                node.before.after = node.after;
            }
        }
    }

    /**
     * Step 4: parks until something has changed, the time is over, the thread is interrupted, or
     * the engine closes.
     */
    void await(Waiter waiter, long deadlineNanos) {
        while (waiter.state == WAITING && !Thread.currentThread().isInterrupted()) {
            long left = deadlineNanos - System.nanoTime();
            if (left <= 0) {
                return;
            }
            if (Seam.parks()) {
                LockSupport.parkNanos(this, left);
            }
        }
    }

    /** Step d. */
    void changed(WriteLog log) {
        for (long entry = log.first(); entry != log.end(); entry += LogEntry.BYTES) {
            long object = LogEntry.object(entry);
            Bucket bucket = bucket(object);
            synchronized (bucket) {
                for (Node node = bucket.head.after; node != bucket.head; node = node.after) {
                    if (node.object == object) {
                        node.waiter.tell(CHANGED);
                    }
                }
            }
        }
    }

    /** Ends all waiting, now and later. */
    void close() {
        closed = true;
        for (Bucket bucket : buckets) {
            synchronized (bucket) {
                for (Node node = bucket.head.after; node != bucket.head; node = node.after) {
                    node.waiter.tell(CLOSED);
                }
            }
        }
    }
}
