package org.offheapstm;

/** A root was asked for whose name nobody has set. */
public final class NoSuchRootException extends StmException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with its message.
     *
     * @param message what was refused, the values, the remedy
     */
    public NoSuchRootException(String message) {
        super(message);
    }
}
