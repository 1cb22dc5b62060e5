package org.offheapstm;

/**
 * A collection in steps: see {@link Stm#collect}. For one thread at a time, outside of
 * transactions. It keeps a snapshot open until all has been marked, and all other collections from
 * beginning until it ends, so go on with it, or close it.
 *
 * <p>As long as it is open no snapshot is ended in a full region, so that there even freeing may be
 * refused with {@link RegionFullException}. With {@link HistoryPolicy#DELAY_WRITERS} a thread that
 * has begun one, and writes between its steps, may be refused with {@link MisuseException}: the
 * snapshot that it would wait for is that of the collection.
 *
 * <p>A collector that is dropped is ended when the garbage collector finds it, with a warning that
 * says where it was begun.
 */
public abstract class Collector implements AutoCloseable {
    /** For the engine. */
    protected Collector() {}

    /**
     * Goes on for a while.
     *
     * @param words about how many words of references to read, or blocks to look at, in this step;
     *     one takes some ten nanoseconds, and an object that is freed some hundred
     * @return whether it has ended. False again and again without any progress means that a
     *     transaction which ran when it began has not ended
     * @throws IllegalArgumentException if that is less than 1
     * @throws MisuseException if called inside a transaction of this engine
     * @throws StmClosedException if the engine is closed
     * @throws TransactionInterruptedException if the thread was interrupted and had to wait for its
     *     turn
     */
    public abstract boolean step(int words);

    /**
     * What it has done so far.
     *
     * @return the counts
     */
    public abstract Collected result();

    /** Gives up if it has not ended: what is not freed yet stays. A second call does nothing. */
    @Override
    public abstract void close();
}
