package org.offheapstm.explore;

import org.offheapstm.internal.memory.Seam;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;

/**
 * Runs threads one at a time: whoever holds the baton runs, and hands it over at an access to a
 * shared word if the pilot says so. The same seed gives the same run.
 *
 * <p>Ends in failure if a thread throws, if no thread ends within {@link #MAX_STEPS} steps, or if
 * every thread left waits to be woken.
 */
final class Baton {
    /** Steps after which a run makes no progress. */
    private static final int MAX_STEPS = 60_000;

    /** Reads of one word in a row that count as spinning. */
    private static final int SPINS = 3;

    /** Looks of each thread, with no step between, after which nobody will wake anybody. */
    private static final int IDLE_LOOKS = 10;

    private static final long HANG_SECONDS = 20;

    /** Ends a thread of a run that has failed. */
    private static final class Halt extends Error {
        private static final long serialVersionUID = 1L;

        Halt() {
            super("the run has failed", null, false, false);
        }
    }

    private final Pilot pilot;
    private final LongPredicate shared;
    private final Object monitor;
    private final Thread[] threads;
    private final boolean[] alive;
    private final CountDownLatch ready;
    private final CountDownLatch ended;
    private volatile int turn = -1;
    private volatile boolean halted;
    private Throwable failure;
    private int steps;
    private int idle;

    /**
     * A run.
     *
     * @param shared which addresses are shared words; the turn changes only there
     * @param monitor a lock of the engine: its holder keeps the turn
     */
    Baton(Pilot pilot, Crew crew, List<Runnable> bodies, LongPredicate shared, Object monitor) {
        this.pilot = pilot;
        this.shared = shared;
        this.monitor = monitor;
        alive = new boolean[bodies.size()];
        Arrays.fill(alive, true);
        ended = new CountDownLatch(bodies.size());
        threads = new Thread[bodies.size()];
        ready = new CountDownLatch(bodies.size());
        for (int i = 0; i < threads.length; i++) {
            Watch watch = new Watch(i);
            Runnable body = bodies.get(i);
            crew.execute(i, () -> runInTurn(watch, body));
        }
    }

    /** Runs all threads to their end; returns what went wrong, or null. */
    Throwable run() throws InterruptedException {
        ready.await();
        give(pilot.next(-1, false, alive));
        if (!ended.await(HANG_SECONDS, TimeUnit.SECONDS)) {
            AssertionError hang = new AssertionError("blocked outside the seam");
            hang.setStackTrace(threads[turn].getStackTrace());
            halted = true;
            return hang;
        }
        return failure;
    }

    int steps() {
        return steps;
    }

    private void give(int next) {
        turn = next;
        LockSupport.unpark(threads[next]);
    }

    private void awaitTurn(int me) {
        while (turn != me && !halted) {
            LockSupport.park(this);
        }
    }

    private void runInTurn(Watch watch, Runnable body) {
        threads[watch.me] = Thread.currentThread();
        ready.countDown();
        awaitTurn(watch.me);
        Seam.observe(watch);
        try {
            body.run();
        } catch (Halt e) {
            // The failure has been noted.
        } catch (Throwable t) {
            fail(t);
        } finally {
            Seam.observe(null);
            alive[watch.me] = false;
            idle = 0;
            int next = pilot.next(watch.me, true, alive);
            if (!halted && next >= 0 && alive[next]) {
                give(next);
            }
            ended.countDown();
        }
    }

    private void fail(Throwable t) {
        if (!halted) {
            failure = t;
            halted = true;
            for (Thread thread : threads) {
                LockSupport.unpark(thread);
            }
        }
    }

    /** Threads that run what one baton after the other gives them. */
    static final class Crew implements AutoCloseable {
        private final List<ExecutorService> members = new ArrayList<>();

        void execute(int member, Runnable action) {
            while (member >= members.size()) {
                String name = "thread " + members.size();
                members.add(Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name(name).daemon().factory()));
            }
            members.get(member).execute(action);
        }

        @Override
        public void close() {
            members.forEach(ExecutorService::shutdownNow);
        }
    }

    /** The seam of one thread. */
    private final class Watch implements Seam.Observer {
        final int me;
        private boolean inside;
        private long last;
        private int repeats;

        Watch(int me) {
            this.me = me;
        }

        @Override
        public void access(Seam.Access access, long address) {
            if (inside) {
                return;
            }
            inside = true;
            boolean counts = shared.test(address);
            inside = false;
            if (!counts || Thread.holdsLock(monitor)) {
                return;
            }
            boolean again = access == Seam.Access.READ && address == last;
            repeats = again ? repeats + 1 : 0;
            last = address;
            idle = 0;
            step(repeats >= SPINS);
        }

        @Override
        public boolean parks() {
            if (++idle > IDLE_LOOKS * threads.length) {
                fail(new AssertionError("every thread that is left waits to be woken"));
            }
            step(true);
            return false;
        }

        private void step(boolean gives) {
            if (!halted && ++steps > MAX_STEPS) {
                fail(new AssertionError("no progress in " + MAX_STEPS + " steps"));
            }
            if (halted) {
                throw new Halt();
            }
            int next = pilot.next(me, gives, alive);
            if (next != me) {
                give(next);
                awaitTurn(me);
                if (halted) {
                    throw new Halt();
                }
            }
        }
    }
}
