package org.offheapstm.bench.gate;

import static org.offheapstm.bench.contender.Contender.GLOBAL_LOCK;
import static org.offheapstm.bench.contender.Contender.MULTIVERSE;
import static org.offheapstm.bench.contender.Contender.SCALA_STM;
import static org.offheapstm.bench.contender.Contender.STAMPED_LOCK;

import org.offheapstm.bench.child.Scans;
import org.offheapstm.bench.contender.Contender;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The bars of a long reader beside a busy writer, with the reader flat out and at a given pace.
 *
 * <p>How much a scan must cost depends on how fast the two cores hand over a cache line, since the
 * reader fetches what the writer has just written. So that time stands beside, and, flat out, what
 * the others come to.
 *
 * @param perSecond the pace, or {@link Scans#FLAT_OUT}
 * @param beside whom to measure too, without a verdict
 */
record ScanBars(String name, int perSecond, List<Contender> beside) {
    static final String FLAT_OUT = "scans-flat-out";
    static final String PACED = "scans-paced";

    private static final int RATE_BAR = 3_000;
    private static final double TAIL_BAR_MICROS = 1_000;
    private static final double SHARE_BAR = 0.8;

    /** A pause of the machine at the end of a slice is not held against one who keeps pace. */
    private static final double PACE_DIGIT = 10;

    static ScanBars flatOut() {
        return new ScanBars(
                FLAT_OUT,
                Scans.FLAT_OUT,
                List.of(STAMPED_LOCK, GLOBAL_LOCK, SCALA_STM, MULTIVERSE));
    }

    static ScanBars paced() {
        return new ScanBars(PACED, RATE_BAR, List.of());
    }

    /** The subject first, then the others; one after the other. */
    Map<Contender, Scans> run(Contender us, int millis) throws IOException {
        Map<Contender, Scans> scans = new LinkedHashMap<>();
        scans.put(us, Scans.run(us, perSecond, millis));
        for (Contender other : beside) {
            if (other != us) {
                scans.put(other, Scans.run(other, perSecond, millis));
            }
        }
        return scans;
    }

    List<Gate> judge(Contender us, Map<Contender, Scans> scans) {
        StringBuilder table = new StringBuilder(line("", Scans.heading()));
        scans.forEach((who, what) -> table.append(line(who.label(), what.asText())));
        Scans ours = scans.get(us);
        double rate = perSecond == Scans.FLAT_OUT
                ? ours.perSecond()
                : Math.rint(ours.perSecond() / PACE_DIGIT) * PACE_DIGIT;
        return List.of(
                gate("-per-second", rate, Gate.Sense.AT_LEAST, RATE_BAR, "100,000 objects" + table),
                gate(
                        "-p99-micros",
                        ours.percentileNanos("p99") / 1_000,
                        Gate.Sense.AT_MOST,
                        TAIL_BAR_MICROS,
                        String.format("the median %.0f us", ours.percentileNanos("p50") / 1_000)),
                gate(
                        "-aborts",
                        ours.aborts(),
                        Gate.Sense.AT_MOST,
                        0,
                        String.format(
                                "but for %.2f a scan, by which it became a registered snapshot",
                                ours.promotions())),
                gate(
                        "-writer-share",
                        ours.writerShare(),
                        Gate.Sense.AT_LEAST,
                        SHARE_BAR,
                        String.format(
                                "%.0f writes a second; a cache line takes %.0f ns to the other"
                                        + " core",
                                ours.writesPerSecond(), ours.handOverNanos())));
    }

    private Gate gate(String what, double value, Gate.Sense sense, double bar, String details) {
        return new Gate(name + what, value, sense, bar, details);
    }

    private static String line(String who, String text) {
        return String.format("%n     %12s%s", who, text);
    }
}
