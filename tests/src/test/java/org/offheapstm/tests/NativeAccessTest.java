package org.offheapstm.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.Stm;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Goal: what a JVM prints with, without and against native access is what the first page says.
 * Method: a program that opens an engine, twice, in JVMs with these flags.
 */
final class NativeAccessTest {
    private static final String REFUSAL = "engine refused: this JVM denies native access; run it"
            + " with --enable-native-access=ALL-UNNAMED, or =org.offheapstm on the module path";

    /** What a child JVM runs. */
    static final class Opening {
        private Opening() {}

        public static void main(String[] args) {
            try {
                open();
            } catch (IllegalCallerException e) {
                System.out.println(e.getMessage());
            }
            open();
        }

        private static void open() {
            try (Stm stm = Stm.open()) {
                System.out.println(
                        stm.options().hardware() + " in " + stm.getClass().getModule());
            }
        }
    }

    private record Run(int status, List<String> printed, List<String> complaints) {}

    private static Run run(String... options) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
        command.addAll(List.of(options));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Opening.class.getName()));
        Process run = new ProcessBuilder(command).start();
        String printed = new String(run.getInputStream().readAllBytes()).strip();
        String complaints = new String(run.getErrorStream().readAllBytes()).strip();
        assertTrue(run.waitFor(1, TimeUnit.MINUTES));
        return new Run(
                run.exitValue(), printed.lines().toList(), complaints.lines().toList());
    }

    private static void assertSilent(Run run, String module) {
        assertEquals(List.of(), run.complaints);
        assertEquals(0, run.status);
        assertEquals(List.of("AUTO in " + module, "AUTO in " + module), run.printed);
    }

    private static String[] onTheModulePath(String option) throws URISyntaxException {
        Path engine = Path.of(
                Stm.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        return new String[] {option, "-p", engine.toString(), "--add-modules", "org.offheapstm"};
    }

    @Test
    void enabledPrintsNothing() throws Exception {
        Run run = run("--enable-native-access=ALL-UNNAMED");
        assertEquals(2, run.printed.size());
        assertSilent(run, run.printed.getFirst().substring("AUTO in ".length()));
    }

    @Test
    void enabledOnTheModulePathPrintsNothing() throws Exception {
        Run run = run(onTheModulePath("--enable-native-access=org.offheapstm"));
        assertSilent(run, "module org.offheapstm");
    }

    @Test
    void withoutAFlagTheJdkPrintsOneWarning() throws Exception {
        Run run = run();
        assertEquals(0, run.status);
        assertTrue(
                run.complaints.stream().allMatch(line -> line.startsWith("WARNING: ")),
                run.complaints::toString);
        assertEquals(
                1,
                run.complaints.stream()
                        .filter(line -> line.contains("has been called by org.offheapstm."))
                        .count(),
                run.complaints::toString);
    }

    private static void assertRefused(Run run) {
        assertEquals(1, run.status);
        assertEquals(List.of(REFUSAL), run.printed);
        assertTrue(run.complaints.getFirst().endsWith(REFUSAL), run.complaints::toString);
        assertFalse(
                run.complaints.stream().anyMatch(line -> line.contains("Error")),
                run.complaints::toString);
    }

    @Test
    void deniedIsRefusedInTheSameWordsEachTime() throws Exception {
        assertRefused(run("--illegal-native-access=deny"));
    }

    @Test
    void deniedOnTheModulePathIsRefusedInTheSameWordsEachTime() throws Exception {
        assertRefused(run(onTheModulePath("--illegal-native-access=deny")));
    }
}
