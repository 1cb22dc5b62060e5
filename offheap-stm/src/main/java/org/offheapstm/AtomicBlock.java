package org.offheapstm;

import java.util.Objects;

/**
 * What an atomic block is called and how long it may try: a constant that stands beside the code of
 * the block.
 *
 * <p>The name appears in conflict reports and exceptions, on both sides of a conflict. The limits
 * end in a {@link TransactionAbortedException} that says to whom the last attempt lost.
 *
 * @param name what reports call the block
 * @param maxAttempts how often the body may be started, at least 1; waiting in
 *     {@link Transaction#retry()} does not count as a failure, but every start counts
 * @param timeoutNanos how long the block may take in all, waiting included, in nanoseconds; checked
 *     between attempts and while waiting, never in the middle of an attempt
 */
public record AtomicBlock(String name, int maxAttempts, long timeoutNanos) {
    /** The block of calls that name none: unlimited. */
    public static final AtomicBlock ANONYMOUS = named("anonymous");

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException if a limit is not positive
     */
    public AtomicBlock {
        Objects.requireNonNull(name, "name");
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("atomic block refused: name=" + name
                    + ", maxAttempts=" + maxAttempts + "; use at least 1");
        }
        if (timeoutNanos < 1) {
            throw new IllegalArgumentException("atomic block refused: name=" + name
                    + ", timeoutNanos=" + timeoutNanos + "; use at least 1");
        }
    }

    /**
     * A block without limits.
     *
     * @param name what reports call it
     * @return the block
     */
    public static AtomicBlock named(String name) {
        return new AtomicBlock(name, Integer.MAX_VALUE, Long.MAX_VALUE);
    }

    /**
     * This block with another limit on attempts.
     *
     * @param attempts how often the body may be started, at least 1
     * @return the block
     */
    public AtomicBlock withMaxAttempts(int attempts) {
        return new AtomicBlock(name, attempts, timeoutNanos);
    }

    /**
     * This block with another limit on time.
     *
     * @param nanos how long it may take in all, in nanoseconds, at least 1
     * @return the block
     */
    public AtomicBlock withTimeoutNanos(long nanos) {
        return new AtomicBlock(name, maxAttempts, nanos);
    }
}
