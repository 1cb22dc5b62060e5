package org.offheapstm.bench.htm;

import org.offheapstm.bench.child.ChildJvm;
import org.offheapstm.bench.htm.Results.Capacity;
import org.offheapstm.bench.htm.Results.Cost;
import org.offheapstm.bench.htm.form.Processors;
import org.offheapstm.bench.index.text.Progress;
import org.offheapstm.bench.option.OptionCheck;
import org.offheapstm.bench.option.Version;
import org.offheapstm.bench.report.Json;
import org.offheapstm.bench.report.Machine;
import org.offheapstm.bench.report.ResultFile;
import org.offheapstm.internal.htm.Probe;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code htm} command: see the package for what it measures and what it writes. */
@Command(
        name = "htm",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Compares hardware transactions (Intel RTM) with software transactions and locks, on"
                    + " the same kernels: writes report.md, htm.json and plots (SVG).",
            "Without usable RTM the same report comes out, and its hardware columns say why. About"
                    + " three minutes; nothing else should run meanwhile."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:all that this machine can do was measured",
            " 1:a measuring process failed, or the report could not be written",
            " 2:an option cannot be used"
        })
public final class HtmCommand implements Callable<Integer> {
    private static final String REPORT = "report.md";
    private static final String JSON = "htm.json";
    private static final double NANOS_PER_SECOND = 1e9;

    /** A plot in the report: the name of a file that lies beside it. */
    private static final Pattern PLOT = Pattern.compile("(?m)^!\\[.+]\\(([\\w-]+\\.svg)\\)$");

    private final Plan brief;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--full",
            description = "More sizes, more rounds, longer slices: about half an hour with two"
                    + " processors, forty minutes with eight, as computed from its plan.")
    private boolean full;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where to write the report; by default, htm beside the jar.")
    private Path directory = ResultFile.named("htm");

    @Option(
            names = "--unbound",
            description = "Leaves it to the system where threads run; by default each is bound to a"
                    + " processor, on cores of their own first.")
    private boolean unbound;

    /** The command as it is for users. */
    public HtmCommand() {
        this(Plan.brief());
    }

    /** The command with another plan where {@code --full} is not given. */
    HtmCommand(Plan brief) {
        this.brief = brief;
    }

    /**
     * Measures and writes.
     *
     * @return 0
     */
    @Override
    public Integer call() throws IOException, ExecutionException, InterruptedException {
        new OptionCheck(spec).requireWritableDirectory("--out", directory, REPORT, JSON);
        List<Integer> processors = unbound ? List.of() : Processors.apart();
        PrintWriter out = spec.commandLine().getOut();
        out.println(Probe.get().line());
        out.flush();
        Progress progress = new Progress(spec.commandLine().getErr(), onTerminal());
        Results results = measure(full ? Plan.full() : brief, processors, progress);
        write(results);
        Verdict verdict = new Verdict(results.sizes());
        if (verdict.isKnown()) {
            out.println(verdict.bar());
            out.println(verdict.crossover());
        }
        out.println("written: " + directory.resolve(REPORT));
        out.flush();
        return 0;
    }

    private static Results measure(Plan plan, List<Integer> processors, Progress progress)
            throws IOException, ExecutionException, InterruptedException {
        long from = System.nanoTime();
        Study study = new Study(plan, processors, progress);
        List<Cost> costs = new ArrayList<>();
        List<Capacity> capacities = new ArrayList<>();
        double handOver = study.handOver();
        progress.line(String.format("cache line from core to core: %.0f ns", handOver));
        study.costs(costs, capacities);
        var sizes = study.sizes();
        var tries = study.tries();
        var kernels = study.kernels();
        return new Results(
                plan,
                Machine.describe(ChildJvm.FLAGS),
                Surroundings.here(processors),
                Probe.get().line(),
                Probe.get().report(),
                handOver,
                study.absent(),
                costs,
                capacities,
                kernels,
                sizes,
                tries,
                (System.nanoTime() - from) / NANOS_PER_SECOND);
    }

    private void write(Results results) throws IOException {
        ReportPlots plots = new ReportPlots(results);
        Set<String> earlier = earlierPlots();
        Json.write(directory.resolve(JSON), new ReportJson(results).document());
        for (Map.Entry<String, String> plot : plots.documents().entrySet()) {
            ResultFile.write(directory.resolve(plot.getKey()), plot.getValue());
        }
        ResultFile.write(
                directory.resolve(REPORT), new ReportMarkdown(results).page(plots.captions()));
        earlier.removeAll(plots.documents().keySet());
        for (String plot : earlier) {
            Files.deleteIfExists(directory.resolve(plot));
        }
    }

    /** Those that the report shows which is about to be replaced: this one may have fewer. */
    private Set<String> earlierPlots() throws IOException {
        Set<String> names = new TreeSet<>();
        Path earlier = directory.resolve(REPORT);
        if (Files.exists(earlier)) {
            Matcher plots = PLOT.matcher(Files.readString(earlier));
            while (plots.find()) {
                names.add(plots.group(1));
            }
        }
        return names;
    }

    private static boolean onTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
