package org.offheapstm;

/**
 * A running attempt of an atomic block: the only way to the objects of a region.
 *
 * <p>It is valid on the thread that runs the block, until the body returns; any other use, but for
 * one that the caveat tells of, is refused with a {@link MisuseException}. Every method that takes
 * a reference, but for the hint {@link #prefetch}, refuses one whose object does not exist, or is
 * of another type, with a {@link StaleReferenceException}, and an index or offset out of range with
 * an {@link IndexOutOfBoundsException}. Words are 8 bytes, aligned to 8, in the byte order of the
 * machine; narrower fields are parts of words. Never refused are the questions {@link #stm}, {@link
 * #block}, {@link #attempt} and {@link #isReadOnly}; after the body, the answers may be about a
 * later block.
 *
 * <p>An object is read as of one instant, the same for all reads of an attempt, except for what the
 * attempt itself has written. Reading a word costs about a nanosecond more than reading memory; the
 * first write to an object copies its payload.
 *
 * <p><b>Caveat.</b> The object is used again, by one attempt after the other, so that a transaction
 * makes no garbage. Do not keep it, in a field or a captured variable, beyond the body. A kept one
 * is refused after the end of its block and on other threads, but not inside a <em>later</em> block
 * of the same engine on the same thread: there it may be that block's own {@code Transaction}, and
 * what is done through it is done in that block, with its snapshot, and undone with it. No memory
 * is at risk: every access is checked as always.
 */
public abstract class Transaction {
    /** The reference to nothing. */
    public static final long NULL = 0;

    /** For the engine. */
    protected Transaction() {}

    // ---- words of objects -----------------------------------------------------------------------

    /**
     * Reads a word of an object.
     *
     * @param type the object's type
     * @param ref the object
     * @param offset bytes from the start of the payload, a multiple of 8
     * @return the word
     */
    public abstract long getLong(ObjectType type, long ref, int offset);

    /**
     * Reads consecutive words of an object, as {@link #getLong(ObjectType, long, int)} reads each,
     * but with one look at the object for all, unless this block has written it. If it throws, what
     * the array holds is undefined.
     *
     * @param type the object's type
     * @param ref the object
     * @param offset bytes from the start of the payload, a multiple of 8
     * @param target where to put them
     * @param from index of the first
     * @param count how many
     * @throws IndexOutOfBoundsException if they are not inside the object, or not inside the array
     */
    public abstract void getLongs(
            ObjectType type, long ref, int offset, long[] target, int from, int count);

    /**
     * Writes a word of an object.
     *
     * @param type the object's type
     * @param ref the object
     * @param offset bytes from the start of the payload, a multiple of 8
     * @param value the word
     * @throws MisuseException in a read-only block
     */
    public abstract void setLong(ObjectType type, long ref, int offset, long value);

    /**
     * Writes consecutive words of an object, as {@link #setLong(ObjectType, long, int, long)}
     * writes each, but with one look at the object for all.
     *
     * @param type the object's type
     * @param ref the object
     * @param offset bytes from the start of the payload, a multiple of 8
     * @param source the words
     * @param from index of the first
     * @param count how many
     * @throws IndexOutOfBoundsException if they are not inside the object, or not inside the array
     * @throws MisuseException in a read-only block
     */
    public abstract void setLongs(
            ObjectType type, long ref, int offset, long[] source, int from, int count);

    /**
     * Merges a value into a word at commit, without reading it now: of two transactions that only
     * merge into the same object neither makes the other's work void. A commit that finds the
     * object locked by another for very long ({@link AbortCause#LOCKED}), or owned by one that
     * cannot lose ({@link AbortCause#OWNED}), runs again all the same. If the attempt has written,
     * or later reads or writes, the object, the merge becomes an ordinary read and write. That the
     * object exists is looked at now, and again at commit; it is no read in between.
     *
     * @param type the object's type
     * @param ref the object
     * @param offset bytes from the start of the payload, a multiple of 8
     * @param merge how
     * @param operand what to merge
     * @throws MisuseException in a read-only block
     */
    public abstract void merge(ObjectType type, long ref, int offset, Merge merge, long operand);

