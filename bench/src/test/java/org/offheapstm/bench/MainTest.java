package org.offheapstm.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.offheapstm.bench.index.text.TextFiles;

import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Goal: who starts the program from a shell is told the truth. Method: the program in a process of
 * its own, in surroundings that a test cannot give itself.
 */
final class MainTest {
    @TempDir
    private Path temp;

    private record Outcome(int code, String out, String err) {}

    @Test
    void aReportThatCannotBeWrittenIsAnError() throws Exception {
        File full = new File("/dev/full");
        assumeTrue(full.exists(), "no such device on this system");
        TextFiles.write(temp, "text/a.txt", "some words");
        Outcome outcome = run(full, Map.of(), "index", "--rounds=1", temp + "/text");
        assertEquals(1, outcome.code, outcome.err);
        assertTrue(outcome.err.contains("report lost"), outcome.err);
    }

    @Test
    void namesBeyondTheEncodingOfTheSystemAreRead() throws Exception {
        assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "cannot make the name");
        TextFiles.write(temp, "text/gr\u00FCn.txt", "some words");
        TextFiles.write(temp, "text/\u8A9E.txt", "other words");
        Map<String, String> ascii = Map.of("LC_ALL", "POSIX");
        Outcome outcome = run(null, ascii, "index", "--rounds=1", temp + "/text");
        assertEquals(0, outcome.code, outcome.err);
        assertTrue(outcome.out.contains("documents     2 with"), outcome.out);
    }

    @Test
    void versionIsPrinted() throws Exception {
        Outcome outcome = run(null, Map.of(), "index", "--version");
        assertEquals(0, outcome.code, outcome.err);
        assertTrue(outcome.out.startsWith("offheap-stm "), outcome.out);
    }

    @Test
    void probeSaysInItsFirstLineWhetherThereAreTransactions() throws Exception {
        Outcome outcome = run(null, Map.of(), "probe");
        assertEquals(0, outcome.code, outcome.err);
        assertTrue(outcome.out.startsWith("HTM: "), outcome.out);
    }

    /** Goal: what is copied from a page is understood. Method: it is parsed, not run. */
    @ParameterizedTest
    @ValueSource(strings = {"../README.md", "HTM.md"})
    void everyCommandOnAPageIsUnderstood(String page) throws IOException {
        List<String> lines = Pattern.compile("benchmarks\\.jar ([^`#\n]+)")
                .matcher(Files.readString(Path.of(page)))
                .results()
                .map(found -> found.group(1).strip())
                .toList();
        assertTrue(lines.size() >= 4, lines::toString);
        lines.forEach(line -> {
            ParseResult parsed = new CommandLine(Main.class).parseArgs(line.split(" +"));
            assertTrue(parsed.hasSubcommand(), line);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gates | nine minutes       | ../README.md",
                "run   | quarter of an hour | ../README.md",
                "run   | 100 minutes        | ../README.md",
                "run   | 100 minutes        | REPORT.md",
                "htm   | three minutes      | HTM.md",
                "htm   | half an hour       | HTM.md",
                "htm   | forty minutes      | HTM.md",
            })
    void helpAndPageAgreeOnHowLongItTakes(String command, String length, String page)
            throws IOException {
        CommandLine line = new CommandLine(Main.class).getSubcommands().get(command);
        String help = line.getUsageMessage().replaceAll("\\s+", " ");
        assertTrue(help.contains(length), help);
        String text = Files.readString(Path.of(page)).replaceAll("\\s+", " ");
        assertTrue(text.contains(length), page);
    }

    /** Runs the program; its standard output goes to a file of our own unless one is given. */
    private Outcome run(File out, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        File printed = temp.resolve("out").toFile();
        File told = temp.resolve("err").toFile();
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(out == null ? printed : out)
                .redirectError(told);
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(1, TimeUnit.MINUTES), "the program does not end");
        } finally {
            process.destroyForcibly();
        }
        String text = out == null ? Files.readString(printed.toPath()) : "";
        return new Outcome(process.exitValue(), text, Files.readString(told.toPath()));
    }
}
