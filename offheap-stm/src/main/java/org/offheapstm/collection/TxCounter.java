package org.offheapstm.collection;

import org.offheapstm.ArrayType;
import org.offheapstm.Merge;
import org.offheapstm.StmType;
import org.offheapstm.Transaction;

/**
 * A counter that any number of transactions add to without a conflict.
 *
 * <p>It is an array of <em>cells</em>, each a stripe of its own with a version of its own, and its
 * value is the sum of them. A thread adds to the cell that its number selects, by a merge at commit
 * ({@link Transaction#merge}); so threads on different cells write no common word, and threads on
 * the same cell wait for each other's stores and hardly ever abort each other: only if a store
 * takes very long, or if one of them, having lost elsewhere too often, owns the cell.
 *
 * <p>{@link #sum} reads all cells, as of one instant, and so conflicts with every addition that
 * commits before the reader does: ask for it in transactions that are short or read only.
 *
 * <p>Source: {@code java.util.concurrent.atomic.LongAdder} (Lea), whose cells are found by a random
 * probe; here the thread's number, counted up by the JDK, spreads as well and costs no state.
 */
public final class TxCounter {
    /** The largest number of cells. */
    public static final int MAX_CELLS = 1 << 10;

    /** Cells of {@link #create(Transaction)}: four for each processor of the machine. */
    public static final int DEFAULT_CELLS =
            powerOfTwo(Math.min(256, 4 * Runtime.getRuntime().availableProcessors()));

    /**
     * The type of all counters: what a root that is one is set and got with. One element fills a
     * stripe, so that no two share a header, or a cache line.
     */
    public static final ArrayType TYPE =
            ArrayType.of("TxCounter", ArrayType.STRIPE_BYTES, StmType.NO_REFERENCES);

    private final long ref;

    private TxCounter(long ref) {
        this.ref = ref;
    }

    /**
     * Makes a counter of 0 with {@link #DEFAULT_CELLS} cells.
     *
     * @param tx the running transaction
     * @return a view of it
     */
    public static TxCounter create(Transaction tx) {
        return create(tx, DEFAULT_CELLS);
    }

    /**
     * Makes a counter of 0.
     *
     * @param tx the running transaction
     * @param cells how many cells, rounded up to a power of two; each takes 272 bytes. As many as
     *     threads add at one time is enough.
     * @return a view of it
     * @throws IllegalArgumentException if there are to be less than 1 or more than
     *     {@link #MAX_CELLS} cells
     */
    public static TxCounter create(Transaction tx, int cells) {
        if (cells < 1 || cells > MAX_CELLS) {
            throw new IllegalArgumentException(
                    "counter refused: cells=" + cells + "; use 1 to " + MAX_CELLS);
        }
        return of(tx.allocate(TYPE, powerOfTwo(cells)));
    }

    /**
     * A view of a counter.
     *
     * @param ref what {@link #ref} of another view returned
     * @return the view
     */
    public static TxCounter of(long ref) {
        return new TxCounter(ref);
    }

    /**
     * The counter's place in the region.
     *
     * @return a reference, of which {@link #of} makes another view
     */
    public long ref() {
        return ref;
    }

    /**
     * Adds to the counter when the transaction commits.
     *
     * @param tx the running transaction
     * @param delta what to add, wrapping around
     */
    public void add(Transaction tx, long delta) {
        add(tx, ref, delta);
    }

    /**
     * The value: reads every cell.
     *
     * @param tx the running transaction
     * @return the sum of all that was added, by this transaction too
     */
    public long sum(Transaction tx) {
        return sum(tx, ref);
    }

    /**
     * Ends the counter.
     *
     * @param tx the running transaction
     */
    public void free(Transaction tx) {
        free(tx, ref);
    }

    /** As {@link #add(Transaction, long)}, without a view. */
    static void add(Transaction tx, long ref, long delta) {
        long cell = Thread.currentThread().threadId() & tx.length(TYPE, ref) - 1;
        tx.merge(TYPE, ref, cell, 0, Merge.ADD_LONG, delta);
    }

    static long sum(Transaction tx, long ref) {
        long sum = 0;
        for (long cell = tx.length(TYPE, ref) - 1; cell >= 0; cell--) {
            sum += tx.getLong(TYPE, ref, cell, 0);
        }
        return sum;
    }

    static void free(Transaction tx, long ref) {
        tx.free(TYPE, ref);
    }

    private static int powerOfTwo(int atLeast) {
        return Integer.highestOneBit(2 * atLeast - 1);
    }
}
