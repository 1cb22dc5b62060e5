package org.offheapstm;

/**
 * An engine was to commit in hardware, {@link HardwareCommits#REQUIRED}, and this machine has no
 * hardware transactions that can be used; the message says why.
 */
public final class HardwareUnavailableException extends StmException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with its message.
     *
     * @param message what was refused, the values, the remedy
     */
    public HardwareUnavailableException(String message) {
        super(message);
    }
}
