package org.offheapstm.bench.gate;

import org.offheapstm.bench.report.Samples;

import java.util.stream.IntStream;

/** The ratio of two series, taken round by round. */
record Ratio(Samples rounds) {
    static Ratio of(Samples above, Samples below) {
        return new Ratio(new Samples(IntStream.range(0, above.count())
                .mapToDouble(round -> above.get(round) / below.get(round))
                .toArray()));
    }

    double median() {
        return rounds.median();
    }

    String quartiles() {
        return String.format(
                "ratio %.3f, quartiles %.3f and %.3f, of %d rounds",
                median(), rounds.quantile(0.25), rounds.quantile(0.75), rounds.count());
    }
}
