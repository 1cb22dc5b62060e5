package org.offheapstm;

import java.util.Objects;
import java.util.ServiceLoader;

/**
 * An engine: one region of native memory and the transactions on it.
 *
 * <p>All methods may be called from any thread, platform or virtual. A call of an {@code atomic} or
 * {@code readOnly} method inside a running block of the same engine on the same thread is a closed
 * nested block: it sees the outer block's writes, and if it throws, only its own writes are undone.
 * A committed block happens before every block that sees one of its writes.
 *
 * <p>A nested block is part of the one around it: its own name and limits are not looked at, and a
 * read-only block nested in an update block may write.
 *
 * <p>A read-only block of its own keeps no read set, and writes nothing that threads share, as long
 * as all it meets is older than its snapshot. If it meets something newer it runs again, once, on a
 * registered snapshot, as a {@link Snapshot} is, and begins there the next time it is called: in
 * the same slot, so each thread that runs at the same time learns that by itself. Then
 * it cannot lose, unless {@link StmOptions#historyLimitBytes} is reached and it is the oldest: so
 * it runs again on a younger one. After it has lost too often it runs as one that cannot lose, like
 * every block: then it owns what it reads until it ends, others that write there lose to it, and
 * what it owns is noted in the region, for which there may be no room.
 */
public abstract class Stm implements AutoCloseable {
    /** For the engine. */
    protected Stm() {}

