package org.offheapstm.bench.contender;

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

    @Override
    public void close() {}
}
