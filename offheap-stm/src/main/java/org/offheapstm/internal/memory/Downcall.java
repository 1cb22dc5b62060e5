package org.offheapstm.internal.memory;

/** What comes out of a call of a C function through a method handle. */
public final class Downcall {
    private Downcall() {}

    /**
     * What to throw for what a call has thrown: an Error, as of a full stack, as it is; a C
     * function throws nothing of its own.
     *
     * @param function its name
     */
    public static AssertionError failed(String function, Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return new AssertionError(function + " is a plain C function", thrown);
    }
}
