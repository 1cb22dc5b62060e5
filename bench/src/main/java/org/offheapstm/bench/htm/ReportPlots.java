package org.offheapstm.bench.htm;

import org.offheapstm.bench.htm.Results.Capacity;
import org.offheapstm.bench.htm.Results.Cell;
import org.offheapstm.bench.htm.Results.Row;
import org.offheapstm.bench.htm.form.Cause;
import org.offheapstm.bench.htm.form.Counts;
import org.offheapstm.bench.htm.form.Form;
import org.offheapstm.bench.report.Samples;
import org.offheapstm.bench.report.chart.BarChart;
import org.offheapstm.bench.report.chart.LineChart;
import org.offheapstm.bench.report.chart.Panel;
import org.offheapstm.bench.report.chart.Scale;
import org.offheapstm.bench.report.chart.Series;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** The results as plots, by file name. A plot with nothing to show is not made. */
final class ReportPlots {
    private static final String MILLIONS = "million operations in a second";
    private static final double MILLION = 1e6;

    /** That of a form which the plot of sizes does not have. */
    private static final int GAIN_LOOK = Form.WORDS.ordinal();

    private static final double NANOS_PER_SECOND = 1e9;

    private final Results results;
    private final String note;
    private final Map<String, String> plots = new LinkedHashMap<>();
    private final Map<String, String> captions = new LinkedHashMap<>();

    ReportPlots(Results results) {
        this.results = results;
        note = results.surroundings().cpu() + ", microcode "
                + results.surroundings().microcode()
                + ", SMT " + results.surroundings().smt() + ", bound to "
                + results.surroundings().pinning();
        if (!results.capacities().isEmpty()) {
            capacity();
            capacityAborts();
        }
        kernels();
        if (!results.sizes().isEmpty()) {
            sizes();
        }
        aborts();
        if (results.tries().stream().anyMatch(row -> !row.cells().isEmpty())) {
            tries();
        }
    }

    /** The documents. */
    Map<String, String> documents() {
        return plots;
    }

    /** What each shows. */
    Map<String, String> captions() {
        return captions;
    }

    private void add(String name, String title, List<Panel> panels) {
        plots.put(name + ".svg", new LineChart(title, note, panels).asSvg());
        captions.put(name + ".svg", title);
    }

    private void capacity() {
        Map<String, List<Series.Point>> lines = new LinkedHashMap<>();
        for (Capacity point : results.capacities()) {
            lines.computeIfAbsent(
                            point.access() + "s, " + point.strideBytes() + " bytes apart",
                            _ -> new ArrayList<>())
                    .add(new Series.Point(point.lines(), 100 * point.counts().commitsPerAttempt()));
        }
        add(
                "capacity",
                "Transactions that commit, by cache lines touched",
                List.of(new Panel(
                        results.plan().trials() + " transactions each",
                        Scale.logarithmic(
                                "cache lines touched",
                                2,
                                results.capacities().stream().mapToDouble(Capacity::lines)),
                        Scale.percent("committed, percent"),
                        series(lines))));
    }

    private void capacityAborts() {
        List<BarChart.Group> groups = new ArrayList<>();
        for (int stride : results.capacities().stream()
                .mapToInt(Capacity::strideBytes)
                .distinct()
                .toArray()) {
            groups.add(new BarChart.Group(
                    "lines written, " + stride + " bytes apart",
                    results.capacities().stream()
                            .filter(point -> point.writes() && point.strideBytes() == stride)
                            .filter(point -> Integer.bitCount(point.lines()) == 1)
                            .map(point -> new BarChart.Bar(
                                    Integer.toString(point.lines()), shares(point.counts())))
                            .toList()));
        }
        String title = "How transactions end, by cache lines written";
        bars("capacity-aborts", title, groups);
    }

    private void bars(String name, String title, List<BarChart.Group> groups) {
        List<String> parts = new ArrayList<>(List.of("committed"));
        for (Cause cause : Cause.values()) {
            parts.add(cause.label());
        }
        plots.put(
                name + ".svg",
                new BarChart(title, note, "percent of attempts", parts, groups).asSvg());
        captions.put(name + ".svg", title);
    }

    /** Percent of attempts: commits, then each cause. */
    private static List<Double> shares(Counts counts) {
        List<Double> shares = new ArrayList<>(List.of(100.0 * counts.commitsPerAttempt()));
        for (Cause cause : Cause.values()) {
            shares.add(100.0 * counts.aborts(cause) / counts.attempts());
        }
        return shares;
    }

    private void kernels() {
        grouped(results.kernels(), Row::label).forEach((label, rows) -> {
            Scale y = Scale.logarithmic(MILLIONS, 2, medians(rows));
            Scale x = Scale.logarithmic(
                    "objects to choose from (fewer: more conflicts)",
                    4,
                    rows.stream().mapToDouble(row -> row.job().objects()));
            List<Panel> panels = new ArrayList<>();
            grouped(rows, row -> row.job().threads())
                    .forEach((threads, some) -> panels.add(new Panel(
                            threads + (threads == 1 ? " thread" : " threads"),
                            x,
                            y,
                            lines(some, ReportPlots::rate))));
            add("kernel-" + label.replace(' ', '-'), "Kernel: " + label, panels);
        });
    }

