package org.offheapstm.bench.workload;

import org.offheapstm.bench.contender.Actor;
import org.offheapstm.bench.contender.Words;

/**
 * Counters: one operation adds 1 to one object, always the same.
 *
 * <p><b>Own counter</b>: each thread has an object to itself, far enough from the others' that no
 * cache line is shared. What a transaction costs when everything is in the nearest cache and nobody
 * interferes; with two threads, whether disjoint transactions touch anything in common. <b>Shared
 * counter</b>: all threads the same object, so with two threads the price of a conflict and of a
 * cache line that travels.
 *
 * <p>Not measured: finding the object, and anything that depends on the size of a transaction. An
 * increment that waits for its own previous store is bound by latency; a processor cannot overlap
 * two of them, as it would in a program that does something else in between.
 */
final class CounterLoop extends Loop {
    /**
     * Objects between two threads' own counters: 128 bytes at the very least, whoever the
     * contender.
     */
    private static final int APART = 16;

    private static final int MOST_THREADS = 64;

    static final int OBJECTS = APART * MOST_THREADS;

    private final Actor actor;

    private CounterLoop(Actor actor) {
        this.actor = actor;
    }

    static Loop own(Words words, int thread) {
        return new CounterLoop(words.actor(new int[] {thread * APART}));
    }

    static Loop shared(Words words, int thread) {
        return new CounterLoop(words.actor(new int[] {0}));
    }

    @Override
    public long run(int operations) {
        Actor actor = this.actor;
        for (int i = 0; i < operations; i++) {
            actor.increment(0);
        }
        return operations;
    }
}
