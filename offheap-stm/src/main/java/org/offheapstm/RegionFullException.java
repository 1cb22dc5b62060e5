package org.offheapstm;

/**
 * The region has no room for what was asked; the transaction is rolled back and everything stays
 * usable. In a full region every thread can still write and free objects, up to some hundred in a
 * transaction; unless a snapshot is open for which copies of them would have to be kept, and {@link
 * HistoryPolicy#DELAY_WRITERS} says that it must not be ended; or a collection goes on, also one
 * whose {@link Collector} is open between steps, beside which none is ended.
 */
public final class RegionFullException extends StmException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with its message.
     *
     * @param message what was refused, the values, the remedy
     */
    public RegionFullException(String message) {
        super(message);
    }
}