    private void sizes() {
        List<Row> rows = results.sizes();
        Scale x = Scale.logarithmic(
                "objects written by a transaction",
                2,
                rows.stream().mapToDouble(row -> row.job().size()));
        DoubleStream costs = rows.stream()
                .flatMap(row -> row.cells().values().stream()
                        .map(cell -> perObject(row, cell).y()))
                .mapToDouble(Double::doubleValue);
        DoubleStream gains = rows.stream().mapToDouble(Verdict::gain);
        List<Panel> panels = new ArrayList<>(List.of(new Panel(
                "cost of each object",
                x,
                Scale.logarithmic("nanoseconds per object", 2, costs),
                lines(rows, ReportPlots::perObject))));
        if (new Verdict(rows).isKnown()) {
            List<Series.Point> gained = rows.stream()
                    .map(row -> new Series.Point(row.job().size(), Verdict.gain(row)))
                    .toList();
            panels.add(new Panel(
                    "engine: commit in hardware over commit in software",
                    x,
                    Scale.fromZero("times as many operations", gains),
                    List.of(new Series("RTM commit / software commit", GAIN_LOOK, gained)),
                    1));
            panels.add(new Panel(
                    "attempts in hardware that abort",
                    x,
                    Scale.percent("aborted, percent of attempts"),
                    lines(rows, ReportPlots::aborted).stream()
                            .filter(series ->
                                    Form.named(series.label()).orElseThrow().needsRtm())
                            .toList()));
        }
        add("sizes", "Transactions of growing size, one thread", panels);
    }

    private void aborts() {
        for (Form form : results.plan().forms()) {
            List<BarChart.Group> groups = new ArrayList<>();
            grouped(results.kernels(), Row::label).forEach((label, rows) -> {
                List<BarChart.Bar> bars = rows.stream()
                        .filter(row ->
                                row.job().threads() == results.plan().threads().getLast())
                        .filter(row -> row.cells().containsKey(form)
                                && row.cells().get(form).counts().attempts() > 0)
                        .map(row -> new BarChart.Bar(
                                shortly(row.job().objects()),
                                shares(row.cells().get(form).counts())))
                        .toList();
                if (!bars.isEmpty()) {
                    groups.add(new BarChart.Group(label, bars));
                }
            });
            if (form.needsRtm() && !groups.isEmpty()) {
                bars(
                        "aborts-" + form.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        "How attempts end, " + results.plan().threads().getLast()
                                + " threads, by kernel and objects: " + form.label(),
                        groups);
            }
        }
    }

    private static String shortly(int objects) {
        int mega = 1 << 20;
        return objects >= mega
                ? objects / mega + "M"
                : objects >= 1 << 10 ? (objects >> 10) + "K" : Integer.toString(objects);
    }

    private void tries() {
        Scale x = Scale.logarithmic(
                "transactions begun at most",
                2,
                results.tries().stream().mapToDouble(row -> row.job().tries()));
        List<Panel> panels = new ArrayList<>();
        Scale y = Scale.logarithmic(MILLIONS, 2, medians(results.tries()));
        panels.add(new Panel("operations", x, y, byObjects(ReportPlots::rate)));
        panels.add(new Panel(
                "given up, or lock taken",
                x,
                Scale.percent("percent of operations"),
                byObjects((row, cell) ->
                        new Series.Point(row.job().tries(), 100 * cell.counts().fallbackShare()))));
        add("tries", "Transfers, by how often a transaction is tried", panels);
    }

    private List<Series> byObjects(BiFunction<Row, Cell, Series.Point> point) {
        Map<String, List<Series.Point>> lines = new LinkedHashMap<>();
        for (Row row : results.tries()) {
            row.cells().forEach((form, cell) -> {
                Series.Point at = point.apply(row, cell);
                lines.computeIfAbsent(
                                form.label() + ", " + shortly(row.job().objects()) + " objects",
                                _ -> new ArrayList<>())
                        .add(new Series.Point(row.job().tries(), at.y(), at.least(), at.most()));
            });
        }
        return series(lines);
    }

    private static Series.Point rate(Row row, Cell cell) {
        Samples rates = cell.operationsPerSecond();
        return new Series.Point(
                row.job().objects(),
                rates.median() / MILLION,
                rates.least() / MILLION,
                rates.quantile(1) / MILLION);
    }

    private static Series.Point aborted(Row row, Cell cell) {
        double committed = cell.counts().commitsPerAttempt();
        return new Series.Point(row.job().size(), 100 * (1 - committed));
    }

    private static Series.Point perObject(Row row, Cell cell) {
        Samples rates = cell.operationsPerSecond();
        double nanos = NANOS_PER_SECOND / row.job().size();
        return new Series.Point(
                row.job().size(),
                nanos / rates.median(),
                nanos / rates.quantile(1),
                nanos / rates.least());
    }

    /** A line for each form. */
    private static List<Series> lines(List<Row> rows, BiFunction<Row, Cell, Series.Point> point) {
        Map<Form, List<Series.Point>> lines = new EnumMap<>(Form.class);
        for (Row row : rows) {
            row.cells()
                    .forEach((form, cell) -> lines.computeIfAbsent(form, _ -> new ArrayList<>())
                            .add(point.apply(row, cell)));
        }
        List<Series> series = new ArrayList<>();
        lines.forEach(
                (form, points) -> series.add(new Series(form.label(), form.ordinal(), points)));
        return series;
    }

    /** Looks are given in order. */
    private static List<Series> series(Map<String, List<Series.Point>> lines) {
        List<Series> series = new ArrayList<>();
        lines.forEach((label, points) -> series.add(new Series(label, series.size(), points)));
        return series;
    }

    /** Rows by a key, in the order in which keys first appear. */
    private static <K> Map<K, List<Row>> grouped(List<Row> rows, Function<Row, K> key) {
        return rows.stream()
                .collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
    }

    private static DoubleStream medians(List<Row> rows) {
        return rows.stream()
                .flatMap(row -> row.cells().values().stream())
                .mapToDouble(cell -> cell.operationsPerSecond().median() / MILLION);
    }
}