    /**
     * Adds to a word at commit: {@link #merge} with {@link Merge#ADD_LONG}.
     *
     * @param type the object's type
     * @param ref the object
     * @param offset bytes from the start of the payload, a multiple of 8
     * @param delta what to add
     * @throws MisuseException in a read-only block
     */
    public final void addLong(ObjectType type, long ref, int offset, long delta) {
        merge(type, ref, offset, Merge.ADD_LONG, delta);
    }

    /**
     * Reads bytes of an object.
     *
     * @param type the object's type
     * @param ref the object
     * @param offset bytes from the start of the payload
     * @param target where to put them
     * @param from index of the first
     * @param length how many
     */
    public abstract void getBytes(
            ObjectType type, long ref, int offset, byte[] target, int from, int length);

    /**
     * Writes bytes of an object.
     *
     * @param type the object's type
     * @param ref the object
     * @param offset bytes from the start of the payload
     * @param source where they are
     * @param from index of the first
     * @param length how many
     * @throws MisuseException in a read-only block
     */
    public abstract void setBytes(
            ObjectType type, long ref, int offset, byte[] source, int from, int length);

    /**
     * Starts to load objects, or arrays, into the near caches, all at once, so that the misses of
     * the reads that follow overlap. A hint: it reads nothing that counts as read, waits for
     * nobody, and checks no reference; one that leads nowhere is passed over.
     *
     * <p>Of use before many objects are read one after the other that are not in the near caches. A
     * read of the transaction is about 50 instructions, so while the processor waits for one object
     * it sees the reads of eight more at best; of these loads, which are 8 instructions each, it
     * sees several times as many. One hundred random objects of a million, on an AMD EPYC (family
     * 26) with JDK 25: 2.4 us without, 1.0 us with it. To update 100 of 100,000, which the
     * third-level cache holds, takes as long with it, or up to a third less, from hour to hour.
     * Where the objects are in the near caches it costs 0.35 ns for each.
     *
     * <p>What is loaded of each is the line of its header, mostly with the first words behind it.
     *
     * @param refs references to objects of any types
     * @param from index of the first
     * @param count how many; the near caches hold some hundreds
     * @throws IndexOutOfBoundsException if the array does not have so many
     */
    public abstract void prefetch(long[] refs, int from, int count);

    // ---- arrays ---------------------------------------------------------------------------------

    /**
     * The number of elements of an array, fixed when it is allocated.
     *
     * @param type the array's type
     * @param ref the array
     * @return a count
     */
    public abstract long length(ArrayType type, long ref);

    /**
     * Reads the word that holds a byte of an array's element.
     *
     * @param type the array's type
     * @param ref the array
     * @param index the element
     * @param offset bytes from the start of the element, a multiple of 8; 0 for elements smaller
     *     than a word
     * @return the word; elements smaller than a word share one with their neighbours, in memory
     *     order
     */
    public abstract long getLong(ArrayType type, long ref, long index, int offset);

    /**
     * Writes the word that holds a byte of an array's element.
     *
     * @param type the array's type
     * @param ref the array
     * @param index the element
     * @param offset bytes from the start of the element, a multiple of 8; 0 for elements smaller
     *     than a word
     * @param value the word; elements smaller than a word share one with their neighbours
     * @throws MisuseException in a read-only block
     */
    public abstract void setLong(ArrayType type, long ref, long index, int offset, long value);

    /**
     * Merges a value into a word of an array's element at commit; see {@link #merge(ObjectType,
     * long, int, Merge, long)}. Only stripes count: the array itself is read.
     *
     * @param type the array's type, of elements of 8 bytes or more
     * @param ref the array
     * @param index the element
     * @param offset bytes from the start of the element, a multiple of 8
     * @param merge how
     * @param operand what to merge
     * @throws MisuseException in a read-only block
     */
    public abstract void merge(
            ArrayType type, long ref, long index, int offset, Merge merge, long operand);

