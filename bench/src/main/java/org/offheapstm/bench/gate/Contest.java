package org.offheapstm.bench.gate;

import org.offheapstm.bench.child.Side;
import org.offheapstm.bench.child.Slice;
import org.offheapstm.bench.contender.Contender;
import org.offheapstm.bench.report.Samples;
import org.offheapstm.bench.workload.Workload;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A comparison on one workload. The sides, each in a JVM of its own, take turns in slices of some
 * tens of milliseconds, for many rounds; the order is reversed from one round to the next. So
 * whatever else the machine does meanwhile hits all sides alike, and a ratio is taken within a
 * round, never between numbers from different minutes.
 *
 * <p>The compiler makes up to 15 % more or less of the same code from one JVM to the next. Where
 * the bar is closer than that, the rounds are divided among several forks of all sides, one after
 * the other, and their median is that of the fork in the middle; three of them leave some percent
 * to chance.
 */
final class Contest {
    private final Workload workload;
    private final int forks;
    private final Map<Entry, List<Slice>> slices = new LinkedHashMap<>();

    private Contest(Workload workload, List<Entry> entries, int forks) {
        this.workload = workload;
        this.forks = forks;
        entries.forEach(entry -> slices.put(entry, new ArrayList<>()));
    }

    static Contest hold(Bars bars, Pace pace) throws IOException {
        Contest contest = new Contest(bars.workload(), bars.entries(), bars.forks());
        for (int fork = 0; fork < contest.forks; fork++) {
            int from = firstRound(fork, contest.forks, pace.rounds());
            int to = firstRound(fork + 1, contest.forks, pace.rounds());
            if (from < to) {
                contest.fork(from, to, pace);
            }
        }
        return contest;
    }

    /** The first round of a fork; of one more than there are, how many rounds there are. */
    static int firstRound(int fork, int forks, int rounds) {
        return (int) ((long) rounds * fork / forks);
    }

    /** Holds some of the rounds, in fresh JVMs. */
    private void fork(int from, int to, Pace pace) throws IOException {
        Map<Contender, Side> sides = new EnumMap<>(Contender.class);
        try {
            for (Entry entry : slices.keySet()) {
                if (!sides.containsKey(entry.contender())) {
                    sides.put(entry.contender(), new Side(workload, entry.contender()));
                }
            }
            for (Entry entry : slices.keySet()) {
                sides.get(entry.contender()).slice(entry.threads(), pace.warmupMillis());
            }
            for (int round = from; round < to; round++) {
                hold(round, sides, pace);
            }
        } finally {
            for (Side side : sides.values()) {
                side.close();
            }
        }
    }

    private void hold(int round, Map<Contender, Side> sides, Pace pace) throws IOException {
        List<Entry> forward = List.copyOf(slices.keySet());
        for (Entry entry : round % 2 == 0 ? forward : forward.reversed()) {
            Side side = sides.get(entry.contender());
            slices.get(entry).add(side.slice(entry.threads(), pace.sliceMillis()));
        }
    }

    /** Nanoseconds per operation of all threads together, by round. */
    Samples nanos(Entry entry) {
        return new Samples(
                slices.get(entry).stream().mapToDouble(Slice::nanosPerOperation).toArray());
    }

    double bytesPerOperation(Entry entry) {
        long bytes = slices.get(entry).stream().mapToLong(Slice::bytes).sum();
        long operations =
                slices.get(entry).stream().mapToLong(Slice::operations).sum();
        return (double) bytes / operations;
    }

    String medians(Stream<Entry> entries) {
        return entries.map(
                        entry -> String.format("%s %.1f ns", entry, nanos(entry).median()))
                .collect(Collectors.joining(", "));
    }

    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("workload", workload.label());
        facts.put("forks", forks);
        for (Entry entry : slices.keySet()) {
            Map<String, Object> side = new LinkedHashMap<>();
            side.put("threads", entry.threads());
            side.put("medianNanosPerOperation", nanos(entry).median());
            side.put("bytesPerOperation", bytesPerOperation(entry));
            side.put("nanosPerOperationByRound", nanos(entry).asList());
            facts.put(entry.toString(), side);
        }
        return facts;
    }
}
