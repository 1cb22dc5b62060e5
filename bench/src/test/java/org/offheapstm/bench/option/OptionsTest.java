package org.offheapstm.bench.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.offheapstm.bench.gate.GatesCommand;
import org.offheapstm.bench.htm.HtmCommand;
import org.offheapstm.bench.run.RunCommand;

import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Goal: an option that makes no sense is refused before anything is measured. Method: each such
 * option, to the command itself; the refusal names the value and the remedy, and no file is made.
 */
final class OptionsTest {
    @TempDir
    private Path directory;

    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--rounds=0            | give a number from 1 to",
                "--slice-millis=-1     | give a number from 1 to",
                "--warmup-millis=0     | give a number from 1 to",
                "--pairs-seconds=0     | give a number from 1 to",
                "--pairs-seconds=10000 | give a number from 1 to 3600",
                "--scans-seconds=0     | give a number from 1 to 3600",
                "--subject=nobody      | give one of plain, cas,",
                "--subject=cas         | it takes no part in read-100; narrow --only",
                "--only=nowhere        | it has to be found in one of own-counter, read-100,",
            })
    void gatesRefuse(String option, String remedy) {
        refused(new GatesCommand(), option, option, remedy);
    }

    @Test
    void aSubjectMayBeOneThatTakesPartOnlyInWhatIsAsked() {
        refused(new GatesCommand(), "--rounds=0", "--subject=cas", "--only=own", "--rounds=0");
        refused(new GatesCommand(), "--subject=cas", "--subject=cas", "--only=pairs", "update-2");
        refused(new GatesCommand(), "--subject=cas", "--subject=cas", "--only=paced", "update-2");
    }

    @Test
    void runRefusesAPatternThatNoRowHas() {
        refused(new RunCommand(), "--only=nowhere", "--only=nowhere", "bank-1000 1 offheap-stm");
    }

    @Test
    void resultsThatCannotBeWrittenAreRefusedFirst() throws IOException {
        String file =
                "--json=" + Files.writeString(directory.resolve("file"), "").resolve("below");
        String folder = "--json=" + directory;
        refused(new GatesCommand(), file, file, "give a file that can be written");
        refused(new GatesCommand(), folder, folder, "give a file, this is a directory");
        refused(new RunCommand(), "--json=/", "--json=/", "give a file, this is a directory");
        refused(new RunCommand(), file, file, "give a file that can be written");
    }

    /**
     * Goal: the place is tried, not only asked for its rights, which an administrator always has.
     */
    @Test
    void placeThatOnlySeemsWritableIsRefusedFirst() {
        Path processes = Path.of("/proc");
        assumeTrue(Files.isDirectory(processes), "no such directory on this system");
        String file = "--json=" + processes.resolve("results.json");
        refused(new GatesCommand(), file, file, "give a file that can be written");
        refused(new RunCommand(), file, file, "give a file that can be written");
        String folder = "--out=" + processes;
        refused(new HtmCommand(), folder, folder, "give a directory that can be written");
    }

    @Test
    void resultsWhosePlaceIsADirectoryAreRefusedFirst() throws IOException {
        Files.createDirectories(directory.resolve("report.md"));
        String folder = "--out=" + directory;
        refused(new HtmCommand(), folder, folder, "report.md: is a directory");
    }

    /** Executes with the arguments that are options, and requires the others in the refusal. */
    private void refused(Object command, String option, String... optionsAndRemedy) {
        err.getBuffer().setLength(0);
        String[] options = Arrays.stream(optionsAndRemedy)
                .filter(each -> each.startsWith("--"))
                .toArray(String[]::new);
        int code = new CommandLine(command).setErr(new PrintWriter(err, true)).execute(options);
        String message = err.toString();
        assertEquals(CommandLine.ExitCode.USAGE, code, message);
        assertTrue(message.startsWith("option refused: " + option + "; "), message);
        for (String part : optionsAndRemedy) {
            assertTrue(part.startsWith("--") || message.contains(part), message);
        }
    }
}
