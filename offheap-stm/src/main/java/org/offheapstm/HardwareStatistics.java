package org.offheapstm;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What an engine has done in hardware transactions since it was opened. Counters are read without
 * stopping anyone, so they may be a few commits apart from one another.
 *
 * @param state in one line whether this engine commits in hardware, or why not
 * @param attempts transactions of the processor that were begun; several for one commit if some
 *     abort: {@code commits} plus all {@code aborts}
 * @param commits updates that were committed in hardware
 * @param fallbacks updates that were tried in hardware, and then committed, or rolled back, in
 *     software
 * @param skipped updates of enough objects that were left to software without a try: merges,
 *     escalated attempts, or what their call site has met lately
 * @param aborts transactions of the processor that aborted, by cause
 * @param sites what each call site has met, those with most updates first; a thread remembers its
 *     latest 64 or so
 */
public record HardwareStatistics(
        String state,
        long attempts,
        long commits,
        long fallbacks,
        long skipped,
        Map<Cause, Long> aborts,
        List<Site> sites) {
    /** Copies the map and the list. */
    public HardwareStatistics {
        Objects.requireNonNull(state, "state");
        aborts = Map.copyOf(aborts);
        sites = List.copyOf(sites);
    }

    /** Why a transaction of the processor has aborted. */
    public enum Cause {
        /** An object was not as the transaction had seen it. */
        STALE,
        /** A snapshot was registered, or somebody waited in retry: software keeps and wakes. */
        GUARD,
        /** Another thread touched the same memory at the same time. */
        CONFLICT,
        /** The processor's caches could not hold it. */
        CAPACITY,
        /** An interrupt, a page fault, or no reason given. */
        INTERRUPTED
    }

    /**
     * A call site: a named block, or a body's class.
     *
     * @param name of the block, or of the class
     * @param attempts transactions of the processor that were begun: {@code commits} plus all
     *     {@code aborts}
     * @param commits updates that were committed in hardware
     * @param fallbacks updates that were tried in hardware in vain; also those that were seen to be
     *     stale, or too large, before a transaction was begun
     * @param skipped updates that were left to software because of that
     * @param aborts transactions of the processor that aborted, by cause
     */
    public record Site(
            String name,
            long attempts,
            long commits,
            long fallbacks,
            long skipped,
            Map<Cause, Long> aborts) {
        /** Copies the map. */
        public Site {
            Objects.requireNonNull(name, "name");
            aborts = Map.copyOf(aborts);
        }
    }
}
