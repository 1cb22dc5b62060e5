package org.offheapstm.internal.engine;

/** What tests of other packages must know of the engine's limits. */
public final class EngineLimits {
    /** Losses after which a transaction asks for the token. */
    public static final int LOSSES_BEFORE_ESCALATION = Contention.ESCALATE_AFTER;

    private EngineLimits() {}
}
