package org.offheapstm;

/**
 * The whole store as of one instant, for as long as it is open.
 *
 * <p>Reading it never aborts and stops no writer, however long it takes and whatever is written
 * meanwhile: commits keep what they replace while an open snapshot may need it. What is kept lies
 * in the region, at most one copy of each object for each snapshot, until the oldest snapshot is
 * closed; and it has a limit, {@link StmOptions#historyLimitBytes}. When that is reached the oldest
 * snapshot is ended, or writers wait: see {@link HistoryPolicy}. A {@linkplain
 * Stm#collect collection} counts as a writer of what it frees. So close it.
 *
 * <p>Opened inside a transaction it sees what has committed, not what that transaction has written;
 * and each attempt opens another.
 *
 * <p>Any number of threads may use it at once. To close it while others read is safe: who has begun
 * ends, who begins after that is refused.
 *
 * <p>A snapshot that becomes unreachable without having been closed is closed by and by, and the
 * logger {@code org.offheapstm} says where it was opened.
 */
public abstract class Snapshot implements AutoCloseable {
    /** For the engine. */
    protected Snapshot() {}

    /**
     * Told of objects.
     *
     * @param <X> what it may throw
     */
    @FunctionalInterface
    public interface Visitor<X extends Exception> {
        /**
         * Takes an object.
         *
         * @param tx reads the snapshot
         * @param ref the object
         * @throws X if it fails; the visit ends
         */
        void visit(Transaction tx, long ref) throws X;
    }

    /** What happened to an object between two snapshots. */
    public enum Change {
        /** It exists in the newer one only. */
        CREATED,
        /** It was committed anew; its values may still be the same. */
        UPDATED,
        /** It exists in the older one only. */
        FREED
    }

    /**
     * Told of changed objects.
     *
     * @param <X> what it may throw
     */
    @FunctionalInterface
    public interface ChangeVisitor<X extends Exception> {
        /**
         * Takes a changed object.
         *
         * @param ref the object; one that was FREED exists in the older snapshot only
         * @param change what happened to it
         * @throws X if it fails; the visit ends
         */
        void visit(long ref, Change change) throws X;
    }

    /**
     * Runs a body that reads this snapshot.
     *
     * @param body what to run
     * @param <X> the checked exception of the body
     * @throws X what the body threw
     * @throws MisuseException if the snapshot is closed, if the body writes, if it ends in {@link
     *     Transaction#retry()}, since a snapshot never changes, or if a transaction of the same
     *     engine runs in this thread
     * @throws SnapshotEndedException if it was ended; thrown where the body reads something that
     *     has changed since the snapshot. What the body has read before, and what it finds
     *     unchanged after that, is right
     * @throws StmClosedException if the engine is closed
     */
    public abstract <X extends Exception> void readOnly(TxAction<X> body) throws X;

    /**
     * Runs a body that reads this snapshot and returns its result; exceptions as for {@link
     * #readOnly}.
     *
     * @param body what to run
     * @param <T> the result
     * @param <X> the checked exception of the body
     * @return what the body returned
     * @throws X what the body threw
     */
    public abstract <T, X extends Exception> T readOnlyGet(TxFunction<T, X> body) throws X;

    /**
     * Runs a body that reads this snapshot and returns its {@code long} result; exceptions as for
     * {@link #readOnly}.
     *
     * @param body what to run
     * @param <X> the checked exception of the body
     * @return what the body returned
     * @throws X what the body threw
     */
    public abstract <X extends Exception> long readOnlyLong(TxLongFunction<X> body) throws X;

    /**
     * Visits every object, or array, of a type, in the order of their places; exceptions as for
     * {@link #readOnly}.
     *
     * @param type an object type or an array type
     * @param visitor told of each
     * @param <X> the checked exception of the visitor
     * @throws X what the visitor threw
     */
    public final <X extends Exception> void forEach(StmType type, Visitor<X> visitor) throws X {
        forEach(type, 0, 1, visitor);
    }

    /**
     * Visits one of several parts of the objects, or arrays, of a type, in the order of their
     * places; exceptions as for {@link #readOnly}. So several threads can divide a visit:
     *
     * <pre>{@code
     * LongAdder sum = new LongAdder();
     * IntStream.range(0, 8).parallel().forEach(part ->
     *         snapshot.forEach(TYPE, part, 8, (tx, ref) -> sum.add(tx.getLong(TYPE, ref, 0))));
     * }</pre>
     *
     * <p>The parts do not overlap, and together they are all. In which part an object is depends on
     * its place and on the number of parts, and on nothing else: it is the same whenever it is
     * asked for, and in every snapshot. Objects in the same 64 KiB are in the same part, and so is
     * the whole of a large array: with many of those to each part the parts are about equally
     * large, unless arrays of one size come at distances that the parts are blind to; with few some
     * may be empty. Each part costs a look at the region's table of these pieces.
     *
     * <p>Each part is visited by one thread, as a transaction of its own; any number of them at
     * once, in any order: what their visitors share must bear that. If the snapshot is closed
     * meanwhile, the parts that were begun are visited to their ends, and the others are refused.
     *
     * @param type an object type or an array type
     * @param part which part, from 0
     * @param parts how many parts there are
     * @param visitor told of each object in that part
     * @param <X> the checked exception of the visitor
     * @throws X what the visitor threw
     * @throws IllegalArgumentException if {@code parts} is less than 1
     * @throws IndexOutOfBoundsException if there is no such part
     */
    public abstract <X extends Exception> void forEach(
            StmType type, int part, int parts, Visitor<X> visitor) throws X;

    /**
     * Visits every object, or array, of a type that was created, updated or freed between another
     * snapshot of the same engine and this one; exceptions as for {@link #readOnly}.
     *
     * @param older the other snapshot, not younger than this one
     * @param type an object type or an array type
     * @param visitor told of each
     * @param <X> the checked exception of the visitor
     * @throws X what the visitor threw
     * @throws MisuseException if the other is closed, of another engine, or younger
     * @throws SnapshotEndedException if one of them was ended
     */
    public final <X extends Exception> void forEachChange(
            Snapshot older, StmType type, ChangeVisitor<X> visitor) throws X {
        forEachChange(older, type, 0, 1, visitor);
    }

    /**
     * Visits one of several parts of what {@link #forEachChange(Snapshot, StmType, ChangeVisitor)}
     * visits, with its exceptions; the parts are those of {@link #forEach(StmType, int, int,
     * Visitor)}.
     *
     * @param older the other snapshot, not younger than this one
     * @param type an object type or an array type
     * @param part which part, from 0
     * @param parts how many parts there are
     * @param visitor told of each change in that part
     * @param <X> the checked exception of the visitor
     * @throws X what the visitor threw
     * @throws IllegalArgumentException if {@code parts} is less than 1
     * @throws IndexOutOfBoundsException if there is no such part
     */
    public abstract <X extends Exception> void forEachChange(
            Snapshot older, StmType type, int part, int parts, ChangeVisitor<X> visitor) throws X;

    /**
     * Closes it; what was kept for it alone is given back when nobody reads it any more. A second
     * call does nothing.
     */
    @Override
    public abstract void close();
}
