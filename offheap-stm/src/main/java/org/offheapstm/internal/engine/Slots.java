package org.offheapstm.internal.engine;

import org.offheapstm.internal.memory.Seam;

import java.lang.ref.Reference;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Who may run an attempt in which slot.
 *
 * <p>A slot is leased to one thread at a time. A platform thread keeps its lease between
 * transactions, so a transaction costs one look at a thread-local, up to a number of such threads;
 * a virtual thread, or one too many, gives it back after each transaction, and every blocked
 * transaction gives it back while it waits: so any number of threads can share the slots.
 *
 * <p><b>Idle threads take nothing from others.</b> Slots are made until as many as may run are
 * <em>not</em> kept; whoever keeps one has been replaced. So a thread waits only while that many
 * others run, and what an idle thread keeps costs memory, not turns. The leases of threads that
 * have died are taken back when a new one is wanted, and now and then when one could be kept.
 *
 * <p><b>No wake-up is lost.</b> A waiter enters the queue, then looks for a free slot, then parks;
 * whoever gives a slot back makes it free, then looks at the head of the queue: one of the two sees
 * the other. Whoever leaves the queue, with a slot or without, wakes the next one: the wake-up that
 * it has had may have been somebody else's.
 *
 * <p><b>Nobody starves.</b> Threads that come may take a free slot before those that wait: handing
 * over each slot by a wake-up would cost far more than a short transaction. But when the first in
 * the queue has been woken {@link #PATIENCE} times for nothing, nobody but it gets one.
 *
 * <p><b>A full region can be emptied.</b> The first write in a slot claims room for its log and its
 * copies, 128 KiB; where that is refused, the transaction runs again in the <em>spare</em> slot,
 * which has claimed its room when the engine was opened. One at a time, and never kept.
 *
 * <p>A lease is handed over through {@link #free}, a stack of slot numbers with a tag against
 * reuse, by compare-and-set: all commits of the slot happen before the next lease. Accepting an
 * object because this slot wrote it last rests on that.
 */
final class Slots {
    private static final long SLOT_MASK = 0xFFFF;

    /** Size of the table of kept leases, a power of two. */
    private static final int KEPT = 1024;

    /** How many refusals to keep a lease until the next look for threads that have died. */
    private static final int REFUSALS = 1024;

    private static final int PATIENCE = 8;

    /** The first slot. */
    private static final int SPARE = 1;

    /** How many of those that run a message names. */
    private static final int MAX_DESCRIBED = 3;

    private final Engine engine;

    /**
     * Per engine, so not static; removed with the lease. Weak, because a value that reaches its own
     * key would stay with a thread that outlives the engine.
     */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<Reference<Attempt>> leased = new ThreadLocal<>();

    /** Attempts kept by platform threads, by thread id: nearly always found at the first look. */
    private final Attempt[] kept = new Attempt[KEPT];

    /** Tag << 16 | first free slot, 0 if none. */
    private final AtomicLong free = new AtomicLong();

    private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();

    /** Whether only the first in the queue may have a slot. */
    private volatile boolean starving;

    private final int maxRunning;
    private final int[] next;
    private final Attempt[] attempts;

    /** The thread that leases each slot, or null. */
    private final AtomicReferenceArray<Thread> lessees;

    /** How many leases are kept, and how many were refused to be. */
    private int keeperCount;

    private int refusals;

    private volatile int made;

    private final Attempt spare;
    private final Semaphore spareFree = new Semaphore(1, true);

    Slots(Engine engine, int maxRunning) {
        this.engine = engine;
        this.maxRunning = maxRunning;
        int count = count(maxRunning);
        next = new int[count + 1];
        attempts = new Attempt[count + 1];
        lessees = new AtomicReferenceArray<>(count + 1);
        made = SPARE;
        spare = new Attempt(engine, SPARE);
        attempts[SPARE] = spare;
        spare.equip();
    }

    /** How many slots there can be: the spare one, as many as may run, and those that are kept. */
    static int count(int maxRunning) {
        return SPARE + maxRunning + maxRunning / 2;
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
        return attempt != null && attempt.keeper == thread ? attempt : leasedAttempt();
    }

    private Attempt leasedAttempt() {
        Reference<Attempt> lease = leased.get();
        return lease == null ? null : lease.get();
    }

    /** How many slots have ever been used. */
    int made() {
        return made;
    }

    Attempt attempt(int slot) {
        return attempts[slot];
    }

    /** The blocks that run just now, for messages: the first few, and how many more. */
    String describeRunning() {
        List<String> running = IntStream.rangeClosed(1, made())
                .mapToObj(this::attempt)
                .filter(Attempt::isRunning)
                .map(attempt -> "block " + attempt.block.name())
                .toList();
        int more = running.size() - MAX_DESCRIBED;
        return running.stream().limit(MAX_DESCRIBED).toList()
                + (more > 0 ? " and " + more + " more" : "");
    }

    /** Leases a slot; null if all are running. */
    Attempt tryLease() {
        return starving ? null : take();
    }

    private Attempt take() {
        Attempt attempt = pop();
        if (attempt == null) {
            attempt = make();
        }
        return attempt == null ? null : enter(attempt);
    }

    private Attempt enter(Attempt attempt) {
        boolean entered = false;
        try {
            lessees.setRelease(attempt.slot, Thread.currentThread());
            leased.set(attempt.weak);
            entered = true;
            return attempt;
        } finally {
            if (!entered) {
                free(attempt);
            }
        }
    }

    /**
     * Leases a slot, waiting for one if all are running; null if the engine is closed, the thread
     * interrupted, or the time over first.
     */
    Attempt lease(long deadlineNanos) {
        Thread thread = Thread.currentThread();
        waiting.add(thread);
        try {
            for (int looks = 0; ; looks++) {
                boolean isFirst = waiting.peek() == thread;
                Attempt attempt = isFirst ? take() : tryLease();
                long left = deadlineNanos - System.nanoTime();
                if (attempt != null || engine.isClosed() || thread.isInterrupted() || left <= 0) {
                    return attempt;
                }
                if (isFirst && looks >= PATIENCE) {
                    starving = true;
                }
                if (Seam.parks()) {
                    LockSupport.parkNanos(this, left);
                }
            }
        } finally {
            if (waiting.peek() == thread) {
                starving = false;
            }
            waiting.remove(thread);
            wakeFirst();
        }
    }

    private void wakeFirst() {
        LockSupport.unpark(waiting.peek());
    }

    /** Wakes all that wait, because the engine is closed. */
    void close() {
        waiting.forEach(LockSupport::unpark);
        spareFree.release(Short.MAX_VALUE);
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
                wakeFirst();
                return;
            }
        }
    }

    private static long tagged(long head, int slot) {
        return (head | SLOT_MASK) + 1 | slot;
    }

    private synchronized Attempt make() {
        Attempt reclaimed = reclaimDead() ? pop() : null;
        if (reclaimed != null) {
            return reclaimed;
        }
        if (made - SPARE - keeperCount >= maxRunning) {
            return null;
        }
        int slot = made + 1;
        attempts[slot] = new Attempt(engine, slot);
        made = slot;
        return attempts[slot];
    }

    /**
     * Takes back the leases of threads that have died. A thread whose lease is seen again after it
     * is known to be dead has not given it back, and nobody else has it.
     */
    synchronized boolean reclaimDead() {
        boolean any = false;
        for (int slot = 1; slot <= made; slot++) {
            Thread lessee = lessees.get(slot);
            if (lessee != null && !lessee.isAlive() && lessees.get(slot) == lessee) {
                endCutOff(attempts[slot]);
                takeBack(attempts[slot]);
                any = true;
            }
        }
        return any;
    }

    /**
     * Rolls back an attempt that was cut off, by a stack that was full: in its thread, which comes
     * to it with its next transaction, or in that of who closes the engine and would wait for it
     * for ever. One of them at a time, and whoever is first.
     */
    synchronized void endCutOff(Attempt attempt) {
        if (attempt.isRunning() && attempt.wasCutOff()) {
            attempt.hooks.end(attempt.rollBack());
        }
    }

    /** Rolls back all attempts that were cut off. */
    void endCutOff() {
        for (int slot = 1; slot <= made; slot++) {
            endCutOff(attempts[slot]);
        }
    }

    /** After a transaction: keeps the lease if this is one of not too many platform threads. */
    void settle(Attempt attempt) {
        Thread thread = Thread.currentThread();
        if (attempt.keeper != Lifecycle.NOBODY) {
            return;
        }
        if (thread.isVirtual() || attempt == spare || !keep(attempt, thread)) {
            giveBack(attempt);
        }
    }

    private boolean keep(Attempt attempt, Thread thread) {
        if (!mayKeep() && ++refusals % REFUSALS != 0) {
            return false;
        }
        synchronized (this) {
            if (!mayKeep() && !(reclaimDead() && mayKeep())) {
                return false;
            }
            keeperCount++;
        }
        attempt.keeper = thread.threadId();
        kept[(int) attempt.keeper & KEPT - 1] = attempt;
        wakeFirst(); // Another slot may be made now.
        return true;
    }

    private boolean mayKeep() {
        return keeperCount < attempts.length - 1 - SPARE - maxRunning;
    }

    /** Gives a lease back. */
    void giveBack(Attempt attempt) {
        leased.remove();
        takeBack(attempt);
    }

    private void takeBack(Attempt attempt) {
        if (attempt == spare) {
            spare.equip(); // A large transaction may have given its room back.
        }
        if (attempt.keeper != Lifecycle.NOBODY) {
            attempt.keeper = Lifecycle.NOBODY;
            synchronized (this) {
                keeperCount--;
            }
        }
        free(attempt);
    }

    private void free(Attempt attempt) {
        lessees.setRelease(attempt.slot, null);
        if (attempt == spare) {
            spareFree.release();
        } else {
            push(attempt.slot);
        }
    }

    boolean isSpare(Attempt attempt) {
        return attempt == spare;
    }

    /** Leases the spare slot; null as {@link #lease}. */
    Attempt leaseSpare(long deadlineNanos) {
        try {
            long left = deadlineNanos - System.nanoTime();
            boolean free =
                    spareFree.tryAcquire() || spareFree.tryAcquire(left, TimeUnit.NANOSECONDS);
            // Closed first, then permits for all: so no two of them get the slot.
            return free && !engine.isClosed() ? enter(spare) : null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
