package org.offheapstm.bench.report.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * One axis: what it is called, with its unit, from where to where it goes, and which of its values
 * are written beside it.
 */
public final class Scale {
    private static final int MOST_TICKS = 12;
    private static final double[] STEPS = {1, 2, 5, 10};

    private final String label;
    private final double least;
    private final double most;
    private final boolean isLogarithmic;
    private final List<Double> ticks;

    private Scale(
            String label, double least, double most, boolean isLogarithmic, List<Double> ticks) {
        this.label = label;
        this.least = least;
        this.most = most > least ? most : least + 1;
        this.isLogarithmic = isLogarithmic;
        this.ticks = ticks;
    }

    /** From 0 to 100. */
    public static Scale percent(String label) {
        return new Scale(label, 0, 100, false, List.of(0.0, 20.0, 40.0, 60.0, 80.0, 100.0));
    }

    /** From 0 to a little above the greatest of some values. */
    public static Scale fromZero(String label, DoubleStream values) {
        double greatest = values.filter(Double::isFinite).max().orElse(1);
        double rough = Math.max(greatest, Double.MIN_NORMAL) / 5;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = DoubleStream.of(STEPS)
                .map(factor -> factor * power)
                .filter(candidate -> candidate >= rough)
                .findFirst()
                .orElse(10 * power);
        int count = (int) Math.ceil(greatest / step);
        List<Double> ticks = new ArrayList<>();
        for (int i = 0; i <= Math.max(1, count); i++) {
            ticks.add(i * step);
        }
        return new Scale(label, 0, ticks.getLast(), false, ticks);
    }

    /** Logarithmic, around positive values; marked at powers of a base. */
    public static Scale logarithmic(String label, int base, DoubleStream values) {
        double[] positive =
                values.filter(value -> value > 0 && Double.isFinite(value)).toArray();
        double from = DoubleStream.of(positive).min().orElse(1);
        double to = DoubleStream.of(positive).max().orElse(base);
        int first = (int) Math.floor(Math.log(from) / Math.log(base) + 1e-9);
        int last = Math.max(first + 1, (int) Math.ceil(Math.log(to) / Math.log(base) - 1e-9));
        int step = (last - first) / MOST_TICKS + 1;
        List<Double> ticks = new ArrayList<>();
        for (int power = first; power <= last; power += step) {
            ticks.add(Math.pow(base, power));
        }
        return new Scale(label, Math.pow(base, first), Math.pow(base, last), true, ticks);
    }

    String label() {
        return label;
    }

    List<Double> ticks() {
        return ticks;
    }

    /** Where a value lies: 0 at the beginning of the axis, 1 at its end; NaN if nowhere. */
    double at(double value) {
        return isLogarithmic
                ? Math.log(value / least) / Math.log(most / least)
                : (value - least) / (most - least);
    }

    /** A number as one writes it beside an axis: 4K for 4096, 1M for a million. */
    static String written(double value) {
        if (value >= 1024 && value % 1024 == 0) {
            return value % (1024 * 1024) == 0
                    ? (long) value / (1024 * 1024) + "M"
                    : (long) value / 1024 + "K";
        }
        if (value >= 1e6 && value % 1e6 == 0) {
            return (long) (value / 1e6) + "M";
        }
        if (value >= 1e3 && value % 1e3 == 0) {
            return (long) (value / 1e3) + "K";
        }
        return value == Math.rint(value)
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.3g", value).replaceFirst("(\\.\\d*?)0+$", "$1");
    }
}
