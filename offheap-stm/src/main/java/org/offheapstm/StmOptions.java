package org.offheapstm;

import java.util.Objects;

/**
 * How an engine is set up; immutable, each {@code with} method returns a changed copy.
 *
 * @param name what messages and reports call the engine
 * @param capacityBytes size of the region, in bytes, rounded down to a multiple of 64 KiB; memory
 *     is taken from the operating system as it is first touched, up to 2 MiB at a time, so an ample
 *     capacity costs address space only. Not all of it is for objects: some pieces of 64 KiB are
 *     the region's own table and reserve, and each slot takes one or two for the private copies of
 *     its attempts and the list of what they write, and one for each type that it allocates.
 * @param maxRunning how many attempts can at least run at one instant, from 2 to {@link
 *     #MAX_RUNNING}; further ones wait their turn. Blocked transactions do not count. A platform
 *     thread keeps its place between transactions, up to half this number more, so that idle
 *     threads take no turns away.
 * @param hardware whether updates are committed in transactions of the processor
 * @param collectsWhenFull whether a transaction that finds no room {@linkplain Stm#collect
 *     collects}, and runs again once, before it is refused. Only for programs that keep to the
 *     contract of {@link Stm#collect}: it may happen at any time
 * @param historyLimitBytes how much of the region may be kept for snapshots, in bytes, at least
 *     {@link #MIN_HISTORY_LIMIT_BYTES}; or {@link #QUARTER} of the capacity. It counts the pieces
 *     of 64 KiB that are full of before-images, and freed objects that a snapshot still sees;
 *     beside them each slot has one piece that it is filling, and keeps up to four empty ones.
 *     Freed objects are counted when they are freed, after the look at the limit: commits at the
 *     same time may pass it, each by what it frees
 * @param historyPolicy what gives way when the limit is reached
 */
public record StmOptions(
        String name,
        long capacityBytes,
        int maxRunning,
        HardwareCommits hardware,
        boolean collectsWhenFull,
        long historyLimitBytes,
        HistoryPolicy historyPolicy) {
    /** The smallest region, in bytes. */
    public static final long MIN_CAPACITY_BYTES = 1L << 20;

    /** The largest region, in bytes. */
    public static final long MAX_CAPACITY_BYTES = 1L << 43;

    /** The largest number to give as {@link #maxRunning}. */
    public static final int MAX_RUNNING = 1024;

    /** The smallest limit of what is kept for snapshots, in bytes. */
    public static final long MIN_HISTORY_LIMIT_BYTES = 64L << 10;

    /** As {@link #historyLimitBytes}: a quarter of the capacity, whatever that is. */
    public static final long QUARTER = 0;

    /**
     * A region of 1 GiB, 256 running attempts; a quarter of it for snapshots, then the oldest is
     * ended; hardware where it is an advantage.
     */
    public static final StmOptions DEFAULT = new StmOptions("stm", 1L << 30, 256);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public StmOptions {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(hardware, "hardware");
        Objects.requireNonNull(historyPolicy, "historyPolicy");
        if (capacityBytes < MIN_CAPACITY_BYTES || capacityBytes > MAX_CAPACITY_BYTES) {
            throw new IllegalArgumentException("options refused: capacityBytes=" + capacityBytes
                    + "; use " + MIN_CAPACITY_BYTES + " to " + MAX_CAPACITY_BYTES);
        }
        if (maxRunning < 2 || maxRunning > MAX_RUNNING) {
            throw new IllegalArgumentException(
                    "options refused: maxRunning=" + maxRunning + "; use 2 to " + MAX_RUNNING);
        }
        if (historyLimitBytes != QUARTER && historyLimitBytes < MIN_HISTORY_LIMIT_BYTES) {
            throw new IllegalArgumentException("options refused: historyLimitBytes="
                    + historyLimitBytes + "; use QUARTER, or " + MIN_HISTORY_LIMIT_BYTES
                    + " and more");
        }
    }

    /**
     * Options with the defaults for the rest.
     *
     * @param name what messages and reports call the engine
     * @param capacityBytes size of the region, in bytes
     * @param maxRunning how many attempts can at least run at one instant
     */
    public StmOptions(String name, long capacityBytes, int maxRunning) {
        this(
                name,
                capacityBytes,
                maxRunning,
                HardwareCommits.AUTO,
                false,
                QUARTER,
                HistoryPolicy.END_OLDEST);
    }

    /**
     * These options with another name.
     *
     * @param newName what messages and reports call the engine
     * @return the options
     */
    public StmOptions withName(String newName) {
        return new StmOptions(
                newName,
                capacityBytes,
                maxRunning,
                hardware,
                collectsWhenFull,
                historyLimitBytes,
                historyPolicy);
    }

    /**
     * These options with another capacity.
     *
     * @param bytes size of the region, in bytes
     * @return the options
     */
    public StmOptions withCapacityBytes(long bytes) {
        return new StmOptions(
                name,
                bytes,
                maxRunning,
                hardware,
                collectsWhenFull,
                historyLimitBytes,
                historyPolicy);
    }

    /**
     * These options with another bound on running attempts.
     *
     * @param attempts how many may run at one instant
     * @return the options
     */
    public StmOptions withMaxRunning(int attempts) {
        return new StmOptions(
                name,
                capacityBytes,
                attempts,
                hardware,
                collectsWhenFull,
                historyLimitBytes,
                historyPolicy);
    }

    /**
     * These options with collections in a full region, or without.
     *
     * @param collects whether a transaction that finds no room collects
     * @return the options
     */
    public StmOptions withCollectionWhenFull(boolean collects) {
        return new StmOptions(
                name,
                capacityBytes,
                maxRunning,
                hardware,
                collects,
                historyLimitBytes,
                historyPolicy);
    }

    /**
     * These options with another use of hardware transactions.
     *
     * @param use whether updates are committed in transactions of the processor
     * @return the options
     */
    public StmOptions withHardware(HardwareCommits use) {
        return new StmOptions(
                name,
                capacityBytes,
                maxRunning,
                use,
                collectsWhenFull,
                historyLimitBytes,
                historyPolicy);
    }

    /**
     * These options with another limit of what is kept for snapshots.
     *
     * @param bytes how much, or {@link #QUARTER}
     * @param policy what gives way when it is reached
     * @return the options
     */
    public StmOptions withHistoryLimit(long bytes, HistoryPolicy policy) {
        return new StmOptions(
                name, capacityBytes, maxRunning, hardware, collectsWhenFull, bytes, policy);
    }
}
