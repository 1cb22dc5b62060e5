package org.offheapstm.bench.index.text;

/**
 * Input that the job cannot use. The message is written for the person at the terminal: what was
 * refused, the values, and what to do instead.
 */
public final class InputRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param values what was refused and why, as {@code name=value} pairs after a colon
     * @param remedy what the user can do, in the imperative
     */
    InputRefusedException(String values, String remedy) {
        super(values + "; " + remedy);
    }

    InputRefusedException(String values, String remedy, Throwable cause) {
        super(values + "; " + remedy, cause);
    }
}
