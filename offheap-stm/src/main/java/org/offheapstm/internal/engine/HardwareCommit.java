package org.offheapstm.internal.engine;

import org.offheapstm.HardwareStatistics.Cause;
import org.offheapstm.internal.htm.CommitDescriptor;
import org.offheapstm.internal.htm.Outcome;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.memory.Seam;

/**
 * Commits of one slot in a transaction of the processor: what {@link Commit} does by locks, at one
 * instant. The descriptor names the slot's write log as it lies in the region, and the read set;
 * what the library does with them is in {@code native/src/main/c/stm_htm.h}.
 *
 * <p><b>What stays in software:</b> merges and escalated attempts, which change objects whatever
 * version they have; every commit while a snapshot is registered or somebody waits in retry, for
 * whom before-images are kept and who is woken; what is too large; and what {@link HardwareUse} and
 * {@link HardwareSites} do not think worth a try. Who holds the token is not asked: what it owns
 * says so in the headers that are compared. Software is also what finds out to whom an attempt has
 * lost: any outcome but OK has changed nothing, and {@link Commit} goes on as if nothing had been.
 *
 * <p><b>Errors.</b> A StackOverflowError can strike between the commit and the line that says so
 * here. {@link Lifecycle#publishing} has said before that a commit in hardware is on its way, and
 * the library says in the same transaction that it is done: {@link #published}.
 */
final class HardwareCommit {
    /** What {@link Lifecycle#publishing} says meanwhile. */
    static final long IN_HARDWARE = -2;

    /** How many transactions of the processor to begin for a commit, at most. */
    private static final int TRIES = 6;

    private static final Cause[] CAUSES = Cause.values();

    private static final boolean ASKS = !Seam.without("hardwareDone");

    final CommitDescriptor descriptor;
    final HardwareSites sites = new HardwareSites();

    /** Commits that were tried in vain, and that were left to software without a try. */
    long fallbacks;

    long skipped;

    /** Of the descriptor's aborts by cause, those that the sites know of. */
    private final long[] charged = new long[CAUSES.length];

    /** That of a slot; null if its engine does not commit in hardware. */
    static HardwareCommit of(Attempt attempt, long control) {
        HardwareUse use = attempt.engine.hardware;
        return use.isOn() ? new HardwareCommit(attempt, control) : null;
    }

    private HardwareCommit(Attempt attempt, long control) {
        descriptor = new CommitDescriptor(
                attempt.base, attempt.region.capacityBytes(), control, attempt.slot);
    }

    /**
     * Commits in hardware, or has changed nothing.
     *
     * @return whether it has committed
     */
    boolean run(Attempt attempt, Object body) {
        WriteLog log = attempt.log;
        if (log.merges() != 0 || attempt.isEscalated()) {
            skipped++;
            return false;
        }
        HardwareSites.Site site = sites.of(attempt.siteOf(body));
        if (!site.isWorthATry()) {
            skipped++;
            return false;
        }
        Outcome outcome = Outcome.TOO_LARGE;
        if (attempt.describeReads(descriptor)) {
            descriptor.clear();
            attempt.publishing = IN_HARDWARE;
            outcome = descriptor.commit(log.first(), log.end(), attempt.bound, TRIES);
        }
        if (outcome != Outcome.OK) {
            assert outcome != Outcome.BAD : "the log lies in the region";
            fallbacks++;
            site.failed(outcome);
            if (descriptor.tried() != 0) {
                charge(site);
            }
            return false;
        }
        long header = descriptor.published();
        attempt.publishing = header;
        site.succeeded();
        if (descriptor.tried() != 1) {
            charge(site);
        }
        if (log.deaths() != 0) {
            attempt.giveBackFreed(Header.version(header));
        }
        return true;
    }

    /**
     * Tells a site of the aborts since the last call: all are of its commit. Called only where
     * there were some, or may have been: a commit at the first try, or one that is refused before
     * it, pays for no more than to see that.
     */
    private void charge(HardwareSites.Site site) {
        for (int i = 0; i < CAUSES.length; i++) {
            long aborts = aborts(CAUSES[i]);
            site.aborts[i] += aborts - charged[i];
            charged[i] = aborts;
        }
    }

    /** Transactions of the processor that aborted for a cause; may be asked by anybody. */
    long aborts(Cause cause) {
        return switch (cause) {
            case STALE -> descriptor.stale();
            case GUARD -> descriptor.guarded();
            case CONFLICT -> descriptor.conflicts();
            case CAPACITY -> descriptor.overflows();
            case INTERRUPTED -> descriptor.interrupted();
        };
    }

    /**
     * The header word that the commit which was on its way when an Error struck has published; 0 if
     * it has not taken place.
     */
    long published() {
        return ASKS ? descriptor.published() : 0;
    }
}
