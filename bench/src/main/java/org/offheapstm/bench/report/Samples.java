package org.offheapstm.bench.report;

import java.util.Arrays;
import java.util.List;

/**
 * Repeated measurements of one thing. On a machine that other work shares, the mean says more about
 * the others: what is reported is the median, the quartiles, and the least.
 */
public final class Samples {
    private final double[] inOrder;
    private final double[] sorted;

    public Samples(double... samples) {
        inOrder = samples.clone();
        sorted = samples.clone();
        Arrays.sort(sorted);
    }

    public int count() {
        return sorted.length;
    }

    /** The i-th sample as it was taken. */
    public double get(int i) {
        return inOrder[i];
    }

    public double least() {
        return quantile(0);
    }

    public double median() {
        return quantile(0.5);
    }

    /**
     * The value below which this share of the samples lies, interpolated; NaN if there are none.
     */
    public double quantile(double share) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double at = share * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    public List<Double> asList() {
        return Arrays.stream(inOrder).boxed().toList();
    }
}
