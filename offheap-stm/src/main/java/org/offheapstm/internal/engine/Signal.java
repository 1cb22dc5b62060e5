package org.offheapstm.internal.engine;

/**
 * How an attempt leaves its body when it cannot go on: thrown, never seen by users unless they
 * catch {@code Throwable}. The reason is in the attempt. An attempt that swallowed one is doomed:
 * its next access throws it again.
 */
final class Signal extends Error {
    private static final long serialVersionUID = 1L;

    /** It lost: run again. */
    @SuppressWarnings("StaticAssignmentOfThrowable") // Why: it has no stack trace.
    static final Signal CONFLICT = new Signal("conflict");

    /** It called retry: wait for a change, then run again. */
    @SuppressWarnings("StaticAssignmentOfThrowable") // Why: as above.
    static final Signal RETRY = new Signal("retry");

    private Signal(String name) {
        super(
                "internal signal of a transaction (" + name + "); do not catch it",
                null,
                false,
                false);
    }
}
