package org.offheapstm;

import java.util.EnumMap;
import java.util.Map;

/**
 * What an engine has done since it was opened; counters are read without stopping anyone, so they
 * may be a few transactions apart from one another.
 *
 * @param commits transactions that committed
 * @param readOnlyCommits those of them that wrote nothing
 * @param aborts attempts rolled back to run again, by cause
 * @param rollbacks transactions that ended in an exception
 * @param escalations transactions that took the token after losing too often
 * @param promotions read-only transactions that met a newer version and ran again on a registered
 *     snapshot
 * @param timedNanosLost time spent in attempts that aborted, in nanoseconds; measured from a
 *     thread's first conflict on, while it keeps having conflicts, so a lone conflict may count as
 *     none
 * @param liveSnapshots snapshots that are registered now, of {@link Stm#openSnapshot} and of
 *     transactions; not those that were ended
 * @param endedSnapshots snapshots that were ended because {@link StmOptions#historyLimitBytes} was
 *     reached
 * @param oldestSnapshotNanos age of the oldest live snapshot, or 0, in nanoseconds
 * @param oldestSnapshotOpener the method that opened it, or the block that reads it, or ""
 * @param historyBytes bytes of the region that hold before-images for them, in pieces of 64 KiB
 * @param limboBytes bytes of freed objects whose place is not used again because a snapshot may
 *     still see them
 * @param usedBytes bytes of the region handed out to objects and to the engine's own areas
 * @param capacityBytes size of the region, in bytes
 * @param hardware what was done in hardware transactions
 */
public record Statistics(
        long commits,
        long readOnlyCommits,
        Map<AbortCause, Long> aborts,
        long rollbacks,
        long escalations,
        long promotions,
        long timedNanosLost,
        long liveSnapshots,
        long endedSnapshots,
        long oldestSnapshotNanos,
        String oldestSnapshotOpener,
        long historyBytes,
        long limboBytes,
        long usedBytes,
        long capacityBytes,
        HardwareStatistics hardware) {
    /** Copies the map. */
    public Statistics {
        aborts = Map.copyOf(aborts.isEmpty() ? new EnumMap<>(AbortCause.class) : aborts);
    }

    /**
     * Attempts rolled back to run again, for any cause but {@link AbortCause#RETRY}.
     *
     * @return a count
     */
    public long conflicts() {
        long sum = 0;
        for (Map.Entry<AbortCause, Long> each : aborts.entrySet()) {
            sum += each.getKey() == AbortCause.RETRY ? 0 : each.getValue();
        }
        return sum;
    }
}
