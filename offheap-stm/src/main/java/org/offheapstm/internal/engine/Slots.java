package org.offheapstm.internal.engine;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Who may run an attempt in which slot.
 *
 * <p>A slot is leased to one thread at a time. A platform thread keeps its lease between
 * transactions, so a transaction costs one look at a thread-local; while leases are scarce it gives
 * it back each time. A virtual thread gives it back after each transaction, and every blocked
 * transaction gives it back while it waits: so any number of threads can share the slots. The
 * leases of threads that have died are taken back when a new one is wanted.
 *
 * <p>A lease is handed over through {@link #free}, a stack of slot numbers with a tag against
 * reuse, by compare-and-set: all commits of the slot happen before the next lease. Accepting an
 * object because this slot wrote it last rests on that.
 */
final class Slots {
    private static final long POLL_NANOS = 20_000;
    private static final long SLOT_MASK = 0xFFFF;

    /** Size of the table of kept leases, a power of two. */
    private static final int KEPT = 1024;

    private final Engine engine;

    /**
     * Per engine, so not static; removed with the lease. Weak, because a thread that keeps its
     * lease may live longer than the engine: a strong value would keep its own key, and with it
     * every engine that the thread has ever used.
     */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<WeakReference<Attempt>> leased = new ThreadLocal<>();

    /** Attempts kept by platform threads, by thread id: nearly always found at the first look. */
    private final Attempt[] kept = new Attempt[KEPT];

    /** Tag << 16 | first free slot, 0 if none. */
    private final AtomicLong free = new AtomicLong();

    private final int[] next;
    private final Attempt[] attempts;

    /** The platform thread that keeps each lease, or null. */
    private final Thread[] keepers;

    private volatile int made;

    Slots(Engine engine, int count) {
        this.engine = engine;
        next = new int[count + 1];
        attempts = new Attempt[count + 1];
        keepers = new Thread[count + 1];
    }

    /**
     * The attempt leased by this thread, or null.
     *
     * <p>The table is read without order: an entry is this thread's if it names this thread as
     * keeper, and only this thread writes that.
     */
    Attempt current() {
        long thread = Thread.currentThread().threadId();
        Attempt attempt = kept[(int) thread & KEPT - 1];
        return attempt != null && attempt.keeper == thread ? attempt : leased();
    }

    private Attempt leased() {
        WeakReference<Attempt> lease = leased.get();
        return lease == null ? null : lease.get();
    }

    /** How many slots have ever been used. */
    int made() {
        return made;
    }

    Attempt attempt(int slot) {
        return attempts[slot];
    }

    /** Leases a slot, waiting for one if all are running. */
    Attempt lease() {
        while (true) {
            Attempt attempt = pop();
            if (attempt == null) {
                attempt = make();
            }
            if (attempt != null) {
                leased.set(attempt.lease);
                return attempt;
            }
            engine.checkOpen();
            LockSupport.parkNanos(this, POLL_NANOS);
        }
    }

    private Attempt pop() {
        while (true) {
            long head = free.get();
            int slot = (int) (head & SLOT_MASK);
            if (slot == 0) {
                return null;
            }
            if (free.compareAndSet(head, tagged(head, next[slot]))) {
                return attempts[slot];
            }
        }
    }

    private void push(int slot) {
        while (true) {
            long head = free.get();
            next[slot] = (int) (head & SLOT_MASK);
            if (free.compareAndSet(head, tagged(head, slot))) {
                return;
            }
        }
    }

    private static long tagged(long head, int slot) {
        return (head | SLOT_MASK) + 1 | slot;
    }

    private synchronized Attempt make() {
        if (reclaimDead()) {
            return pop();
        }
        if (made + 1 == attempts.length) {
            return null;
        }
        int slot = made + 1;
        attempts[slot] = new Attempt(engine, slot);
        made = slot;
        return attempts[slot];
    }

    private boolean reclaimDead() {
        boolean any = false;
        for (int slot = 1; slot <= made; slot++) {
            Thread keeper = keepers[slot];
            if (keeper != null && !keeper.isAlive()) {
                keepers[slot] = null;
                attempts[slot].keeper = Lifecycle.NOBODY;
                push(slot);
                any = true;
            }
        }
        return any;
    }

    /** After a transaction: keeps the lease if this is a platform thread and slots are plenty. */
    void settle(Attempt attempt) {
        Thread thread = Thread.currentThread();
        if (attempt.keeper != Lifecycle.NOBODY) {
            return;
        }
        if (thread.isVirtual() || 2 * made >= attempts.length) {
            giveBack(attempt);
        } else {
            synchronized (this) {
                keepers[attempt.slot] = thread;
            }
            attempt.keeper = thread.threadId();
            kept[(int) attempt.keeper & KEPT - 1] = attempt;
        }
    }

    /** Gives a lease back. */
    void giveBack(Attempt attempt) {
        leased.remove();
        if (attempt.keeper != Lifecycle.NOBODY) {
            attempt.keeper = Lifecycle.NOBODY;
            synchronized (this) {
                keepers[attempt.slot] = null;
            }
        }
        push(attempt.slot);
    }
}
