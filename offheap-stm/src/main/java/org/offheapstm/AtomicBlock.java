package org.offheapstm;

import java.util.Objects;

/**
 * What an atomic block is called and how long it may try: a constant that stands beside the code of
 * the block.
 *
 * <p>The name appears in conflict reports and exceptions, on both sides of a conflict. The limits
 * end in a {@link TransactionAbortedException} that says to whom the last attempt lost.
 *
 * <p>A block waits in {@link Transaction#retry()}; for its turn, while {@link
 * StmOptions#maxRunning} others run; after losing often, for its turn to run as the one block that
 * cannot lose; and for snapshots to end, if {@link HistoryPolicy#DELAY_WRITERS} says so. Each of
 * these waits parks the thread, and ends early when the thread is interrupted ({@link
 * TransactionInterruptedException}; the interrupt status stays set), the engine is closed, or
 * {@code timeoutNanos} is over. A block that need not wait takes no notice of interrupts.
 *
 * <p>A block that finds no room may also look for some, once, and its time-out does not end that:
 * if {@link StmOptions#collectsWhenFull} it waits up to five seconds for another collection to end,
 * and as long for those that run to end, and marks and frees, however long that takes.
 *
 * @param name what reports call the block
 * @param maxAttempts how often the body may be started, at least 1; waiting in
 *     {@link Transaction#retry()} does not count as a failure, but every start counts
 * @param timeoutNanos for how long the block may wait and be run again, in nanoseconds, from its
 *     first loss or wait: from the end of the first attempt that did not commit, or from when it
 *     first had to wait for its turn. Not from the call, which would cost each block a look at the
 *     clock, nearly as long as a short block takes: so a block that commits at its first attempt
 *     never runs out of time. Checked between attempts and while waiting, never in the middle of an
 *     attempt
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
     * @param nanos how long it may wait and be run again, from its first loss or wait, in
     *     nanoseconds, at least 1
     * @return the block
     */
    public AtomicBlock withTimeoutNanos(long nanos) {
        return new AtomicBlock(name, maxAttempts, nanos);
    }
}
