package org.offheapstm.internal.htm;

import org.offheapstm.internal.bindings.StmHtm;
import org.offheapstm.internal.bindings.stm_htm_counts;
import org.offheapstm.internal.bindings.stm_htm_descriptor;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.NativeBlock;

/**
 * One slot's commits in the form that the library takes: an {@code stm_htm_descriptor} in native
 * memory, filled anew for each. Used by whoever leases the slot; the counters may be read by
 * anybody at any time, and may lag.
 *
 * <pre>
 *    0  region, control line, slot         for the life of the slot
 *   64  write log, bound, reads, tries     for a commit
 *  128  published, status, tried, offset   what has happened; published inside the transaction
 *  192  counters                           added up
 *  320  offsets of the objects read        as many as {@link #MAX_READS}
 * </pre>
 *
 * The writes are not copied: the log of the slot is in the region, as the library expects it.
 */
public final class CommitDescriptor {
    /** The most objects that a commit in hardware may have read and not written. */
    public static final int MAX_READS = StmHtm.STM_HTM_MAX_READS();

    /** The most entries of a write log that is committed in hardware. */
    public static final int MAX_ENTRIES = StmHtm.STM_HTM_MAX_ENTRIES();

    private static final int FIRST = offset(stm_htm_descriptor.first$offset());
    private static final int END = offset(stm_htm_descriptor.end$offset());
    private static final int BOUND = offset(stm_htm_descriptor.bound$offset());
    private static final int READ_COUNT = offset(stm_htm_descriptor.read_count$offset());
    private static final int TRIES = offset(stm_htm_descriptor.tries$offset());
    private static final int PUBLISHED = offset(stm_htm_descriptor.published$offset());
    private static final int TRIED = offset(stm_htm_descriptor.tried$offset());
    private static final int COUNTS = offset(stm_htm_descriptor.counts$offset());
    private static final int READS = offset(stm_htm_descriptor.reads$offset());

    private final NativeBlock block = NativeBlock.takeCollected(stm_htm_descriptor.sizeof());
    private final long address = block.address();

    /**
     * For the commits of a slot.
     *
     * @param base address of the region's offset 0
     * @param limit bytes of the region
     * @param control address of the control area
     */
    public CommitDescriptor(long base, long limit, long control, int slot) {
        Memory.set(address + stm_htm_descriptor.base$offset(), base);
        Memory.set(address + stm_htm_descriptor.limit$offset(), limit);
        Memory.set(address + stm_htm_descriptor.control$offset(), control);
        Memory.set(address + stm_htm_descriptor.slot$offset(), slot);
    }

    private static int offset(long offset) {
        return Math.toIntExact(offset);
    }

    /** Notes what was read; the first so many of these, at most {@link #MAX_READS}. */
    public void reads(long[] objects, int count) {
        Memory.set(address + READ_COUNT, count);
        for (int i = 0; i < count; i++) {
            Memory.set(address + READS + 8L * i, objects[i]);
        }
    }

    /** Says that no commit has been done: before the caller can be told that one was. */
    public void clear() {
        Memory.set(address + PUBLISHED, 0);
    }

    /**
     * Commits in hardware, what {@link #reads} has noted being valid.
     *
     * @param first address of the first entry of the write log
     * @param end address behind the last
     * @param bound of the snapshot
     * @param tries how many transactions of the processor to begin at most
     */
    public Outcome commit(long first, long end, long bound, int tries) {
        Memory.set(address + FIRST, first);
        Memory.set(address + END, end);
        Memory.set(address + BOUND, bound);
        Memory.set(address + TRIES, tries);
        return Outcome.of(Shim.commit(address));
    }

    /**
     * The header word that the commit has given its objects, or 0 if it was not done. Stored inside
     * the transaction: whatever has happened to the caller since, it says the truth.
     */
    public long published() {
        return Memory.getOpaque(address + PUBLISHED);
    }

    /** Transactions of the processor that the last commit has begun. */
    public long tried() {
        return Memory.get(address + TRIED);
    }

    /** Transactions of the processor that were begun. */
    public long attempts() {
        return count(stm_htm_counts.attempts$offset());
    }

    /** Those of them that committed. */
    public long commits() {
        return count(stm_htm_counts.commits$offset());
    }

    /** Aborts because a header was not as it had to be. */
    public long stale() {
        return count(stm_htm_counts.stale$offset());
    }

    /** Aborts because a snapshot was registered or somebody waited. */
    public long guarded() {
        return count(stm_htm_counts.guard$offset());
    }

    /** Aborts because another thread touched a line. */
    public long conflicts() {
        return count(stm_htm_counts.conflict$offset());
    }

    /** Aborts because the processor's caches could not hold it. */
    public long overflows() {
        return count(stm_htm_counts.capacity$offset());
    }

    /** Aborts by an interrupt, a page fault, or without a reason. */
    public long interrupted() {
        return count(stm_htm_counts.interrupted$offset()) + count(stm_htm_counts.unknown$offset());
    }

    private long count(long offset) {
        return Memory.getOpaque(address + COUNTS + offset);
    }
}
