package org.offheapstm.internal.layout;

/**
 * The control area: the few words that all transactions of an engine share, and one line per slot.
 *
 * <pre>
 *     0  CLOCK     version clock, from 1
 *     8  WAITERS   transactions blocked in retry
 *    16  LIVE      registered snapshots
 *    24  OPENED    how many of the VIEWS of opened snapshots have been used, from the first on
 *    32  PROMOTED  above the highest slot whose view has been used
 *   128  TOKEN     0, or the ticket of the escalated attempt
 *   136  TICKETS   the last ticket given out
 *   256  REQUESTS  64 words: tickets that wait for the token, 0 where none does
 *  1024  VIEWS     2048 words: 256 of opened snapshots, then one for each slot
 * 17408  SLOTS     per slot 128 bytes: word 0 = number of the attempt, odd while it runs
 * </pre>
 *
 * <p>The first three share a line because every commit reads them and hardly anybody writes any.
 * The area is never unmapped while the engine object can be reached, so a late thread may announce
 * itself in its slot before it learns that the engine is closed.
 */
public final class Control {
    public static final long CLOCK = 0;
    public static final long WAITERS = 8;
    public static final long LIVE = 16;
    public static final long OPENED = 24;
    public static final long PROMOTED = 32;
    public static final long TOKEN = 128;
    public static final long TICKETS = 136;
    public static final long REQUESTS = 256;
    public static final int REQUEST_COUNT = 64;
    public static final long VIEWS = 1024;
    public static final int VIEW_COUNT = 2048;

    /** How many snapshots can be open at once. */
    public static final int MAX_OPENED = 256;

    public static final long SLOTS = VIEWS + 8L * VIEW_COUNT;
    public static final long SLOT_BYTES = 128;

    static {
        assert REQUESTS + 8L * REQUEST_COUNT <= VIEWS;
    }

    private Control() {}

    /** Offset of a slot's line; slots count from 1. */
    public static long slot(int slot) {
        return SLOTS + slot * SLOT_BYTES;
    }

    /** Offset of an opened snapshot's view; these count from 0. */
    public static long openedView(int number) {
        return VIEWS + 8L * number;
    }

    /** Offset of a slot's view. */
    public static long view(int slot) {
        return VIEWS + 8L * (MAX_OPENED + slot);
    }

    public static long bytes(int slots) {
        assert MAX_OPENED + slots < VIEW_COUNT;
        return slot(slots + 1);
    }
}