    /**
     * Opens an engine on private memory.
     *
     * @param options how
     * @return the engine, to be closed by the caller
     * @throws OutOfMemoryError if the operating system refuses the region
     * @throws IllegalCallerException if the JVM was told to deny native access
     */
    public static Stm open(StmOptions options) {
        return ServiceLoader.load(StmProvider.class, Stm.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "engine refused: no StmProvider found; the offheap-stm jar was"
                                + " repackaged without its services"))
                .open(options);
    }

    /**
     * Opens an engine with {@link StmOptions#DEFAULT}.
     *
     * @return the engine, to be closed by the caller
     */
    public static Stm open() {
        return open(StmOptions.DEFAULT);
    }

    /**
     * Runs a body atomically.
     *
     * @param block name and limits
     * @param body what to run, once for each attempt
     * @param <X> the checked exception of the body
     * @throws X what the body threw; its writes are undone
     * @throws TransactionAbortedException if a limit of the block was reached
     * @throws TransactionInterruptedException if the thread was interrupted and had to wait, in
     *     {@code retry} or for its turn
     * @throws RegionFullException if the region has no room for what the body wrote, or for the
     *     note of what it owns, once it has lost so often that it cannot lose
     * @throws StmClosedException if the engine is closed
     * @throws NullPointerException if the block or the body is null; nothing was run
     */
    public final <X extends Exception> void atomic(AtomicBlock block, TxAction<X> body) throws X {
        run(nonNull(block), nonNull(body), false, null);
    }

    /**
     * Runs a body atomically, without limits.
     *
     * @param body what to run, once for each attempt
     * @param <X> the checked exception of the body
     * @throws X what the body threw; its writes are undone
     */
    public final <X extends Exception> void atomic(TxAction<X> body) throws X {
        run(AtomicBlock.ANONYMOUS, nonNull(body), false, null);
    }

    /**
     * Runs a body atomically, without limits, and returns its result.
     *
     * @param body what to run, once for each attempt
     * @param <T> the result
     * @param <X> the checked exception of the body
     * @return what the body returned in the attempt that committed
     * @throws X what the body threw; its writes are undone
     */
    public final <T, X extends Exception> T atomicGet(TxFunction<T, X> body) throws X {
        return run(AtomicBlock.ANONYMOUS, nonNull(body), false, null);
    }

    /**
     * Runs a body atomically and returns its result; exceptions as for {@link #atomic(AtomicBlock,
     * TxAction)}.
     *
     * @param block name and limits
     * @param body what to run, once for each attempt
     * @param <T> the result
     * @param <X> the checked exception of the body
     * @return what the body returned in the attempt that committed
     * @throws X what the body threw; its writes are undone
     */
    public final <T, X extends Exception> T atomicGet(AtomicBlock block, TxFunction<T, X> body)
            throws X {
        return run(nonNull(block), nonNull(body), false, null);
    }

    /**
     * Runs a body atomically, without limits, and returns its {@code long} result.
     *
     * @param body what to run, once for each attempt
     * @param <X> the checked exception of the body
     * @return what the body returned in the attempt that committed
     * @throws X what the body threw; its writes are undone
     */
    public final <X extends Exception> long atomicLong(TxLongFunction<X> body) throws X {
        return runLong(AtomicBlock.ANONYMOUS, nonNull(body), false, null);
    }

    /**
     * Runs a body atomically and returns its {@code long} result; exceptions as for
     * {@link #atomic(AtomicBlock, TxAction)}.
     *
     * @param block name and limits
     * @param body what to run, once for each attempt
     * @param <X> the checked exception of the body
     * @return what the body returned in the attempt that committed
     * @throws X what the body threw; its writes are undone
     */
    public final <X extends Exception> long atomicLong(AtomicBlock block, TxLongFunction<X> body)
            throws X {
        return runLong(nonNull(block), nonNull(body), false, null);
    }

    /**
     * Runs a body that only reads, on one consistent state; exceptions as for {@link
     * #atomic(AtomicBlock, TxAction)}.
     *
     * @param body what to run, once for each attempt
     * @param <X> the checked exception of the body
     * @throws X what the body threw
     * @throws MisuseException if the body writes, unless it is nested in an update block
     */
    public final <X extends Exception> void readOnly(TxAction<X> body) throws X {
        run(AtomicBlock.ANONYMOUS, nonNull(body), true, null);
    }

    /**
     * Runs a body that only reads and returns its result; exceptions as for {@link
     * #atomic(AtomicBlock, TxAction)}.
     *
     * @param body what to run, once for each attempt
     * @param <T> the result
     * @param <X> the checked exception of the body
     * @return what the body returned
     * @throws X what the body threw
     * @throws MisuseException if the body writes, unless it is nested in an update block
     */
    public final <T, X extends Exception> T readOnlyGet(TxFunction<T, X> body) throws X {
        return run(AtomicBlock.ANONYMOUS, nonNull(body), true, null);
    }

    /**
     * Runs a body that only reads and returns its {@code long} result; exceptions as for {@link
     * #atomic(AtomicBlock, TxAction)}.
     *
     * @param body what to run, once for each attempt
     * @param <X> the checked exception of the body
     * @return what the body returned
     * @throws X what the body threw
     * @throws MisuseException if the body writes, unless it is nested in an update block
     */
    public final <X extends Exception> long readOnlyLong(TxLongFunction<X> body) throws X {
        return runLong(AtomicBlock.ANONYMOUS, nonNull(body), true, null);
    }

    /**
     * Runs a body that only reads and returns its result; exceptions as for
     * {@link #atomic(AtomicBlock, TxAction)}.
     *
     * @param block name and limits
     * @param body what to run, once for each attempt
     * @param <T> the result
     * @param <X> the checked exception of the body
     * @return what the body returned
     * @throws X what the body threw
     * @throws MisuseException if the body writes, unless it is nested in an update block
     */
    public final <T, X extends Exception> T readOnlyGet(AtomicBlock block, TxFunction<T, X> body)
            throws X {
        return run(nonNull(block), nonNull(body), true, null);
    }

    /**
     * Runs a body that only reads and returns its {@code long} result; exceptions as for
     * {@link #atomic(AtomicBlock, TxAction)}.
     *
     * @param block name and limits
     * @param body what to run, once for each attempt
     * @param <X> the checked exception of the body
     * @return what the body returned
     * @throws X what the body threw
     * @throws MisuseException if the body writes, unless it is nested in an update block
     */
    public final <X extends Exception> long readOnlyLong(AtomicBlock block, TxLongFunction<X> body)
            throws X {
        return runLong(nonNull(block), nonNull(body), true, null);
    }

    private static AtomicBlock nonNull(AtomicBlock block) {
        return Objects.requireNonNull(block, "block");
    }

    private static <B> B nonNull(B body) {
        return Objects.requireNonNull(body, "body");
    }

    /**
     * For the engine: runs a body that returns an object.
     *
     * @param block name and limits
     * @param body what to run, once for each attempt
     * @param readOnly whether it may not write
     * @param at what it reads, or null for the present
     * @param <T> the result
     * @param <X> the checked exception of the body
     * @return what the body returned in the attempt that committed
     * @throws X what the body threw
     */
    protected abstract <T, X extends Exception> T run(
            AtomicBlock block, TxFunction<T, X> body, boolean readOnly, Snapshot at) throws X;

    /**
     * For the engine: as {@link #run}, for a result that must not be boxed.
     *
     * @param block name and limits
     * @param body what to run, once for each attempt
     * @param readOnly whether it may not write
     * @param at what it reads, or null for the present
     * @param <X> the checked exception of the body
     * @return what the body returned in the attempt that committed
     * @throws X what the body threw
     */
    protected abstract <X extends Exception> long runLong(
            AtomicBlock block, TxLongFunction<X> body, boolean readOnly, Snapshot at) throws X;

    /**
     * Opens a snapshot of this moment: of all that has committed, and nothing that will.
     *
     * @return the snapshot, to be closed
     * @throws MisuseException if 256 are open
     * @throws StmClosedException if the engine is closed
     */
    public abstract Snapshot openSnapshot();

    /**
     * The named objects by which the store is entered.
     *
     * @return the roots, the same object at each call
     */
    public abstract Roots roots();

    /**
     * Keeps an object from being collected until the pin is closed, though only Java code refers to
     * it. In a block that is where to pin what the block has made or found, to keep it beyond its
     * end; if the block is rolled back, the pin is closed. Pinning beyond the block, or in an older
     * snapshot, may be too late: a collection may have found that nothing leads to the object.
     * Close the pin after the end of the last block that uses it.
     *
     * @param type the object's type
     * @param ref the object
     * @return the pin, to be closed
     * @throws StaleReferenceException if there is no such object
     * @throws StmClosedException if the engine is closed
     */
    public abstract Pin pin(StmType type, long ref);

    /**
     * Frees all objects that neither a {@linkplain #roots root} nor a {@linkplain #pin pin} leads
     * to, by the {@linkplain StmType#referenceOffsets references} that they hold; cycles too. It
     * marks in a snapshot and frees in small transactions, on this thread, while others go on.
     *
     * <p>What only Java code refers to must be pinned, from before the end of the block in which it
     * was made or found: else it may be freed, also while it is used; its references are stale
     * then, as after {@link Transaction#free}, and refused. Freed are objects that existed, and
     * were unreachable, when the collection began; it waits for the transactions that ran then,
     * and before that for the end of another collection.
     *
     * <p>What is freed is kept for open snapshots, within {@link StmOptions#historyLimitBytes}: at
     * the limit it ends the oldest snapshot, or stops, as {@link HistoryPolicy} says.
     *
     * @return what was done
     * @throws MisuseException if called inside a transaction of this engine, or while a {@link
     *     #collector} goes on that this thread has begun or taken the latest step of
     * @throws TransactionInterruptedException if the thread was interrupted and a block of the
     *     collection had to wait
     * @throws StmClosedException if the engine is closed
     */
    public abstract Collected collect();

    /**
     * Begins a collection whose steps the caller takes.
     *
     * @return the collection, to be closed
     * @throws MisuseException if called inside a transaction of this engine, or while another
     *     collection goes on
     * @throws StmClosedException if the engine is closed
     */
    public abstract Collector collector();

    /**
     * What the engine has done so far.
     *
     * @return the counters
     * @throws StmClosedException if the engine is closed
     */
    public abstract Statistics statistics();

    /**
     * What the memory is used for, and how full the pieces of each type are; counted beside
     * transactions, so only roughly of one instant. Costs a look at each block's header.
     *
     * @return the report
     * @throws StmClosedException if the engine is closed
     */
    public abstract MemoryReport memory();

    /**
     * Gives memory back: pieces of 64 KiB in which no object is left go to all types, and all free
     * ones to the operating system where it takes them (Linux). Done beside transactions; those
     * that begin wait for a moment, in which lists of free blocks are searched. A piece is given
     * back when all transactions have ended that ran when it became empty: this is waited for up to
     * a tenth of a second, else a later call finds it. A region that is full does the first half by
     * itself.
     *
     * @return bytes given to the operating system
     * @throws MisuseException if called inside a transaction of this engine
     * @throws StmClosedException if the engine is closed
     */
    public abstract long trim();

    /**
     * Checks the structure of the region: the run table, the header of every block, sizes of
     * arrays, lists of free blocks, before-images as far as open snapshots need them, the engine's
     * own areas, that nothing is lost; and, if all that is sound, what roots and pins lead to. A
     * damaged region is reported, as far as it can be read,
     * and never an exception.
     *
     * <p>May be called at any time. While it looks, new transactions wait at their begin; running
     * ones are waited for, up to a second. If one runs on, new ones go on too, and only what can be
     * read beside transactions is checked: {@link Verification#wasQuiet}. Costs a read of each
     * block's header; meant for tests and for after something has gone wrong.
     *
     * @return what was found
     * @throws MisuseException if called inside a transaction of this engine
     * @throws StmClosedException if the engine is closed
     */
    public abstract Verification verify();

    /**
     * The options it was opened with.
     *
     * @return the options
     */
    public abstract StmOptions options();

    /**
     * Closes the engine: refuses new transactions, ends blocked ones with
     * {@link StmClosedException}, waits for running attempts to end, and gives the region back. A
     * second call does nothing.
     *
     * @throws MisuseException if called inside a transaction of this engine
     */
    @Override
    public abstract void close();
}
