package org.offheapstm.internal.heap;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of a region is kept for snapshots, and how much may be.
 *
 * <p>The limit counts full runs of before-images, and freed blocks that a snapshot still sees. The
 * run that each slot is filling does not count: nobody but its slot can give it back, so that idle
 * slots could use up the limit for good.
 */
public final class HistoryBudget {
    private final long limitBytes;

    /** Bytes in all runs of before-images. */
    private final AtomicLong runBytes = new AtomicLong();

    /** Bytes that the limit counts. */
    private final AtomicLong countedBytes = new AtomicLong();

    /** How often something was given back. */
    private final AtomicLong returns = new AtomicLong();

    public HistoryBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    public long limitBytes() {
        return limitBytes;
    }

    public long runBytes() {
        return runBytes.get();
    }

    public long countedBytes() {
        return countedBytes.get();
    }

    public long returns() {
        return returns.get();
    }

    /** Whether so much more is within the limit. */
    public boolean hasRoomFor(long bytes) {
        return countedBytes.get() + bytes <= limitBytes;
    }

    /** Counts bytes if they are within the limit; or whether or not, for who may pass it. */
    boolean count(long bytes, boolean passes) {
        if (countedBytes.addAndGet(bytes) <= limitBytes || passes) {
            return true;
        }
        countedBytes.addAndGet(-bytes);
        return false;
    }

    /** Counts bytes that are kept whatever the limit says. */
    public void keep(long bytes) {
        countedBytes.addAndGet(bytes);
    }

    /** Takes back a count; nothing has been given back. */
    void discount(long bytes) {
        countedBytes.addAndGet(-bytes);
    }

    /** What was counted is given back. */
    public void giveBack(long bytes) {
        countedBytes.addAndGet(-bytes);
        returns.incrementAndGet();
    }

    void addRun(long bytes) {
        runBytes.addAndGet(bytes);
    }
}
