package org.offheapstm.bench.htm;

import org.offheapstm.bench.htm.Results.Capacity;
import org.offheapstm.bench.htm.Results.Cell;
import org.offheapstm.bench.htm.Results.Cost;
import org.offheapstm.bench.htm.Results.Row;
import org.offheapstm.bench.htm.form.Cause;
import org.offheapstm.bench.htm.form.Counts;
import org.offheapstm.bench.htm.form.Form;
import org.offheapstm.bench.report.Samples;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The results for people: one page, which shows the plots that lie beside it. */
final class ReportMarkdown {
    private static final String ABSENT = "absent";

    private final Results results;
    private final StringBuilder out = new StringBuilder();

    ReportMarkdown(Results results) {
        this.results = results;
    }

    /** @param plots the plots by file name, each with what it shows */
    String page(Map<String, String> plots) {
        line("# Hardware transactions and software transactions");
        line("");
        line("**%s**", results.probe());
        line("");
        verdict();
        machine();
        costs();
        capacity(plots);
        kernels(plots);
        sizes(plots);
        aborts(plots);
        tries(plots);
        reading();
        return out.toString();
    }

    private void line(String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    private void verdict() {
        Verdict verdict = new Verdict(results.sizes());
        if (verdict.isKnown()) {
            line("* %s", verdict.bar());
            line("* %s", verdict.crossover());
        } else {
            line("* no verdict: the engine's commits in hardware could not be measured here");
        }
        line("");
    }

    private void machine() {
        table(List.of("", ""));
        results.machine().forEach((name, value) -> row(List.of(name, value)));
        results.surroundings().facts().forEach((name, value) -> {
            if (!results.machine().containsKey(name)) {
                row(List.of(name, value.toString().isEmpty() ? "not told" : value));
            }
        });
        row(List.of("cache line from core to core", number(results.handOverNanos()) + " ns"));
        row(List.of(
                "run",
                String.format(
                        Locale.ROOT,
                        "%s form, %d rounds of %d ms, %.0f s in all",
                        results.plan().name(),
                        results.plan().rounds(),
                        results.plan().sliceMillis(),
                        results.seconds())));
        line("");
        line("```");
        results.probeReport().lines().forEach(text -> line("%s", text));
        line("```");
        line("");
    }

    private void costs() {
        line("## Raw costs");
        line("");
        caption("Nanoseconds, one thread.");
        table(List.of("step", "median", "least", "greatest"));
        for (Cost cost : results.costs()) {
            boolean isAbsent = cost.nanos().count() == 0;
            row(List.of(
                    cost.name(),
                    isAbsent ? ABSENT : number(cost.nanos().median()),
                    isAbsent ? "" : number(cost.nanos().least()),
                    isAbsent ? "" : number(cost.nanos().quantile(1))));
        }
        line("");
    }

    private void capacity(Map<String, String> plots) {
        line("## Capacity");
        line("");
        if (results.capacities().isEmpty()) {
            caption("Transactions that touch so many cache lines.");
            line("%s", ABSENT);
            line("");
            return;
        }
        plots(plots, "capacity");
        plots(plots, "capacity-aborts");
        caption("Transactions that touch so many cache lines, one try each: percent of attempts.");
        List<String> heading = new ArrayList<>(List.of("access", "stride", "lines", "committed"));
        heading.addAll(causes());
        table(heading);
        for (Capacity point : results.capacities()) {
            if (Integer.bitCount(point.lines()) == 1) {
                List<Object> cells = new ArrayList<>(
                        List.of(point.access(), point.strideBytes(), point.lines()));
                cells.add(percent(point.counts().commitsPerAttempt()));
                cells.addAll(shares(point.counts()));
                row(cells);
            }
        }
        line("");
    }

    private static List<String> causes() {
        return Arrays.stream(Cause.values()).map(Cause::label).toList();
    }

    private static List<String> shares(Counts counts) {
        return Arrays.stream(Cause.values())
                .map(cause -> percent((double) counts.aborts(cause) / counts.attempts()))
                .toList();
    }

    private void kernels(Map<String, String> plots) {
        line("## Kernels");
        line("");
        caption("Million operations in a second, of all threads together: median (least to"
                + " greatest). The last column is the engine with commits in hardware over the"
                + " engine without.");
        results.kernels().stream()
                .collect(Collectors.groupingBy(Row::label, LinkedHashMap::new, Collectors.toList()))
                .forEach((label, rows) -> {
                    line("### %s", label);
                    line("");
                    plots(plots, "kernel-" + label.replace(' ', '-'));
                    boolean isSized = rows.getFirst().job().kernel().isSized();
                    comparison(
                            rows,
                            results.plan().forms(),
                            isSized
                                    ? List.of("threads", "objects", "size")
                                    : List.of("threads", "objects"));
                });
    }

    private void sizes(Map<String, String> plots) {
        line("## Transaction size");
        line("");
        plots(plots, "sizes");
        caption("Adds to so many of 4,096 objects in a row, one thread. Million operations in a"
                + " second: median (least to greatest).");
        comparison(results.sizes(), results.plan().sizeForms(), List.of("size"));
    }

    private void tries(Map<String, String> plots) {
        if (results.tries().isEmpty()) {
            return;
        }
        line("## Retry policies");
        line("");
        plots(plots, "tries");
        caption("Transfers, with so many transactions begun before giving up (RTM only) or taking"
                + " the lock. Million operations in a second: median (least to greatest).");
        comparison(
                results.tries(), results.plan().tryForms(), List.of("threads", "objects", "tries"));
    }

    private void comparison(List<Row> rows, List<Form> forms, List<String> keys) {
        boolean hasGain = forms.contains(Form.JAVA_RTM) && forms.contains(Form.JAVA_STM);
        List<String> heading = new ArrayList<>(keys);
        forms.forEach(form -> heading.add(form.label()));
        if (hasGain) {
            heading.add("RTM commit / software");
        }
        table(heading);
        for (Row row : rows) {
            Map<String, Object> all = Map.of(
                    "threads", row.job().threads(),
                    "objects", row.job().objects(),
                    "size", row.job().size(),
                    "tries", row.job().tries());
            List<Object> cells = new ArrayList<>();
            keys.forEach(key -> cells.add(all.get(key)));
            forms.forEach(form -> cells.add(cell(row.cells().get(form))));
            if (hasGain) {
                double gain = Verdict.gain(row);
                cells.add(
                        Double.isFinite(gain) ? String.format(Locale.ROOT, "%.2f", gain) : ABSENT);
            }
            row(cells);
        }
        line("");
    }

    private static String cell(Cell cell) {
        if (cell == null) {
            return ABSENT;
        }
        Samples samples = cell.operationsPerSecond();
        return millions(samples.median()) + " (" + millions(samples.least()) + " to "
                + millions(samples.quantile(1)) + ")";
    }

    private void aborts(Map<String, String> plots) {
        line("## Aborts");
        line("");
        for (Form form : results.plan().forms()) {
            plots(plots, "aborts-" + form.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }
        caption("With several threads: commits per attempt; operations that gave up, took the lock"
            + " or were committed in software; aborts by cause. Percent of attempts, but for the"
            + " second, which is of operations.");
        List<String> heading = new ArrayList<>(
                List.of("kernel", "threads", "objects", "form", "commits", "fallbacks"));
        heading.addAll(causes());
        table(heading);
        for (Row row : results.kernels()) {
            if (row.job().threads() == 1) {
                continue;
            }
            row.cells().forEach((form, cell) -> {
                if (form.needsRtm() && cell.counts().attempts() > 0) {
                    List<Object> cells = new ArrayList<>(List.of(
                            row.label(),
                            row.job().threads(),
                            row.job().objects(),
                            form.label(),
                            percent(cell.counts().commitsPerAttempt()),
                            percent(cell.counts().fallbackShare())));
                    cells.addAll(shares(cell.counts()));
                    row(cells);
                }
            });
        }
        line("");
    }

    private void reading() {
        line("## How to read it");
        line("");
        line("* Forms take turns, round by round; each runs in a process of its own. A difference");
        line("  smaller than the ranges says nothing.");
        line("* *per-word CAS* is not atomic as a whole: it shows what the memory alone costs.");
        line("  *RTM only* does not count what it gave up.");
        line("* The forms in C loop without a downcall; the engine's forms are Java from the loop");
        line("  to the commit, which is one critical downcall where it is done in hardware.");
        line("  Transactions that only read have no such commit: how far the engine's two columns");
        line("  differ in *sum* and *get* is how far a ratio of the other kernels may be trusted.");
        line("* *Java STM, RTM commit* commits in hardware whatever can be; the engine's own"
                + " choice");
        line("  (`HardwareCommits.AUTO`) is only for sizes from which on that is faster.");
    }

    /** What holds for all rows of the table that follows. */
    private void caption(String what) {
        line("%s %s.", what, results.surroundings().asText());
        results.absent().values().stream()
                .distinct()
                .forEach(reason -> line(
                        "Absent: %s: %s.",
                        results.absent().entrySet().stream()
                                .filter(entry -> entry.getValue().equals(reason))
                                .map(entry -> "*" + entry.getKey().label() + "*")
                                .collect(Collectors.joining(", ")),
                        reason));
        line("");
    }

    private void plots(Map<String, String> plots, String name) {
        String file = name + ".svg";
        if (plots.containsKey(file)) {
            line("![%s](%s)", plots.get(file), file);
            line("");
        }
    }

    private void table(List<String> heading) {
        row(heading);
        row(heading.stream().map(_ -> "---").toList());
    }

    private void row(List<?> cells) {
        line(
                "| %s |",
                cells.stream()
                        .map(cell -> cell.toString().replace("|", "\\|"))
                        .collect(Collectors.joining(" | ")));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String millions(double perSecond) {
        double value = perSecond / 1e6;
        return String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
    }

    private static String percent(double share) {
        if (!Double.isFinite(share)) {
            return "";
        }
        return share == 0 ? "0" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
