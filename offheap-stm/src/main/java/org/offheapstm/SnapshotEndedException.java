package org.offheapstm;

/**
 * A snapshot was ended because as much was kept for snapshots as {@link
 * StmOptions#historyLimitBytes} allows, and it was the oldest: see {@link
 * HistoryPolicy#END_OLDEST}. Everything that was read in it before is right; it is to be closed all
 * the same.
 */
public final class SnapshotEndedException extends StmException {
    private static final long serialVersionUID = 1L;

    private final long historyLimitBytes;
    private final long ageNanos;

    /**
     * An exception with its message.
     *
     * @param message what was refused, the values, the remedy
     * @param historyLimitBytes the limit that was reached, in bytes
     * @param ageNanos how old the snapshot was when it was ended, in nanoseconds
     */
    public SnapshotEndedException(String message, long historyLimitBytes, long ageNanos) {
        super(message);
        this.historyLimitBytes = historyLimitBytes;
        this.ageNanos = ageNanos;
    }

    /**
     * The limit that was reached.
     *
     * @return bytes
     */
    public long historyLimitBytes() {
        return historyLimitBytes;
    }

    /**
     * How old the snapshot was when it was ended.
     *
     * @return nanoseconds
     */
    public long ageNanos() {
        return ageNanos;
    }
}
