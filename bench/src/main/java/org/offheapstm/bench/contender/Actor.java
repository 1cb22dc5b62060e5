package org.offheapstm.bench.contender;

/**
 * One thread's way to act on a population: five operations, each of which is one atomic step, and
 * the whole difference between two contenders.
 *
 * <p>An actor knows its objects as picks, which were translated into handles when it was made, so
 * no contender pays for a table look-up by number. An operation comes by its picks in one of two
 * ways. Either it is told their position: {@code at} is the first, the others follow, and drawing
 * them was done before the measurement. Or it is given a seed and {@link Draw draws} them itself,
 * inside of the atomic step, as a user's operation computes its operands; the draw is then a part
 * of the time, the same instructions for all. Both ways all contenders visit the same objects in
 * the same order.
 *
 * <p>An actor belongs to one thread. It may keep its transaction bodies and their arguments in
 * fields, so that a contender allocates only what it cannot help allocating.
 */
public abstract class Actor {
    /** Adds 1 to one object. */
    public abstract void increment(int at);

    /**
     * Takes the amount from one object and gives it to another. They are the first two of the
     * seed's draws, and may be the same.
     */
    public abstract void transfer(long seed, long amount);

    /** Sum over the objects, read-only. */
    public abstract long sum(int at, int count);

    /** Sum over so many of the seed's draws, some of which may be the same, read-only. */
    public abstract long sumDrawn(long seed, int count);

    /** Reads each of the objects and writes it back, 1 larger. */
    public abstract void update(int at, int count);
}
