package org.offheapstm;

/**
 * The thread was interrupted while its transaction was blocked; its interrupt status is set again
 * and the transaction is rolled back.
 */
public final class TransactionInterruptedException extends StmException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with its message.
     *
     * @param message what was refused, the values, the remedy
     */
    public TransactionInterruptedException(String message) {
        super(message);
    }
}