    /**
     * Reads bytes of consecutive elements.
     *
     * @param type the array's type
     * @param ref the array
     * @param offset bytes from the start of the first element
     * @param target where to put them
     * @param from index of the first
     * @param length how many
     */
    public abstract void getBytes(
            ArrayType type, long ref, long offset, byte[] target, int from, int length);

    /**
     * Writes bytes of consecutive elements.
     *
     * @param type the array's type
     * @param ref the array
     * @param offset bytes from the start of the first element
     * @param source where they are
     * @param from index of the first
     * @param length how many
     * @throws MisuseException in a read-only block
     */
    public abstract void setBytes(
            ArrayType type, long ref, long offset, byte[] source, int from, int length);

    // ---- life of objects ------------------------------------------------------------------------

    /**
     * Makes an object whose payload is zero. It exists for others once the block commits, and never
     * if it does not. One that the block hands to nobody stays, until a {@linkplain Stm#collect
     * collection}: see {@link #allocateScratch(ObjectType)}.
     *
     * @param type its type
     * @return the reference
     * @throws RegionFullException if there is no room
     * @throws MisuseException in a read-only block
     */
    public abstract long allocate(ObjectType type);

    /**
     * Makes an array whose elements are zero.
     *
     * @param type its type
     * @param length number of elements, 0 or more
     * @return the reference
     * @throws RegionFullException if there is no room
     * @throws IllegalArgumentException if the length is negative, or more than the region would
     *     hold if it held nothing else
     * @throws MisuseException in a read-only block
     */
    public abstract long allocate(ArrayType type, long length);

    /**
     * Makes an object that exists after the block only if, when the block commits, something leads
     * to it: a reference in an object that the block has written or made, a pin, or another scratch
     * object that something leads to. Else it has never existed, and its memory is used again at
     * once. For what is made before it is known whether it is needed.
     *
     * <p>References are looked for where types {@linkplain StmType#referenceOffsets have} them. One
     * that only Java code keeps does not count: {@linkplain Stm#pin pin} the object then.
     *
     * @param type its type
     * @return the reference
     * @throws RegionFullException if there is no room
     * @throws MisuseException in a read-only block
     */
    public abstract long allocateScratch(ObjectType type);

    /**
     * Makes an array that exists after the block only if something leads to it; see {@link
     * #allocateScratch(ObjectType)}.
     *
     * @param type its type
     * @param length number of elements, 0 or more
     * @return the reference
     * @throws RegionFullException if there is no room
     * @throws IllegalArgumentException as for {@link #allocate(ArrayType, long)}
     * @throws MisuseException in a read-only block
     */
    public abstract long allocateScratch(ArrayType type, long length);

    /**
     * Ends an object or array. Its references are stale for the rest of the block, and for
     * everybody once the block commits. Its place is used again, some 16 million times; then its
     * generations have run out, and it is left alone.
     *
     * @param type its type
     * @param ref the object or array
     * @throws MisuseException in a read-only block
     */
    public abstract void free(StmType type, long ref);

    /**
     * Whether a reference could be used with this type now.
     *
     * @param type a type
     * @param ref any value
     * @return true if the object exists
     */
    public abstract boolean exists(StmType type, long ref);

    // ---- control --------------------------------------------------------------------------------

    /**
     * Runs a closed nested block: if it throws, its writes are undone and the exception reaches the
     * caller, which may go on.
     *
     * <p>If it meets a conflict and all that was read and written before it is as it was, it is
     * undone and run again by itself, a few times at most, and the rest of the block is not.
     *
     * @param body what to run
     * @param <T> the result
     * @param <X> the checked exception of the body
     * @return what the body returned
     * @throws X what the body threw
     */
    public abstract <T, X extends Exception> T nested(TxFunction<T, X> body) throws X;

