package org.offheapstm.bench.gate;

import org.offheapstm.bench.child.ChildJvm;
import org.offheapstm.bench.child.Pairs;
import org.offheapstm.bench.child.Scans;
import org.offheapstm.bench.contender.Contender;
import org.offheapstm.bench.option.OptionCheck;
import org.offheapstm.bench.option.Version;
import org.offheapstm.bench.report.Json;
import org.offheapstm.bench.report.Machine;
import org.offheapstm.bench.report.ResultFile;
import org.offheapstm.bench.workload.Workload;

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
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Measures what the bars need and nothing else, in some minutes. A bar that is missed is reported,
 * not punished: the exit code is 0 whenever everything could be measured.
 */
@Command(
        name = "gates",
        description = "Holds the bars against what this machine measures: one line for each, ok or"
                + " short. About nine minutes; nothing else should run meanwhile.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class GatesCommand implements Callable<Integer> {
    private static final double TAIL_BAR_MICROS = 100;
    private static final double SHARE_BAR = 0.3;

    private static final String PAIRS = "reverse-pairs";

    private static final int MAX_ROUNDS = 100_000;
    private static final int MAX_MILLIS = 600_000;
    private static final int MAX_SECONDS = 3_600;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--subject",
            paramLabel = "CONTENDER",
            description =
                    "Whom to measure; as a check on the gates themselves, any contender will do.")
    private String subject = Contender.OFFHEAP_STM.label();

    @Option(
            names = "--only",
            paramLabel = "REGEX",
            description = "Only contests in whose workload this is found, or \"" + PAIRS + "\", \""
                    + ScanBars.FLAT_OUT + "\", \"" + ScanBars.PACED + "\", \"" + HtmBars.NAME
                    + "\".")
    private Pattern only = Pattern.compile("");

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Slices for each side; ${DEFAULT-VALUE} by default.")
    private int rounds = 40;

    @Option(
            names = "--slice-millis",
            paramLabel = "N",
            description = "Length of a slice, in milliseconds; ${DEFAULT-VALUE} by default.")
    private int sliceMillis = 60;

    @Option(
            names = "--warmup-millis",
            paramLabel = "N",
            description = "Warm-up of each side in each JVM, in milliseconds; ${DEFAULT-VALUE} by"
                    + " default.")
    private int warmupMillis = 2_500;

    @Option(
            names = "--pairs-seconds",
            paramLabel = "N",
            description =
                    "Length of the reverse-order pairs, and of their control; ${DEFAULT-VALUE} by"
                            + " default.")
    private int pairsSeconds = 60;

    @Option(
            names = "--scans-seconds",
            paramLabel = "N",
            description = "Length of the scans beside a writer, and of their reference;"
                    + " ${DEFAULT-VALUE} by default.")
    private int scansSeconds = 5;

    @Option(names = "--json", paramLabel = "FILE", description = "Where to write the results.")
    private Path json = ResultFile.named("gates.json");

    private final List<Gate> gates = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        Contender us = checkedSubject();
        Map<String, Object> machine = Machine.describe(ChildJvm.FLAGS);
        System.out.print(Machine.asText(machine));
        List<Map<String, Object>> contests = contests(us);
        contests.addAll(htm());
        Map<String, Object> pairs = pairs(us);
        Map<String, Object> scans = scans(us);

        Map<String, Object> document = new LinkedHashMap<>();
        document.put("machine", machine);
        document.put("gates", gates.stream().map(Gate::facts).toList());
        document.put("contests", contests);
        document.put("reversePairs", pairs);
        document.put("scans", scans);
        Json.write(json, document);
        long held = gates.stream().filter(Gate::holds).count();
        System.out.printf("%d of %d gates ok; written: %s%n", held, gates.size(), json);
        return 0;
    }

    /** Whom to measure, after all options have been found to make sense. */
    private Contender checkedSubject() {
        OptionCheck check = new OptionCheck(spec);
        check.requireRange("--rounds", rounds, MAX_ROUNDS);
        check.requireRange("--slice-millis", sliceMillis, MAX_MILLIS);
        check.requireRange("--warmup-millis", warmupMillis, MAX_MILLIS);
        check.requireRange("--pairs-seconds", pairsSeconds, MAX_SECONDS);
        check.requireRange("--scans-seconds", scansSeconds, MAX_SECONDS);
        check.requireWritable("--json", json);
        Contender us = Contender.named(subject)
                .orElseThrow(() -> check.refusal(
                        "--subject",
                        subject,
                        "give one of " + Contender.labels(List.of(Contender.values()))));
        List<Workload> asked = Stream.concat(
                        Bars.all(us).stream()
                                .map(Bars::workload)
                                .filter(workload -> isAsked(workload.label())),
                        Stream.of(PAIRS, ScanBars.FLAT_OUT, ScanBars.PACED, HtmBars.NAME)
                                .filter(this::isAsked)
                                .map(name -> Workload.UPDATE_2))
                .toList();
        if (asked.isEmpty()) {
            throw check.refusal(
                    "--only",
                    only,
                    "it has to be found in one of "
                            + Bars.all(us).stream()
                                    .map(bars -> bars.workload().label())
                                    .collect(Collectors.joining(", "))
                            + ", "
                            + String.join(
                                    ", ", PAIRS, ScanBars.FLAT_OUT, ScanBars.PACED, HtmBars.NAME));
        }
        for (Workload workload : asked) {
            if (!workload.contenders().contains(us)) {
                throw check.refusal(
                        "--subject",
                        subject,
                        "it takes no part in " + workload.label() + "; narrow --only, or give one"
                                + " of " + Contender.labels(workload.contenders()));
            }
        }
        return us;
    }

    private boolean isAsked(String name) {
        return only.matcher(name).find();
    }

    private void judge(Gate gate) {
        System.out.println(gate.asText());
        gates.add(gate);
    }

    private List<Map<String, Object>> contests(Contender us) throws IOException {
        List<Map<String, Object>> facts = new ArrayList<>();
        for (Bars bars : Bars.all(us)) {
            if (isAsked(bars.workload().label())) {
                facts.add(hold(bars));
            }
        }
        return facts;
    }

    private List<Map<String, Object>> htm() throws IOException {
        List<Map<String, Object>> facts = new ArrayList<>();
        if (isAsked(HtmBars.NAME)) {
            for (Bars bars : HtmBars.all()) {
                facts.add(hold(bars));
            }
            if (HtmBars.missing() != null) {
                System.out.println(HtmBars.missing());
            }
        }
        return facts;
    }

    private Map<String, Object> hold(Bars bars) throws IOException {
        Pace pace = new Pace(warmupMillis, rounds, sliceMillis);
        Contest contest = Contest.hold(bars, pace);
        bars.bars().forEach(bar -> judge(bar.judge(contest)));
        return contest.facts();
    }

    private Map<String, Object> pairs(Contender us) throws IOException {
        if (!isAsked(PAIRS)) {
            return Map.of();
        }
        Pairs.Run run = Pairs.run(us, pairsSeconds * 1_000);
        String details = String.format(
                "%s%n     %12s%s%n     %12s%s%n     %12s%s",
                "times in microseconds",
                "",
                Pairs.heading(),
                "pairs",
                run.pairs().asText(),
                "control",
                run.control().asText());
        double tailMicros = run.pairs().percentileNanos("p99.9") / 1_000;
        judge(new Gate(
                PAIRS + "-p99.9-micros", tailMicros, Gate.Sense.AT_MOST, TAIL_BAR_MICROS, details));
        double share = run.pairs().smallerShare();
        judge(new Gate(
                PAIRS + "-smaller-share",
                share,
                Gate.Sense.AT_LEAST,
                SHARE_BAR,
                String.format("control %.3f", run.control().smallerShare())));
        return Map.of("pairs", run.pairs().facts(), "control", run.control().facts());
    }

    private Map<String, Object> scans(Contender us) throws IOException {
        Map<String, Object> facts = new LinkedHashMap<>();
        for (ScanBars bars : List.of(ScanBars.flatOut(), ScanBars.paced())) {
            if (isAsked(bars.name())) {
                Map<Contender, Scans> scans = bars.run(us, scansSeconds * 1_000);
                bars.judge(us, scans).forEach(this::judge);
                scans.forEach(
                        (who, what) -> facts.put(bars.name() + " " + who.label(), what.facts()));
            }
        }
        return facts;
    }
}
