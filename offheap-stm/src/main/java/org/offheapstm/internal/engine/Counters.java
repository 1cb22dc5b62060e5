package org.offheapstm.internal.engine;

import org.offheapstm.AbortCause;

/**
 * What one slot has done. Written by whoever leases the slot, read by anybody at any time without
 * order: a statistic may lag.
 */
final class Counters {
    /** For how many transactions after a conflict the attempts of a slot are timed. */
    private static final int TIMED_AFTER_CONFLICT = 1024;

    long commits;
    long updates;
    long rollbacks;
    long escalations;
    long promotions;
    long nanosLost;
    final long[] aborts = new long[AbortCause.values().length];

    private int timed;
    private long updatesBeforeLead;

    /** Updates committed since the last call: what its thread got done before it gave way. */
    long endLead() {
        long led = updates - updatesBeforeLead;
        updatesBeforeLead = updates;
        return led;
    }

    /** Whether the first attempt of the next transaction is timed. */
    boolean areTimed() {
        return timed != 0;
    }

    /** The start of a timed first attempt. */
    long startNanos() {
        return --timed == 0 ? 0 : System.nanoTime();
    }

    void aborted(AbortCause cause, long attemptStartNanos, long nowNanos) {
        aborts[cause.ordinal()]++;
        if (attemptStartNanos != 0 && cause != AbortCause.RETRY) {
            nanosLost += nowNanos - attemptStartNanos;
        }
        timed = TIMED_AFTER_CONFLICT;
    }
}