    /**
     * Gives up this attempt and blocks until something it has read changes, then runs the block
     * again. Never returns; declared so that one may write {@code throw tx.retry()}.
     *
     * <p>A read-only block that retries is run once more at once, because only then what it reads
     * is recorded, and blocks if it retries again.
     *
     * @return never
     * @throws MisuseException at the caller of the block, if nothing was read
     */
    public abstract Error retry();

    /**
     * As {@link #retry()}, but only for a time: blocks until something read has changed, or until
     * the time is over since the transaction first blocked; called again after that, it returns.
     *
     * <p>All timed waits of a transaction, in all its attempts and nested blocks, count from the
     * same start: the first call of one of them. Two in a row take as long as the longer.
     *
     * @param timeoutNanos how long, in nanoseconds; for 0 or less it returns at once
     */
    public abstract void retryFor(long timeoutNanos);

    /**
     * Runs the first alternative; if it calls {@link #retry()}, undoes it and runs the second. If
     * that retries too, the transaction waits for a change of anything that either has read.
     *
     * @param first preferred
     * @param second otherwise
     * @param <T> the result
     * @param <X> the checked exception of the bodies
     * @return what the alternative that did not retry returned
     * @throws X what a body threw
     */
    public abstract <T, X extends Exception> T orElse(
            TxFunction<T, X> first, TxFunction<T, X> second) throws X;

    /**
     * As {@link #orElse(TxFunction, TxFunction)}, but waits for the first alternative until the
     * time is over since the transaction first blocked, and takes the second only then.
     *
     * @param timeoutNanos how long to prefer the first, in nanoseconds, counted as in {@link
     *     #retryFor}; for 0 or less the second is taken at once
     * @param first preferred
     * @param second otherwise
     * @param <T> the result
     * @param <X> the checked exception of the bodies
     * @return what the alternative that did not retry returned
     * @throws X what a body threw
     */
    public abstract <T, X extends Exception> T orElse(
            long timeoutNanos, TxFunction<T, X> first, TxFunction<T, X> second) throws X;

    /**
     * Runs an action at the end of the block, as its last part, before it commits. Undone with the
     * nested block that asked for it.
     *
     * <p>What it throws, the block has thrown. If it loses, or calls {@link #retry()}, the whole
     * block runs again; no {@link #orElse(TxFunction, TxFunction) alternative} is tried any more.
     *
     * @param action what to run
     */
    public abstract void beforeCommit(TxAction<RuntimeException> action);

    /**
     * Runs an action after the block has committed, on this thread, outside the transaction.
     * Dropped with the nested block that asked for it. If it throws, the remaining ones run first;
     * the commit stands.
     *
     * @param action what to run
     */
    public abstract void afterCommit(Runnable action);

    /**
     * Runs an action after this attempt was rolled back, each time, on this thread, outside the
     * transaction. If only the nested block that asked for it was undone, the action runs when the
     * attempt ends, also if it ends in a commit.
     *
     * <p>If it throws, the remaining ones run first; then the block ends with that exception, and
     * is not run again. A commit stands. Where the block ends with an exception of its own, that of
     * the action is added to it as a suppressed one.
     *
     * @param action what to run
     */
    public abstract void afterRollback(Runnable action);

    // ---- about the transaction ------------------------------------------------------------------

    /**
     * The engine.
     *
     * @return the engine it runs on
     */
    public abstract Stm stm();

    /**
     * The block.
     *
     * @return its name and limits
     */
    public abstract AtomicBlock block();

    /**
     * Which start of the body this is.
     *
     * @return from 1
     */
    public abstract int attempt();

    /**
     * Whether it may write.
     *
     * @return true in a read-only block
     */
    public abstract boolean isReadOnly();

    /**
     * The value of a local in this attempt; users call {@link TxLocal#get}.
     *
     * @param key the local
     * @return its value, or null if it has none yet
     */
    protected abstract Object local(TxLocal<?> key);

    /**
     * Sets the value of a local for this attempt; users call {@link TxLocal#set}.
     *
     * @param key the local
     * @param value its value, or null for none
     */
    protected abstract void setLocal(TxLocal<?> key, Object value);
}
