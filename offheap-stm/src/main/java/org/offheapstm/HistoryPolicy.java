package org.offheapstm;

/**
 * What gives way when as much is kept for snapshots as {@link StmOptions#historyLimitBytes} allows,
 * and a commit has to keep more.
 *
 * <table>
 *   <caption>Who pays</caption>
 *   <tr><th></th><th>{@link #END_OLDEST}</th><th>{@link #DELAY_WRITERS}</th></tr>
 *   <tr><td>an opened {@link Snapshot}</td>
 *       <td>{@link SnapshotEndedException}, at the next read that needs what was given back</td>
 *       <td>nothing</td></tr>
 *   <tr><td>a read-only block on a snapshot of its own</td>
 *       <td>runs again on a younger one ({@link AbortCause#SNAPSHOT_ENDED}); after some losses as
 *           one that cannot lose</td>
 *       <td>nothing</td></tr>
 *   <tr><td>a collection</td>
 *       <td>gives up, if its own snapshot is the oldest; in a full region nothing is ended beside
 *           it</td>
 *       <td>stops, incomplete, once it has waited a tenth of a second to keep more of what it
 *           frees; at once if its own thread has opened the oldest snapshot</td></tr>
 *   <tr><td>the writer</td>
 *       <td>nothing</td>
 *       <td>waits ({@link AbortCause#HISTORY_FULL}) for a snapshot to end, at most until the
 *           time-out of its block; if the oldest snapshot was opened by its own thread it is
 *           refused</td></tr>
 *   <tr><td>a region that has no room for a before-image</td>
 *       <td>as at the limit</td>
 *       <td>{@link RegionFullException} for the writer</td></tr>
 * </table>
 *
 * <p>A transaction that cannot lose passes the limit, and so does, under {@link #END_OLDEST}, a
 * commit that finds nobody left to be ended. To open a snapshot is a few instructions; who loses
 * his processor in the middle of them is ended before all others, and begins again unnoticed.
 */
public enum HistoryPolicy {
    /**
     * The oldest snapshot is ended, then the next one, until there is room. The default: a snapshot
     * is there so that writers need not wait for readers, and one that was forgotten must not stop
     * the store.
     */
    END_OLDEST,
    /** Writers wait until a snapshot ends by itself. */
    DELAY_WRITERS
}
