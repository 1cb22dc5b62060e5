package org.offheapstm.bench.child;

import org.HdrHistogram.Histogram;
import org.offheapstm.bench.contender.Contender;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What {@link org.offheapstm.bench.workload.ReversePairs} came to.
 *
 * @param operations of both threads together
 * @param smallerShare the slower thread's part of them, from 0 to 0.5
 * @param nanos mean, median, 90th, 99th, 99.9th, 99.99th percentile and greatest time of an
 *     operation, of both threads together, in nanoseconds
 */
public record Pairs(long operations, double smallerShare, List<Double> nanos) {
    private static final List<String> NAMES =
            List.of("mean", "p50", "p90", "p99", "p99.9", "p99.99", "max");
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99, 100};

    /** The pairs, and the control that ran after them in the same process. */
    public record Run(Pairs pairs, Pairs control) {}

    static Pairs of(Histogram one, Histogram other) {
        Histogram both = one.copy();
        both.add(other);
        Double[] nanos = new Double[1 + PERCENTILES.length];
        nanos[0] = both.getMean();
        for (int i = 0; i < PERCENTILES.length; i++) {
            nanos[1 + i] = (double) both.getValueAtPercentile(PERCENTILES[i]);
        }
        long slower = Math.min(one.getTotalCount(), other.getTotalCount());
        return new Pairs(
                both.getTotalCount(), (double) slower / both.getTotalCount(), List.of(nanos));
    }

    /** Runs both in a JVM of their own. */
    public static Run run(Contender contender, int millis) throws IOException {
        Process process = new ProcessBuilder(ChildJvm.command(
                        PairsWorker.class, List.of(contender.label(), Integer.toString(millis))))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.outputWriter().close();
        try (BufferedReader answers = process.inputReader()) {
            return new Run(
                    ofLine(answers.readLine(), contender), ofLine(answers.readLine(), contender));
        } finally {
            process.destroyForcibly();
        }
    }

    public double percentileNanos(String name) {
        return nanos.get(NAMES.indexOf(name));
    }

    /** By name, times in microseconds. */
    public Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("operations", operations);
        facts.put("smallerShare", smallerShare);
        for (int i = 0; i < NAMES.size(); i++) {
            facts.put(NAMES.get(i) + "Micros", nanos.get(i) / 1_000);
        }
        return facts;
    }

    public static String heading() {
        return NAMES.stream().map(name -> String.format("%10s", name)).collect(Collectors.joining())
                + "     share      operations";
    }

    /** Times in microseconds, under the heading. */
    public String asText() {
        return nanos.stream()
                        .map(time -> String.format("%10.2f", time / 1_000))
                        .collect(Collectors.joining())
                + String.format("%9.1f%%%16d", 100 * smallerShare, operations);
    }

    String asLine() {
        return operations + " " + smallerShare + " "
                + nanos.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    private static Pairs ofLine(String line, Contender contender) throws IOException {
        if (line == null) {
            throw new IOException("the measuring process ended: side=reverse pairs by "
                    + contender.label() + "; its own words are above");
        }
        String[] fields = line.split(" ");
        List<Double> nanos = Arrays.stream(fields).skip(2).map(Double::valueOf).toList();
        return new Pairs(Long.parseLong(fields[0]), Double.parseDouble(fields[1]), nanos);
    }
}
