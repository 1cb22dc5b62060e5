package org.offheapstm;

/**
 * A transaction reached the limit of attempts or of time of its {@link AtomicBlock}; it is rolled
 * back.
 */
public final class TransactionAbortedException extends StmException {
    private static final long serialVersionUID = 1L;

    private final AbortCause abortCause;
    private final int attempts;
    private final long elapsedNanos;

    /**
     * An exception with its message and what the last attempt lost to.
     *
     * @param message what was refused, the values, the remedy
     * @param abortCause why the last attempt was rolled back
     * @param attempts how often the body was started
     * @param elapsedNanos time since the first loss or wait, in nanoseconds
     */
    public TransactionAbortedException(
            String message, AbortCause abortCause, int attempts, long elapsedNanos) {
        super(message);
        this.abortCause = abortCause;
        this.attempts = attempts;
        this.elapsedNanos = elapsedNanos;
    }

    /**
     * Why the last attempt was rolled back.
     *
     * @return the cause
     */
    public AbortCause abortCause() {
        return abortCause;
    }

    /**
     * How often the body was started.
     *
     * @return a count; 0 if its turn never came
     */
    public int attempts() {
        return attempts;
    }

    /**
     * Time since the first loss or wait, as in {@link AtomicBlock#timeoutNanos}.
     *
     * @return nanoseconds
     */
    public long elapsedNanos() {
        return elapsedNanos;
    }
}
