package org.offheapstm;

/**
 * The root of what a user of the engine can cause: each message says what was refused, the values,
 * and the remedy.
 */
public class StmException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with its message.
     *
     * @param message what was refused, the values, the remedy
     */
    public StmException(String message) {
        super(message);
    }
}
