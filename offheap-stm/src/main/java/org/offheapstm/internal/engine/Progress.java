package org.offheapstm.internal.engine;

import org.offheapstm.AbortCause;

/**
 * What a transaction carries from one attempt to the next: how often it has lost, to whom, since
 * when. It goes with the transaction when that changes slots.
 */
final class Progress {
    int attempts = 1;
    int losses;
    AbortCause cause;
    long object;

    /** Looked up at once: later the region may be unmapped. */
    int type;

    long header;

    /** Age: smaller is older; 0 before the first loss. */
    long ticket;

    /** Whether a read-only transaction keeps a read set, because it wants to wait for a change. */
    boolean recording;

    /** Whether a read-only transaction reads a registered snapshot, because it has lost. */
    boolean registers;

    /** The snapshot that it reads, if it was opened before; else null. */
    OpenSnapshot.Registration at;

    /** How many snapshots had left before its commit found no room for before-images. */
    long departures;

    /** Whether it runs in the spare slot from now on: see {@link Slots}. */
    boolean inSpare;

    /** Whether room is looked for before the next attempt; and whether that was done, once. */
    boolean searches;

    boolean hasSearched;

    /** When this attempt started; 0 if it is not timed. */
    long attemptStartNanos;

    /**
     * When the first loss or wait was, if {@link #isTimed}. Not when the first attempt started:
     * that is not known, for a look at the clock takes nearly as long as a short transaction.
     */
    long sinceNanos;

    private boolean isTimed;

    /**
     * The start of the first wait that has a limit, and when the present wait shall end, if {@link
     * #hasWaited}, {@link #hasWake}.
     */
    private long waitingSinceNanos;

    private boolean hasWaited;
    private long wakeNanos;
    private boolean hasWake;

    /** Whether it is of a transaction that has ended, and must be {@link #reset}. */
    boolean isUsed() {
        return attemptStartNanos != 0 || cause != null || registers;
    }

    void reset() {
        attempts = 1;
        losses = 0;
        cause = null;
        ticket = 0;
        recording = false;
        registers = false;
        at = null;
        inSpare = false;
        searches = false;
        hasSearched = false;
        attemptStartNanos = 0;
        isTimed = false;
        hasWaited = false;
        hasWake = false;
    }

    /** The transaction reads a snapshot. */
    void readAt(OpenSnapshot snapshot) {
        registers = true;
        at = snapshot.registration;
    }

    void lost(AbortCause newCause, long newObject, int newType, long newHeader) {
        cause = newCause;
        object = newObject;
        type = newType;
        header = newHeader;
    }

    /** An attempt has ended. */
    void starts(long nowNanos) {
        if (!isTimed) {
            isTimed = true;
            sinceNanos = nowNanos;
        }
    }

    /** Waits for a slot before the first attempt. */
    void waitsForSlot(long nowNanos) {
        attempts = 0;
        cause = AbortCause.NO_SLOT;
        object = 0;
        starts(nowNanos);
    }

    /** Has a slot for the first attempt. */
    void hasSlot() {
        attempts = 1;
    }

    /** The next attempt starts. */
    void next(long nowNanos) {
        attempts++;
        attemptStartNanos = nowNanos;
        hasWake = false;
    }

    /**
     * Whether a wait of this length, counted from the first one, is not over; it will end the
     * present wait.
     */
    boolean waitUntil(long timeoutNanos) {
        long now = System.nanoTime();
        if (!hasWaited) {
            hasWaited = true;
            waitingSinceNanos = now;
            cause = AbortCause.RETRY;
        }
        long end = waitingSinceNanos + Math.max(0, timeoutNanos); // Or it could overflow.
        if (now - end >= 0) {
            return false;
        }
        if (!hasWake || end - wakeNanos < 0) {
            hasWake = true;
            wakeNanos = end;
        }
        return true;
    }

    /** When the present wait shall end, at the latest at this time. */
    long wakeNanos(long limit) {
        return hasWake && wakeNanos - limit < 0 ? wakeNanos : limit;
    }
}
