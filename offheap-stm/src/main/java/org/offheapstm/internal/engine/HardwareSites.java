package org.offheapstm.internal.engine;

import org.offheapstm.AtomicBlock;
import org.offheapstm.HardwareStatistics.Cause;
import org.offheapstm.internal.htm.Outcome;

import java.util.function.Consumer;

/**
 * What the call sites of one slot have met in hardware, and whether the next commit of each is
 * worth a try. A site is a named block, or else the class of the body.
 *
 * <p>After a failure a site leaves its next commits to software: a few after a conflict, many if
 * the transaction was too large, for it will be so again; twice as many after each failure in a
 * row, and half as many after each success. What has been stale costs nothing: software would have
 * lost too. No reason makes a site forget what a worse one has taught it. Sources: the limits by
 * cause of glibc's elided locks and of libitm; Diegues and Romano (ICAC 2014) for that no fixed
 * number is right for all.
 */
final class HardwareSites {
    /** More than a thread commits from in turn, as a rule; a power of two. */
    static final int SITES = 64;

    private static final Cause[] CAUSES = Cause.values();

    private final Site[] sites = new Site[SITES];
    private Site latest = new Site(new Object());

    /** One call site. */
    static final class Site {
        final Object key;

        /** Commits in hardware, failures, and commits left to software because of these. */
        long commits;

        long fallbacks;
        long skipped;

        /** Transactions of the processor that aborted, by the number of the cause. */
        final long[] aborts = new long[CAUSES.length];

        /** How many commits to leave to software, and how many after the next failure. */
        private int toSkip;

        private int penalty;

        Site(Object key) {
            this.key = key;
        }

        String name() {
            return key instanceof AtomicBlock block ? block.name() : ((Class<?>) key).getName();
        }

        /** Whether the next commit is worth a try. */
        boolean isWorthATry() {
            if (toSkip == 0) {
                return true;
            }
            toSkip--;
            skipped++;
            return false;
        }

        void succeeded() {
            commits++;
            penalty >>= 1;
        }

        void failed(Outcome outcome) {
            fallbacks++;
            Patience patience = Patience.after(outcome);
            int next = Math.min(patience.most, Math.max(patience.first, 2 * penalty));
            penalty = Math.max(penalty, next);
            toSkip = Math.min(patience.most, penalty);
        }
    }

    /** How many commits of a site to leave to software after one failure, and after many. */
    private enum Patience {
        /** Nothing is wrong with hardware. */
        NONE(0, 0),
        SHORT(1, 64),
        LONG(8, 256),
        VERY_LONG(64, 4096);

        final int first;
        final int most;

        Patience(int first, int most) {
            this.first = first;
            this.most = most;
        }

        static Patience after(Outcome outcome) {
            return switch (outcome) {
                case OK, STALE, UNAVAILABLE -> NONE;
                case CONFLICT -> SHORT;
                case GUARD, OTHER -> LONG;
                case CAPACITY, TOO_LARGE, BAD -> VERY_LONG;
            };
        }
    }

    /** What is known of a {@linkplain Lifecycle#siteOf site}. */
    @SuppressWarnings("ReferenceEquality") // Why: only to leave out the search.
    Site of(Object key) {
        Site site = latest;
        return site.key == key ? site : find(key);
    }

    private Site find(Object key) {
        int first = Promotions.placeOf(key, SITES);
        int at = first;
        while (sites[at] != null && !sites[at].key.equals(key)) {
            at = at + 1 & SITES - 1;
            if (at == first) {
                sites[first] = null; // All are taken: the new one drives an old one out.
            }
        }
        if (sites[at] == null) {
            sites[at] = new Site(key);
        }
        latest = sites[at];
        return latest;
    }

    /** Shows all sites; of another thread's slot, as they happen to be. */
    void forEach(Consumer<Site> visitor) {
        for (Site site : sites) {
            if (site != null) {
                visitor.accept(site);
            }
        }
    }
}
