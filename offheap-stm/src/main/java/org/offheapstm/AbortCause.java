package org.offheapstm;

/** Why an attempt was rolled back and run again: the closed set of causes that statistics count. */
public enum AbortCause {
    /** Something it had read was overwritten before it could commit. */
    READ_CONFLICT,
    /** Something it had opened for writing was overwritten before it could commit. */
    WRITE_CONFLICT,
    /** It met an object in the middle of another's commit, and that commit did not end in time. */
    LOCKED,
    /** It needed an object owned by an escalated transaction. */
    OWNED,
    /**
     * A read-only attempt, which keeps no read set, met a version newer than its snapshot; it runs
     * again on a registered one, which loses only to {@link #SNAPSHOT_ENDED}.
     */
    SNAPSHOT_TOO_OLD,
    /**
     * It read a registered snapshot, and that was the oldest when {@link
     * StmOptions#historyLimitBytes} was reached: see {@link HistoryPolicy#END_OLDEST}.
     */
    SNAPSHOT_ENDED,
    /**
     * What it was to replace could not be kept for the snapshots within {@link
     * StmOptions#historyLimitBytes}; it waits for them, then runs again: see {@link
     * HistoryPolicy#DELAY_WRITERS}.
     */
    HISTORY_FULL,
    /** It called {@link Transaction#retry()}. */
    RETRY,
    /** Its turn did not come: {@link StmOptions#maxRunning} others were running. */
    NO_SLOT,
    /** The full region had no room for its private copies; run again where some is kept. */
    NO_ROOM,
    /** A test asked for it. */
    FORCED
}
