package org.offheapstm.bench.htm;

import org.offheapstm.bench.htm.Results.Row;
import org.offheapstm.bench.htm.form.Form;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What the size sweep says of the engine with commits in hardware beside the engine without: the
 * bar, and where the one overtakes the other.
 */
final class Verdict {
    /** The bar: hardware is faster for transactions of 1 to so many objects, alone. */
    static final int BAR_OBJECTS = 16;

    private final List<Row> rows;

    /** @param sizes rows of the size sweep, the smallest first */
    Verdict(List<Row> sizes) {
        rows = sizes.stream().filter(row -> Double.isFinite(gain(row))).toList();
    }

    /** How many times as many operations with commits in hardware; NaN if one is missing. */
    static double gain(Row row) {
        return row.median(Form.JAVA_RTM) / row.median(Form.JAVA_STM);
    }

    /** Whether there is anything to judge. */
    boolean isKnown() {
        return !rows.isEmpty();
    }

    /** Whether hardware was faster for each size up to the bar's. */
    boolean holds() {
        return isKnown()
                && rows.stream()
                        .filter(row -> row.job().size() <= BAR_OBJECTS)
                        .allMatch(row -> gain(row) > 1);
    }

    /** Sizes at which the faster one is another than at the size before. */
    List<Integer> crossovers() {
        List<Integer> sizes = new ArrayList<>();
        for (int i = 1; i < rows.size(); i++) {
            if (gain(rows.get(i)) > 1 != gain(rows.get(i - 1)) > 1) {
                sizes.add(rows.get(i).job().size());
            }
        }
        return sizes;
    }

    /** The bar in one line. */
    String bar() {
        String gains = rows.stream()
                .filter(row -> row.job().size() <= BAR_OBJECTS)
                .map(row -> String.format(Locale.ROOT, "%d: %.2f", row.job().size(), gain(row)))
                .collect(Collectors.joining(", "));
        return (holds() ? "ok" : "short") + ": commit in hardware over commit in software, 1"
                + " thread, by objects written: " + gains;
    }

    /** Where the faster one changes, in one line. */
    String crossover() {
        String first = gain(rows.getFirst()) > 1 ? "hardware" : "software";
        String from = first + " is faster from " + rows.getFirst().job().size();
        List<Integer> sizes = crossovers();
        if (sizes.isEmpty()) {
            return "no crossover: " + from + " to " + rows.getLast().job().size()
                    + " objects written";
        }
        StringBuilder text = new StringBuilder("crossover: ").append(from);
        boolean isHardware = gain(rows.getFirst()) > 1;
        for (int size : sizes) {
            isHardware = !isHardware;
            text.append(isHardware ? ", hardware" : ", software")
                    .append(" from ")
                    .append(size);
        }
        return text + " objects written on";
    }
}
