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
 * <p>What the compiler makes of one JVM differs from the next by up to 15 %. Where the bar is
 * closer than that, all sides begin anew in fresh JVMs, {@link Bars#casts} times in all.
 */
final class Contest {
    private final Workload workload;
    private final Map<Entry, List<Slice>> slices = new LinkedHashMap<>();

    private Contest(Workload workload, List<Entry> entries) {
        this.workload = workload;
        entries.forEach(entry -> slices.put(entry, new ArrayList<>()));
    }

    /** With each cast for its part of the rounds. */
    static Contest hold(Workload workload, List<Entry> entries, int casts, Pace pace)
            throws IOException {
        Contest contest = new Contest(workload, entries);
        for (int cast = 0; cast < casts; cast++) {
            int rounds = pace.rounds() * (cast + 1) / casts - pace.rounds() * cast / casts;
            if (rounds > 0) {
                contest.hold(entries, new Pace(pace.warmupMillis(), rounds, pace.sliceMillis()));
            }
        }
        return contest;
    }

    private void hold(List<Entry> entries, Pace pace) throws IOException {
        Map<Contender, Side> sides = new EnumMap<>(Contender.class);
        try {
            for (Entry entry : entries) {
                if (!sides.containsKey(entry.contender())) {
                    sides.put(entry.contender(), new Side(workload, entry.contender()));
                }
            }
            hold(sides, pace);
        } finally {
            for (Side side : sides.values()) {
                side.close();
            }
        }
    }

    private void hold(Map<Contender, Side> sides, Pace pace) throws IOException {
        List<Entry> forward = List.copyOf(slices.keySet());
        for (Entry entry : forward) {
            sides.get(entry.contender()).slice(entry.threads(), pace.warmupMillis());
        }
        for (int round = 0; round < pace.rounds(); round++) {
            for (Entry entry : round % 2 == 0 ? forward : forward.reversed()) {
                Side side = sides.get(entry.contender());
                slices.get(entry).add(side.slice(entry.threads(), pace.sliceMillis()));
            }
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
