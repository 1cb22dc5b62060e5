package org.offheapstm.bench.gate;

import static org.offheapstm.bench.contender.Contender.CAS;
import static org.offheapstm.bench.contender.Contender.CLOJURE;
import static org.offheapstm.bench.contender.Contender.MULTIVERSE;
import static org.offheapstm.bench.contender.Contender.OFFHEAP_STM;
import static org.offheapstm.bench.contender.Contender.PLAIN;
import static org.offheapstm.bench.contender.Contender.SCALA_STM;
import static org.offheapstm.bench.contender.Contender.STM_PREFETCHING;
import static org.offheapstm.bench.contender.Contender.STRUCT_HANDLE;
import static org.offheapstm.bench.contender.Contender.STRUCT_VIEW;

import org.offheapstm.bench.contender.Contender;
import org.offheapstm.bench.workload.Workload;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The bars which the project has set itself, and the contests that decide them.
 *
 * <p>Each is a ratio taken in every round of a contest; its value is the median of the rounds. "The
 * best STM of the JVM" is in each contest anew the fastest, by its median, of Multiverse, ScalaSTM
 * and Clojure. {@code own-counter-to-cas} is a multiple of the row {@code cas} of the same contest:
 * a load and a compare-and-set, not a fetch-and-add.
 *
 * @param entries who takes part
 * @param forks among how many sets of fresh JVMs, one after the other, the rounds are divided
 * @param bars what is judged when all rounds are over
 */
record Bars(Workload workload, List<Entry> entries, int forks, List<Bar> bars) {
    private static final int SEVERAL_FORKS = 3;

    private static final List<Contender> STMS = List.of(MULTIVERSE, SCALA_STM, CLOJURE);

    /** One bar of a contest. */
    interface Bar {
        Gate judge(Contest contest);
    }

    Bars(Workload workload, List<Entry> entries, List<Bar> bars) {
        this(workload, entries, 1, bars);
    }

    /** For sides that run the same methods, so that the bar is next to 1: see {@link Contest}. */
    Bars inSeveralForks() {
        return new Bars(workload, entries, SEVERAL_FORKS, bars);
    }

    static List<Bars> all(Contender subject) {
        Entry us = new Entry(subject, 1);
        Entry usTwice = new Entry(subject, 2);
        Entry plain = new Entry(PLAIN, 1);
        Entry plainTwice = new Entry(PLAIN, 2);
        Entry cas = new Entry(CAS, 1);
        Entry prefetching = new Entry(STM_PREFETCHING, 1);
        Entry multiverse = new Entry(MULTIVERSE, 1);
        return List.of(
                new Bars(
                        Workload.OWN_COUNTER,
                        List.of(us, plain, usTwice, plainTwice, cas, multiverse),
                        List.of(
                                atMost("own-counter-to-cas", us, cas, 3.5),
                                atLeast("own-counter-over-multiverse", multiverse, us, 1),
                                scaling(
                                        "own-counters-scaling",
                                        us,
                                        usTwice,
                                        plain,
                                        plainTwice,
                                        0.95),
                                noBytes("own-counter-bytes", us))),
                new Bars(
                        Workload.READ_100,
                        List.of(us, plain, prefetching),
                        List.of(
                                atMost("read-100-to-plain", us, plain, 1.5, prefetching),
                                noBytes("read-100-bytes", us))),
                new Bars(
                        Workload.BANK_1000,
                        withStms(us, plain),
                        List.of(
                                atMost("bank-1000-to-plain", us, plain, 2.2),
                                overStms("bank-1000-over-stms", us, 3),
                                noBytes("bank-1000-bytes", us))),
                updates(Workload.UPDATE_2, us, 3.5),
                updates(Workload.UPDATE_10, us, 4, prefetching),
                updates(Workload.UPDATE_100, us, 6, prefetching),
                new Bars(
                        Workload.BANK_100000,
                        withStms(usTwice),
                        List.of(
                                overStms("bank-100000-x2-over-stms", usTwice, 4),
                                noBytes("bank-100000-x2-bytes", usTwice))),
                structs(Workload.STRUCT_READ_10),
                structs(Workload.STRUCT_UPDATE_10));
    }

    private static Bars updates(Workload workload, Entry us, double bar, Entry... beside) {
        String name = workload.label();
        List<Entry> entries = withStms(us);
        entries.addAll(List.of(beside));
        return new Bars(
                workload,
                entries,
                List.of(
                        overStms(name + "-over-stms", us, bar, beside),
                        noBytes(name + "-bytes", us)));
    }

