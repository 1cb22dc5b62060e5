package org.offheapstm;

/** The engine is closed. */
public final class StmClosedException extends StmException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with its message.
     *
     * @param message what was refused, the values, the remedy
     */
    public StmClosedException(String message) {
        super(message);
    }
}
