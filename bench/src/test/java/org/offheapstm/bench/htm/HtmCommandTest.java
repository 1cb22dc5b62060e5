package org.offheapstm.bench.htm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.offheapstm.bench.htm.form.Form;
import org.offheapstm.bench.htm.form.Job;
import org.offheapstm.bench.htm.form.Kernel;

import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Goal: the command measures, writes and refuses as it says. Method: the command itself, with a
 * plan of one row.
 */
final class HtmCommandTest {
    private static final Plan SMALL = new Plan(
            "least",
            1,
            2,
            1,
            1,
            10,
            List.of(new Plan.Subject(Kernel.TRANSFER, 1)),
            List.of(2),
            List.of(16),
            List.of(2),
            List.of(1),
            List.of(1, 2),
            List.of(Form.ELISION, Form.JAVA_RTM, Form.REENTRANT_LOCK));

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(HtmCommand command, String... options) {
        return new CommandLine(command)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(options);
    }

    @Test
    void aRunWritesPageJsonAndPlots() throws IOException {
        Path results = directory.resolve("new").resolve("results");
        int code = execute(new HtmCommand(SMALL), "--out=" + results);
        assertEquals(0, code, err.toString());
        assertTrue(out.toString().startsWith("HTM: "), out.toString());
        assertTrue(err.toString().contains("kernel transfer: 1 of 1"), err.toString());
        String page = Files.readString(results.resolve("report.md"));
        assertTrue(page.contains("### transfer"), page);
        assertTrue(page.contains("ReentrantLock"), page);
        String json = Files.readString(results.resolve("htm.json"));
        assertTrue(json.contains("\"schema\": \"offheap-stm/htm/1\""), json);
        String plot = Files.readString(results.resolve("kernel-transfer.svg"));
        assertTrue(plot.startsWith("<svg ") && plot.endsWith("</svg>\n"), plot);
    }

    @Test
    void plotsOfAnEarlierReportGoWithItAndNothingElse() throws IOException {
        Files.writeString(directory.resolve("kernel-add.svg"), "an earlier plot");
        Files.writeString(directory.resolve("own.svg"), "not ours");
        Files.writeString(
                directory.resolve("report.md"),
                "# Earlier\n\n![adds](kernel-add.svg)\n\n![gone](gone.svg)\n\nsee (own.svg)\n");
        assertEquals(0, execute(new HtmCommand(SMALL), "--out=" + directory), err.toString());
        assertFalse(Files.exists(directory.resolve("kernel-add.svg")), "an earlier plot");
        assertTrue(Files.exists(directory.resolve("own.svg")), "not ours");
        assertTrue(Files.exists(directory.resolve("kernel-transfer.svg")), "a new plot");
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsRefusedFirst() throws IOException {
        String below =
                "--out=" + Files.writeString(directory.resolve("file"), "").resolve("below");
        assertEquals(CommandLine.ExitCode.USAGE, execute(new HtmCommand(), below));
        assertTrue(
                err.toString().startsWith("option refused: " + below + "; give a directory that"),
                err.toString());
        assertEquals("", out.toString(), "nothing was measured");
    }

    @Test
    void unknownOptionsAreRefused() {
        assertEquals(CommandLine.ExitCode.USAGE, execute(new HtmCommand(), "--fast"));
        assertTrue(err.toString().contains("--fast"), err.toString());
    }

    @Test
    void theHelpSaysHowLongItTakes() {
        assertEquals(0, execute(new HtmCommand(), "--help"));
        assertTrue(
                out.toString().replaceAll("\\s+", " ").contains("three minutes"), out.toString());
        assertTrue(out.toString().replaceAll("\\s+", " ").contains("half an hour"), out.toString());
    }

    @Test
    void bothPlansCompareEverythingThatTheReportIsAbout() {
        for (Plan plan : List.of(Plan.brief(), Plan.full())) {
            assertEquals(List.of(Form.values()), plan.forms());
            assertEquals(List.of(1, 16, 1024, 1024 * 1024), plan.objects());
            assertEquals(List.of(1, 2, 5, 8, 16), plan.tries());
            assertTrue(plan.threads().containsAll(List.of(1, 2)));
            assertTrue(plan.sizes().containsAll(List.of(1, 2, 4, 8, 16)), "the bar's sizes");
            assertEquals(1024, plan.capacityLines().getLast());
            List<Kernel> kernels = plan.subjects().stream()
                    .map(Plan.Subject::kernel)
                    .distinct()
                    .toList();
            assertEquals(List.of(Kernel.values()), kernels);
        }
    }

    @Test
    void theShortPlanTakesAboutThreeMinutes() {
        Plan plan = Plan.brief();
        int rows = plan.sizeRows().size() * plan.forks() * plan.sizeForms().size()
                + plan.tryRows().size() * plan.tryForms().size();
        int processes = plan.forks() * plan.sizeForms().size() + plan.tryForms().size();
        for (Plan.Subject subject : plan.subjects()) {
            List<Job> jobs = plan.rows(subject);
            rows += jobs.size() * plan.forms().size();
            processes += plan.forms().size();
        }
        int millis =
                rows * plan.rounds() * plan.sliceMillis() + 2 * processes * plan.warmupMillis();
        assertTrue(millis < 150_000, "slices and warm-ups alone: " + millis + " ms");
    }
}