    /** Generated accessors against what one would write by hand, whoever the subject. */
    private static Bars structs(Workload workload) {
        String name = workload.label();
        Entry byHand = new Entry(OFFHEAP_STM, 1);
        Entry handle = new Entry(STRUCT_HANDLE, 1);
        Entry view = new Entry(STRUCT_VIEW, 1);
        return new Bars(
                        workload,
                        List.of(handle, byHand, view),
                        List.of(
                                atMost(name + "-handle-to-by-hand", handle, byHand, 1.05, view),
                                noBytes(name + "-handle-bytes", handle),
                                noBytes(name + "-view-bytes", view)))
                .inSeveralForks();
    }

    /** These, and each STM with as many threads as the first of them. */
    private static List<Entry> withStms(Entry... others) {
        List<Entry> entries = new ArrayList<>(List.of(others));
        STMS.forEach(stm -> entries.add(new Entry(stm, others[0].threads())));
        return entries;
    }

    private static Bar atMost(String name, Entry above, Entry below, double bar) {
        return contest -> ratio(name, contest, above, below, Gate.Sense.AT_MOST, bar);
    }

    /** The same, and what a third comes to, which is not judged. */
    private static Bar atMost(String name, Entry above, Entry below, double bar, Entry beside) {
        return contest -> {
            Gate gate = ratio(name, contest, above, below, Gate.Sense.AT_MOST, bar);
            Ratio ratio = Ratio.of(contest.nanos(beside), contest.nanos(below));
            return gate.with(contest.medians(Stream.of(beside)) + "; " + ratio.quartiles());
        };
    }

    private static Bar atLeast(String name, Entry above, Entry below, double bar) {
        return contest -> ratio(name, contest, above, below, Gate.Sense.AT_LEAST, bar);
    }

    /**
     * How many times faster than the fastest of the STMs.
     *
     * @param beside what these come to is told too, and not judged
     */
    private static Bar overStms(String name, Entry us, double bar, Entry... beside) {
        return contest -> {
            Entry best = STMS.stream()
                    .map(stm -> new Entry(stm, us.threads()))
                    .min(Comparator.comparingDouble(stm -> contest.nanos(stm).median()))
                    .orElseThrow();
            Gate gate = ratio(name, contest, best, us, Gate.Sense.AT_LEAST, bar);
            for (Entry other : beside) {
                Ratio ratio = Ratio.of(contest.nanos(best), contest.nanos(other));
                gate = gate.with(contest.medians(Stream.of(other)) + "; " + ratio.quartiles());
            }
            return gate;
        };
    }

    private static Gate ratio(
            String name, Contest contest, Entry above, Entry below, Gate.Sense sense, double bar) {
        Ratio ratio = Ratio.of(contest.nanos(above), contest.nanos(below));
        return new Gate(
                name,
                ratio.median(),
                sense,
                bar,
                contest.medians(Stream.of(above, below)) + "; " + ratio.quartiles());
    }

    /**
     * How much faster two threads are than one, compared with how much faster two plain loops are
     * than one.
     */
    private static Bar scaling(
            String name, Entry us, Entry usTwice, Entry plain, Entry plainTwice, double bar) {
        return contest -> {
            Ratio ours = Ratio.of(contest.nanos(us), contest.nanos(usTwice));
            Ratio plains = Ratio.of(contest.nanos(plain), contest.nanos(plainTwice));
            Ratio ratio = Ratio.of(ours.rounds(), plains.rounds());
            String details = String.format(
                    "%s; two threads do %.2f x the work of one, plain %.2f x; %s",
                    contest.medians(Stream.of(us, usTwice, plain, plainTwice)),
                    ours.median(),
                    plains.median(),
                    ratio.quartiles());
            return new Gate(name, ratio.median(), Gate.Sense.AT_LEAST, bar, details);
        };
    }

    /**
     * Bytes allocated per operation over all rounds, to the hundredth: one stray object in ten
     * thousand operations is not garbage.
     */
    private static Bar noBytes(String name, Entry us) {
        return contest -> {
            double bytes = contest.bytesPerOperation(us);
            return new Gate(
                    name,
                    Math.rint(bytes * 100) / 100,
                    Gate.Sense.AT_MOST,
                    0,
                    String.format("%s %.6f B/op", us, bytes));
        };
    }
}
