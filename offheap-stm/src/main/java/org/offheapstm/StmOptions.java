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
 */
public record StmOptions(
        String name,
        long capacityBytes,
        int maxRunning,
        HardwareCommits hardware,
        boolean collectsWhenFull) {
    /** The smallest region, in bytes. */
    public static final long MIN_CAPACITY_BYTES = 1L << 20;

    /** The largest region, in bytes. */
    public static final long MAX_CAPACITY_BYTES = 1L << 43;

    /** The largest number to give as {@link #maxRunning}. */
    public static final int MAX_RUNNING = 1024;

    /** A region of 1 GiB, 256 running attempts, hardware where it is an advantage. */
    public static final StmOptions DEFAULT = new StmOptions("stm", 1L << 30, 256);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public StmOptions {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(hardware, "hardware");
        if (capacityBytes < MIN_CAPACITY_BYTES || capacityBytes > MAX_CAPACITY_BYTES) {
            throw new IllegalArgumentException("options refused: capacityBytes=" + capacityBytes
                    + "; use " + MIN_CAPACITY_BYTES + " to " + MAX_CAPACITY_BYTES);
        }
        if (maxRunning < 2 || maxRunning > MAX_RUNNING) {
            throw new IllegalArgumentException(
                    "options refused: maxRunning=" + maxRunning + "; use 2 to " + MAX_RUNNING);
        }
    }

    /**
     * Options with the default for the rest.
     *
     * @param name what messages and reports call the engine
     * @param capacityBytes size of the region, in bytes
     * @param maxRunning how many attempts can at least run at one instant
     */
    public StmOptions(String name, long capacityBytes, int maxRunning) {
        this(name, capacityBytes, maxRunning, HardwareCommits.AUTO, false);
    }

    /**
     * These options with another name.
     *
     * @param newName what messages and reports call the engine
     * @return the options
     */
    public StmOptions withName(String newName) {
        return new StmOptions(newName, capacityBytes, maxRunning, hardware, collectsWhenFull);
    }

    /**
     * These options with another capacity.
     *
     * @param bytes size of the region, in bytes
     * @return the options
     */
    public StmOptions withCapacityBytes(long bytes) {
        return new StmOptions(name, bytes, maxRunning, hardware, collectsWhenFull);
    }

    /**
     * These options with another bound on running attempts.
     *
     * @param attempts how many may run at one instant
     * @return the options
     */
    public StmOptions withMaxRunning(int attempts) {
        return new StmOptions(name, capacityBytes, attempts, hardware, collectsWhenFull);
    }

    /**
     * These options with collections in a full region, or without.
     *
     * @param collects whether a transaction that finds no room collects
     * @return the options
     */
    public StmOptions withCollectionWhenFull(boolean collects) {
        return new StmOptions(name, capacityBytes, maxRunning, hardware, collects);
    }

    /**
     * These options with another use of hardware transactions.
     *
     * @param use whether updates are committed in transactions of the processor
     * @return the options
     */
    public StmOptions withHardware(HardwareCommits use) {
        return new StmOptions(name, capacityBytes, maxRunning, use, collectsWhenFull);
    }
}
