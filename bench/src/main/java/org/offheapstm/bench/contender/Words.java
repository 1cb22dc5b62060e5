package org.offheapstm.bench.contender;

import java.util.Optional;

/**
 * A population of one-word objects in the form one contender keeps them: off-heap blocks, refs,
 * boxes behind a lock. Every object starts at {@link #INITIAL}, so that no contender profits from
 * the cache of small {@code Long}s.
 *
 * <p>All threads share one population. A thread acts on it through an {@link Actor} of its own.
 */
public abstract class Words implements AutoCloseable {
    public static final long INITIAL = 1_000_000;

    private final int size;

    protected Words(int size) {
        this.size = size;
    }

    /** How many objects there are, numbered from 0. */
    public final int size() {
        return size;
    }

    /**
     * What one thread uses to act on the population.
     *
     * @param picks the objects, by number, which the actor's operations will name by position; the
     *     contender translates them here, outside of the measurement, into whatever it reaches an
     *     object by
     */
    public abstract Actor actor(int[] picks);

    /** Sum over all objects. Only while no actor is at work. */
    public abstract long total();

    /**
     * What a loop over all objects comes to that reads them where they are and keeps to no
     * protocol, or to the least which the contender admits; it means nothing while actors are at
     * work.
     */
    public long unsynchronisedTotal() {
        return total();
    }

    /** How its attempts ended so far; empty if it does not count them. */
    public Optional<Reruns> reruns() {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
