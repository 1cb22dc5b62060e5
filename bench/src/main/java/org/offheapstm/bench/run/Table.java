package org.offheapstm.bench.run;

import org.offheapstm.bench.contender.Contender;
import org.offheapstm.bench.report.Machine;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Prints rows as they come, grouped by workload and threads, and at the end the medians of all on
 * one page.
 */
final class Table {
    private static final String ABSENT = "-";
    private static final int NARROWEST = 11;

    private final PrintStream out;
    private final List<Cell.Result> results = new ArrayList<>();

    Table(PrintStream out) {
        this.out = out;
    }

    void machine(Map<String, Object> machine) {
        out.print(Machine.asText(machine));
    }

    void row(Cell.Result result) {
        Cell cell = result.cell();
        if (results.isEmpty() || !group(results.getLast().cell()).equals(group(cell))) {
            out.printf(
                    "%n%-26s%12s%12s%14s%10s%9s%n",
                    group(cell), "median ns", "least ns", "ops/s", "bytes/op", "x plain");
        }
        results.add(result);
        out.printf(
                "  %-24s%12s%12s%14s%10s%9s%n",
                cell.contender().label(),
                number("%.1f", result.medianNanos()),
                number("%.1f", result.leastNanos()),
                number("%.0f", result.operationsPerSecond()),
                number("%.1f", result.medianBytes()),
                number("%.2f", result.medianNanos() / plainNanos(cell)));
    }

    private static String group(Cell cell) {
        return cell.workload().label() + ", " + cell.threads()
                + (cell.threads() == 1 ? " thread" : " threads");
    }

    private double plainNanos(Cell cell) {
        return results.stream()
                .filter(result -> group(result.cell()).equals(group(cell)))
                .filter(result -> result.cell().contender() == Contender.PLAIN)
                .mapToDouble(Cell.Result::medianNanos)
                .findFirst()
                .orElse(Double.NaN);
    }

    /**
     * Median nanoseconds: a line for each workload and number of threads, a column for each
     * contender.
     */
    void summary() {
        Map<String, Map<Contender, Double>> lines = new LinkedHashMap<>();
        Set<Contender> columns = new TreeSet<>();
        for (Cell.Result result : results) {
            columns.add(result.cell().contender());
            lines.computeIfAbsent(group(result.cell()), group -> new EnumMap<>(Contender.class))
                    .put(result.cell().contender(), result.medianNanos());
        }
        out.printf("%n%-26s", "median ns per operation");
        columns.forEach(contender -> out.printf(column(contender), contender.label()));
        out.println();
        lines.forEach((group, medians) -> {
            out.printf("%-26s", group);
            columns.forEach(contender -> out.printf(
                    column(contender),
                    number("%.1f", medians.getOrDefault(contender, Double.NaN))));
            out.println();
        });
    }

    private static String column(Contender contender) {
        return "%" + Math.max(NARROWEST, contender.label().length() + 2) + "s";
    }

    /**
     * A row that could not be measured, and a column in which a contender takes no part, show a
     * dash.
     */
    private static String number(String format, double value) {
        return Double.isFinite(value) ? String.format(format, value) : ABSENT;
    }
}
