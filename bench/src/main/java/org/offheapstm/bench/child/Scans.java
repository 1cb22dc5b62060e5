package org.offheapstm.bench.child;

import org.HdrHistogram.Histogram;
import org.offheapstm.bench.contender.Contender;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@link org.offheapstm.bench.workload.Scanning} came to.
 *
 * @param handOverNanos a cache line from one core to the other, right before
 * @param perSecond scans that were finished
 * @param nanos median, 99th percentile and greatest time of a scan, in nanoseconds; NaN if none was
 *     finished
 * @param writesPerSecond of the writer beside it
 * @param writerShare these, as a part of the writer's rate beside an unsynchronised reader that
 *     made as many scans
 * @param promotions attempts per scan that ended because it became a reader that cannot abort; NaN
 *     if the contender does not count
 * @param aborts all other attempts, of scanner and writer, that were rolled back, such as those
 *     that waited in vain for a commit to end whose thread had lost its core; NaN as well
 */
public record Scans(
        double handOverNanos,
        double perSecond,
        List<Double> nanos,
        double writesPerSecond,
        double writerShare,
        double promotions,
        double aborts) {
    /** What a rate of scans says that begin as soon as the last one has ended. */
    public static final int FLAT_OUT = 0;

    private static final List<String> NAMES = List.of("p50", "p99", "max");
    private static final double[] PERCENTILES = {50, 99, 100};
    private static final int OTHER_FIELDS = 6;

    static List<Double> percentiles(Histogram histogram) {
        return Arrays.stream(PERCENTILES)
                .mapToObj(percentile -> histogram.getTotalCount() == 0
                        ? Double.NaN
                        : (double) histogram.getValueAtPercentile(percentile))
                .toList();
    }

    /**
     * Runs them in a JVM of their own.
     *
     * @param perSecond how many scans begin in a second, or {@link #FLAT_OUT}
     * @param millis how long to measure, and how long once more the unsynchronised reader
     */
    public static Scans run(Contender contender, int perSecond, int millis) throws IOException {
        Process process = new ProcessBuilder(ChildJvm.command(
                        ScansWorker.class,
                        List.of(
                                contender.label(),
                                Integer.toString(perSecond),
                                Integer.toString(millis))))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.outputWriter().close();
        try (BufferedReader answers = process.inputReader()) {
            String line = answers.readLine();
            if (line == null) {
                throw new IOException("the measuring process ended: side=scans by "
                        + contender.label() + "; its own words are above");
            }
            return ofLine(line);
        } finally {
            process.destroyForcibly();
        }
    }

    public double percentileNanos(String name) {
        return nanos.get(NAMES.indexOf(name));
    }

    /** By name, times in microseconds but for the hand-over. */
    public Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("handOverNanos", handOverNanos);
        facts.put("perSecond", perSecond);
        for (int i = 0; i < NAMES.size(); i++) {
            facts.put(NAMES.get(i) + "Micros", nanos.get(i) / 1_000);
        }
        facts.put("writesPerSecond", writesPerSecond);
        facts.put("writerShare", writerShare);
        facts.put("promotionsPerScan", promotions);
        facts.put("aborts", aborts);
        return facts;
    }

    public static String heading() {
        return String.format(
                "%10s%10s%10s%10s%13s%8s%12s%8s%10s",
                "scans/s",
                "p50 us",
                "p99 us",
                "max us",
                "writes/s",
                "share",
                "promotions",
                "aborts",
                "hand-over");
    }

    /** Under the heading: times in microseconds, the hand-over in nanoseconds. */
    public String asText() {
        StringBuilder text = new StringBuilder();
        if (perSecond == 0) {
            text.append(String.format("%40s", "none finished"));
        } else {
            text.append(String.format("%10.0f", perSecond));
            nanos.forEach(time -> text.append(String.format("%10.0f", time / 1_000)));
        }
        text.append(String.format("%13.0f%7.0f%%", writesPerSecond, 100 * writerShare));
        text.append(
                Double.isNaN(aborts)
                        ? String.format("%12s%8s", "-", "-")
                        : String.format("%12.2f%8.0f", promotions, aborts));
        return text.append(String.format("%7.0f ns", handOverNanos)).toString();
    }

    String asLine() {
        StringBuilder line = new StringBuilder();
        for (double field : new double[] {
            handOverNanos, perSecond, writesPerSecond, writerShare, promotions, aborts
        }) {
            line.append(field).append(' ');
        }
        nanos.forEach(time -> line.append(time).append(' '));
        return line.toString();
    }

    static Scans ofLine(String line) {
        List<Double> fields =
                Arrays.stream(line.strip().split(" ")).map(Double::valueOf).toList();
        return new Scans(
                fields.get(0),
                fields.get(1),
                fields.subList(OTHER_FIELDS, fields.size()),
                fields.get(2),
                fields.get(3),
                fields.get(4),
                fields.get(5));
    }
}
