package org.offheapstm;

/**
 * A transaction or engine was used where it must not be: on another thread, after its end, for
 * another engine, or to write in a read-only block.
 */
public final class MisuseException extends StmException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with its message.
     *
     * @param message what was refused, the values, the remedy
     */
    public MisuseException(String message) {
        super(message);
    }
}
