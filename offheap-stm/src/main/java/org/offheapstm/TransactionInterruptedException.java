package org.offheapstm;

/**
 * The thread was interrupted while its transaction was blocked, or when it had to wait: in {@link
 * Transaction#retry()}, or for its turn (see {@link AtomicBlock}). Its interrupt status stays set
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
