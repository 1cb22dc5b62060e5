package org.offheapstm.bench.htm.form;

/** Why an attempt did not commit. */
public enum Cause {
    /** Software: a conflict of any kind. Hardware commit: a header was not as it had to be. */
    STALE("stale"),
    /** A snapshot was registered, or somebody waited. */
    GUARD("guard"),
    /** The elided lock was taken. */
    BUSY("lock taken"),
    /** Another thread touched a line. */
    CONFLICT("conflict"),
    /** The processor's caches could not hold it. */
    CAPACITY("capacity"),
    /** An interrupt, a page fault, a forbidden instruction. */
    INTERRUPTED("interrupted"),
    /** Any other status. */
    UNKNOWN("unknown");

    private final String label;

    Cause(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
