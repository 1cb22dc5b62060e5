package org.offheapstm;

/**
 * A reference was used whose object does not exist: freed, reused, of another type, never
 * allocated, or null.
 */
public final class StaleReferenceException extends StmException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with its message.
     *
     * @param message what was refused, the values, the remedy
     */
    public StaleReferenceException(String message) {
        super(message);
    }
}
