package org.offheapstm;

/**
 * Whether an engine commits updates in hardware transactions (Intel RTM): one transaction of the
 * processor in place of a lock per object.
 *
 * <p>What is committed, and in which order, is the same in hardware and in software, and both run
 * at the same time on the same data: whatever the processor refuses is done in software. {@link
 * Statistics#hardware()} tells how often, and why not.
 */
public enum HardwareCommits {
    /** Never. */
    OFF,

    /**
     * Where the processor has usable transactions, for updates of so many objects that they are
     * faster; elsewhere as {@link #OFF}, and costs the same.
     */
    AUTO,

    /**
     * For every update that can be, also where software is faster; opening an engine fails with a
     * {@link HardwareUnavailableException} where the processor has no usable transactions. For
     * measuring, and for who relies on them.
     */
    REQUIRED
}
