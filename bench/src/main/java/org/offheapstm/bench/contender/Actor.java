package org.offheapstm.bench.contender;

/**
 * One thread's way to act on a population: four operations, each of which is one atomic step, and
 * the whole difference between two contenders.
 *
 * <p>An operation names its objects by position in the actor's picks: {@code at} is the first, the
 * others follow. The picks were translated into handles when the actor was made, so no contender
 * pays for a table look-up or for random numbers, and all of them visit the same objects in the
 * same order. Any 100 picks in a row are distinct objects.
 *
 * <p>An actor belongs to one thread. It may keep its transaction bodies and their arguments in
 * fields, so that a contender allocates only what it cannot help allocating.
 */
public abstract class Actor {
    /** Adds 1 to one object. */
    public abstract void increment(int at);

    /** Takes the amount from one object and gives it to the next. */
    public abstract void transfer(int at, long amount);

    /** Sum over the objects, read-only. */
    public abstract long sum(int at, int count);

    /** Reads each of the objects and writes it back, 1 larger. */
    public abstract void update(int at, int count);
}
