package org.offheapstm.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The TLA+ models of the protocol ({@code src/test/tla}; its README says what each shows) hold, and
 * each ingredient is needed: with it taken out, TLC finds the anomaly that the table names.
 *
 * <p>Method: TLC enumerates every reachable state of small configurations. The short set runs with
 * the tests; the whole, some of it minutes long, under the tag {@code tla-full}.
 */
@Tag("tla")
final class CommitModelTest {
    private static final Path BASE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    private static final Path MODELS = BASE.resolve("src/test/tla");
    private static final Tlc TLC = new Tlc(MODELS, BASE.resolve("target/tla"));
    private static final int QUICK_SECONDS = 120;
    private static final int FULL_SECONDS = 1800;

    @ParameterizedTest(name = "{0}")
    @MethodSource("quickRuns")
    @Timeout(value = QUICK_SECONDS + 10, unit = TimeUnit.SECONDS)
    void shortConfigurationComesOutAsItsTableSays(ModelRun run) throws Exception {
        assertVerdict(run, QUICK_SECONDS);
    }

    @Tag("tla-full")
    @ParameterizedTest(name = "{0}")
    @MethodSource("longRuns")
    @Timeout(value = FULL_SECONDS + 10, unit = TimeUnit.SECONDS)
    void longConfigurationComesOutAsItsTableSays(ModelRun run) throws Exception {
        assertVerdict(run, FULL_SECONDS);
    }

    /** A mutation without a run proves nothing; a misspelt one would run the protocol unchanged. */
    @Test
    void everyMutationInAModuleHasARunAndEveryRunNamesOneThatExists() throws IOException {
        for (Path table : tables()) {
            String module = table.toString().replace(".runs", ".tla");
            Set<String> inModule = names(Files.readString(Path.of(module)), "Mut\\(\"(\\w+)\"\\)");
            Set<String> inTable = names(Files.readString(table), "\"(\\w+)\"");
            assertEquals(inModule, inTable, table.toString());
        }
    }

    private static void assertVerdict(ModelRun run, int seconds) throws Exception {
        Tlc.Verdict verdict = TLC.check(run, seconds);
        assertEquals(run.expected(), verdict.outcome(), verdict::output);
        assertTrue(verdict.distinctStates() > 0, verdict::output);
        System.out.printf(
                "model %s: %,d distinct states, trace %d%n",
                run, verdict.distinctStates(), verdict.traceLength());
    }

    static Stream<ModelRun> quickRuns() throws IOException {
        return runs().stream().filter(ModelRun::quick);
    }

    static Stream<ModelRun> longRuns() throws IOException {
        return runs().stream().filter(run -> !run.quick());
    }

    private static List<ModelRun> runs() throws IOException {
        List<ModelRun> runs = new ArrayList<>();
        for (Path table : tables()) {
            runs.addAll(ModelRun.readTable(table));
        }
        return runs;
    }

    private static List<Path> tables() throws IOException {
        try (Stream<Path> files = Files.list(MODELS)) {
            return files.filter(file -> file.toString().endsWith(".runs"))
                    .sorted()
                    .toList();
        }
    }

    private static Set<String> names(String text, String pattern) {
        Set<String> names = new TreeSet<>();
        Pattern.compile(pattern).matcher(text).results().forEach(m -> names.add(m.group(1)));
        return names;
    }
}
