package org.offheapstm.bench.gate;

import static org.offheapstm.bench.contender.Contender.OFFHEAP_STM;
import static org.offheapstm.bench.contender.Contender.STM_BY_LOCKS;
import static org.offheapstm.bench.contender.Contender.STM_IN_HARDWARE;
import static org.offheapstm.bench.contender.Contender.STM_REFUSED;

import org.offheapstm.bench.report.Samples;
import org.offheapstm.bench.workload.Workload;
import org.offheapstm.internal.htm.Probe;
import org.offheapstm.internal.htm.Shim;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The bars of commits in hardware. Two hold on every machine: that auto costs nothing beside off
 * where there is nothing to use, or too little to do; and what it costs to describe a commit of two
 * objects to the native part, which refuses it. The others compare both kinds of commit where the
 * processor has usable transactions, which few have; elsewhere {@link #missing} says why not.
 */
final class HtmBars {
    static final String NAME = "htm";

    private static final double REFUSAL_BAR_NANOS = 20;

    /** Two runs of the same thing in one JVM differ by as much. */
    private static final double NOISE = 1.02;

    private static final Entry BY_LOCKS = new Entry(STM_BY_LOCKS, 1);
    private static final Entry AUTO = new Entry(OFFHEAP_STM, 1);
    private static final Entry REFUSED = new Entry(STM_REFUSED, 1);
    private static final Entry IN_HARDWARE = new Entry(STM_IN_HARDWARE, 1);

    private HtmBars() {}

    static List<Bars> all() {
        List<Bars> bars = new ArrayList<>();
        List<Entry> entries = new ArrayList<>(List.of(BY_LOCKS, AUTO));
        List<Bars.Bar> ofTwo = new ArrayList<>(List.of(HtmBars::autoToOff));
        if (Shim.isLoaded()) {
            entries.add(REFUSED);
            ofTwo.add(HtmBars::refusal);
        }
        if (Probe.get().isUsable()) {
            entries.add(IN_HARDWARE);
            ofTwo.add(overSoftware(2));
            bars.add(commits(Workload.UPDATE_1, 1));
            bars.add(commits(Workload.UPDATE_4, 4));
            bars.add(commits(Workload.UPDATE_10, 10));
            bars.add(commits(Workload.UPDATE_16, 16));
            bars.add(commits(Workload.UPDATE_100, 100));
        }
        bars.addFirst(new Bars(Workload.UPDATE_2, entries, ofTwo).inSeveralForks());
        return bars;
    }

    /** Why some of the bars are not held, in a line; null if all are. */
    static String missing() {
        Probe probe = Probe.get();
        return probe.isUsable()
                ? null
                : "gate htm-commit-N-over-software not held: " + probe.line();
    }

    private static Bars commits(Workload workload, int objects) {
        return new Bars(workload, List.of(BY_LOCKS, IN_HARDWARE), List.of(overSoftware(objects)));
    }

    private static Bars.Bar overSoftware(int objects) {
        return contest -> ratio(
                contest,
                "htm-commit-" + objects + "-over-software",
                BY_LOCKS,
                IN_HARDWARE,
                Gate.Sense.AT_LEAST,
                1);
    }

    private static Gate autoToOff(Contest contest) {
        return ratio(contest, "htm-auto-to-off", AUTO, BY_LOCKS, Gate.Sense.AT_MOST, NOISE);
    }

    private static Gate ratio(
            Contest contest, String name, Entry above, Entry below, Gate.Sense sense, double bar) {
        Ratio ratio = Ratio.of(contest.nanos(above), contest.nanos(below));
        return new Gate(
                name,
                ratio.median(),
                sense,
                bar,
                contest.medians(Stream.of(above, below)) + "; " + ratio.quartiles());
    }

    /** What a refused commit takes on top of the same one by locks, round by round. */
    private static Gate refusal(Contest contest) {
        Samples refused = contest.nanos(REFUSED);
        Samples byLocks = contest.nanos(BY_LOCKS);
        Samples onTop = new Samples(IntStream.range(0, refused.count())
                .mapToDouble(round -> refused.get(round) - byLocks.get(round))
                .toArray());
        return new Gate(
                "htm-refusal",
                onTop.median(),
                Gate.Sense.AT_MOST,
                REFUSAL_BAR_NANOS,
                String.format(
                        "%s; ns on top, quartiles %.1f and %.1f",
                        contest.medians(Stream.of(REFUSED, BY_LOCKS)),
                        onTop.quantile(0.25),
                        onTop.quantile(0.75)));
    }
}
