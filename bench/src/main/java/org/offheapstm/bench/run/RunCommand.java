package org.offheapstm.bench.run;

import org.offheapstm.bench.child.ChildJvm;
import org.offheapstm.bench.child.Pairs;
import org.offheapstm.bench.child.Scans;
import org.offheapstm.bench.contender.Contender;
import org.offheapstm.bench.option.OptionCheck;
import org.offheapstm.bench.option.Version;
import org.offheapstm.bench.report.Json;
import org.offheapstm.bench.report.Machine;
import org.offheapstm.bench.report.ResultFile;
import org.offheapstm.bench.report.Samples;
import org.offheapstm.bench.workload.Scanning;
import org.offheapstm.bench.workload.Workload;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/**
 * The whole comparison: every workload, at 1 and 2 threads, for everyone who takes part, in one
 * run.
 */
@Command(
        name = "run",
        description = "Runs every workload for every contender; prints a table and writes JSON.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class RunCommand implements Callable<Integer> {
    private static final int[] THREADS = {1, 2};

    /** How many scans begin in a second, by the name of the row. */
    private static final Map<String, Integer> SCANS =
            new TreeMap<>(Map.of("scans-flat-out", Scans.FLAT_OUT, "scans-paced", 3_000));

    @Spec
    private CommandSpec spec;

    @ArgGroup
    private Length length = new Length();

    /** One of the two. */
    private static final class Length {
        @Option(names = "--short", description = "About a quarter of an hour. This is the default.")
        private boolean shorter;

        @Option(
                names = "--full",
                description =
                        "Three forks of each row, and a longer look at each: about 100 minutes.")
        private boolean full;
    }

    @Option(
            names = "--only",
            paramLabel = "REGEX",
            description = "Only rows in whose \"workload threads contender\" this is found, as in"
                    + " \"bank.* 1 \".")
    private Pattern only = Pattern.compile("");

    @Option(
            names = "--verbose",
            description = "Everything that JMH has to say, such as why a fork failed.")
    private boolean verbose;

    @Option(names = "--json", paramLabel = "FILE", description = "Where to write the results.")
    private Path json = ResultFile.named("run.json");

    private final List<String> unmeasured = new ArrayList<>();

    @Override
    public Integer call() throws RunnerException, IOException {
        Plan plan = length.full ? Plan.FULL : Plan.SHORT;
        List<Cell> cells = cells();
        List<Contender> pairs = Workload.UPDATE_2.contenders().stream()
                .filter(contender -> isAsked("reverse-pairs 2 " + contender.label()))
                .toList();
        Map<String, List<Contender>> scans = new LinkedHashMap<>();
        SCANS.forEach((name, perSecond) -> scans.put(
                name,
                Scanning.CONTENDERS.stream()
                        .filter(contender -> isAsked(name + " 2 " + contender.label()))
                        .toList()));
        OptionCheck check = new OptionCheck(spec);
        check.requireWritable("--json", json);
        if (cells.isEmpty() && pairs.isEmpty() && scans.values().stream().allMatch(List::isEmpty)) {
            throw check.refusal(
                    "--only",
                    only,
                    "it has to be found in a row like \""
                            + new Cell(Workload.BANK_1000, 1, Contender.OFFHEAP_STM).label()
                            + "\"");
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("machine", Machine.describe(ChildJvm.FLAGS));
        document.put("rows", rows(plan, cells));
        document.put("reversePairs", pairs(plan, pairs));
        document.put("scans", scans(plan, scans));
        Json.write(json, document);
        System.out.printf("%nwritten: %s%n", json);
        return unmeasured.isEmpty() ? 0 : 1;
    }

    private List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (Workload workload : Workload.values()) {
            for (int threads : THREADS) {
                for (Contender contender : workload.contenders()) {
                    cells.add(new Cell(workload, threads, contender));
                }
            }
        }
        cells.removeIf(cell -> !isAsked(cell.label()));
        return cells;
    }

    private boolean isAsked(String label) {
        return only.matcher(label).find();
    }

    private List<Map<String, Object>> rows(Plan plan, List<Cell> cells) throws RunnerException {
        Table table = new Table(System.out);
        table.machine(Machine.describe(ChildJvm.FLAGS));
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Cell cell : cells) {
            Cell.Result result = measure(cell, plan);
            table.row(result);
            if (result.operationsPerNano().count() == 0) {
                unmeasured.add(cell.label());
            }
            rows.add(result.facts());
        }
        table.summary();
        if (!unmeasured.isEmpty()) {
            System.err.printf(
                    "not measured, --verbose says why: %s%n", String.join(", ", unmeasured));
        }
        return rows;
    }

    private Cell.Result measure(Cell cell, Plan plan) throws RunnerException {
        Options options = new OptionsBuilder()
                .include(WorkloadBenchmark.class.getName())
                .param("workload", cell.workload().label())
                .param("contender", cell.contender().label())
                .operationsPerInvocation(cell.workload().batch())
                .threads(cell.threads())
                .forks(plan.forks())
                .warmupIterations(plan.warmups())
                .warmupTime(TimeValue.milliseconds(plan.iterationMillis()))
                .measurementIterations(plan.iterations())
                .measurementTime(TimeValue.milliseconds(plan.iterationMillis()))
                .addProfiler(GCProfiler.class)
                .jvmArgs(ChildJvm.FLAGS.toArray(String[]::new))
                .verbosity(verbose ? VerboseMode.NORMAL : VerboseMode.SILENT)
                .build();
        List<Double> operationsPerNano = new ArrayList<>();
        List<Double> bytesPerOperation = new ArrayList<>();
        for (RunResult run : new Runner(options).run()) {
            for (BenchmarkResult fork : run.getBenchmarkResults()) {
                for (IterationResult iteration : fork.getIterationResults()) {
                    operationsPerNano.add(iteration.getPrimaryResult().getScore());
                    bytesPerOperation.add(iteration
                            .getSecondaryResults()
                            .get("gc.alloc.rate.norm")
                            .getScore());
                }
            }
        }
        return new Cell.Result(cell, samples(operationsPerNano), samples(bytesPerOperation));
    }

    private static Samples samples(List<Double> samples) {
        return new Samples(samples.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static List<Map<String, Object>> pairs(Plan plan, List<Contender> contenders)
            throws IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        String heading = String.format(
                "%nreverse-pairs, 2 threads, microseconds%n%-22s%s%n", "", Pairs.heading());
        for (Contender contender : contenders) {
            Pairs.Run run = Pairs.run(contender, plan.pairsMillis());
            System.out.printf(
                    "%s%-22s%s%n", heading, contender.label(), run.pairs().asText());
            System.out.printf("%-22s%s%n", "  spin-only control", run.control().asText());
            heading = "";
            rows.add(Map.of(
                    "contender", contender.label(),
                    "pairs", run.pairs().facts(),
                    "control", run.control().facts()));
        }
        return rows;
    }

    private static List<Map<String, Object>> scans(Plan plan, Map<String, List<Contender>> asked)
            throws IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Map.Entry<String, List<Contender>> group : asked.entrySet()) {
            String heading = String.format(
                    "%n%s: sums of 100,000 objects beside a writer%n%-22s%s%n",
                    group.getKey(), "", Scans.heading());
            for (Contender contender : group.getValue()) {
                Scans scans = Scans.run(contender, SCANS.get(group.getKey()), plan.scansMillis());
                System.out.printf("%s%-22s%s%n", heading, contender.label(), scans.asText());
                heading = "";
                rows.add(Map.of(
                        "scans", group.getKey(),
                        "contender", contender.label(),
                        "measured", scans.facts()));
            }
        }
        return rows;
    }
}
