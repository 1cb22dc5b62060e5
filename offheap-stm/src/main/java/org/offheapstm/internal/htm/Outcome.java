package org.offheapstm.internal.htm;

/** How a commit in hardware has ended; all but the first leave everything as it was. */
public enum Outcome {
    /** Done. */
    OK,
    /** A header was not as it must be: somebody has committed, or is about to. */
    STALE,
    /** A snapshot is registered, or somebody waits in retry. */
    GUARD,
    /** Another thread touched a line, at every try. */
    CONFLICT,
    /** More than the processor's caches can hold. */
    CAPACITY,
    /** An interrupt, a page fault, or no reason given, at every try. */
    OTHER,
    /** The probe has not found transactions that can be used. */
    UNAVAILABLE,
    /** Something was out of range: never, unless by a mistake of the engine. */
    BAD,
    /** More than a call takes on. */
    TOO_LARGE;

    private static final Outcome[] BY_RESULT = values();

    /** The outcome of a result of the header. */
    static Outcome of(int result) {
        return BY_RESULT[result];
    }
}
