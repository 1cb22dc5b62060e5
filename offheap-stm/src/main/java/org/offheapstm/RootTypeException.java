package org.offheapstm;

/** A root is of another type than the one it was asked for with. */
public final class RootTypeException extends StmException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with its message.
     *
     * @param message what was refused, the values, the remedy
     */
    public RootTypeException(String message) {
        super(message);
    }
}
