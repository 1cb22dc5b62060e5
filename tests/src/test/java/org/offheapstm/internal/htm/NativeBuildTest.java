package org.offheapstm.internal.htm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Goal: the library is what its makers promise. Method: it is built here by {@code
 * native/Build.java}, as the Maven build does, and compiled once more without tolerance; the
 * machine code is read where there is an {@code objdump}. Skipped without a C compiler.
 */
final class NativeBuildTest {
    private static final Path NATIVE =
            Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolveSibling("native");
    private static final Path SOURCES = NATIVE.resolve("src/main/c");
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /** Aborts, or may abort: a call, as its target may be bound late; vectors; a way out. */
    private static final Pattern FORBIDDEN = Pattern.compile(
            "^(call|syscall|int|pause|cpuid|rdtsc|vzero|xsave|rep|jmp +\\*|ret)|%[xyz]mm");

    private static boolean hasCompiler;

    @BeforeAll
    static void findCompiler(@TempDir Path place) throws Exception {
        Path smallest = Files.writeString(
                place.resolve("a.c"),
                "#include <stdint.h>\n#include <time.h>\nint32_t f(void) { return 1; }\n");
        hasCompiler = Shim.platform().startsWith("linux-")
                && runs("cc", "-shared", "-fPIC", "-o", place + "/a.so", smallest.toString());
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(SOURCES.toFile())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), text);
        return text;
    }

    /** What the build says with this CC; the build must not fail for it. */
    private static String outputWith(String compiler, Path place)
            throws IOException, InterruptedException {
        ProcessBuilder build = new ProcessBuilder(
                        JAVA,
                        NATIVE.resolve("Build.java").toString(),
                        SOURCES.toString(),
                        place.toString())
                .redirectErrorStream(true);
        build.environment().put("CC", compiler);
        Process process = build.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), text);
        return text;
    }

    private static Path library(Path place) {
        return place.resolve("META-INF/native/" + Shim.platform() + "/libstm_htm.so");
    }

    private static Path build(Path place) throws IOException, InterruptedException {
        output(JAVA, NATIVE.resolve("Build.java").toString(), SOURCES.toString(), place.toString());
        return library(place);
    }

    @Test
    void compilerMayHaveArguments(@TempDir Path place) throws Exception {
        assumeTrue(hasCompiler, "no C compiler here");
        Path log = place.resolve("log");
        Path compiler = Files.writeString(
                place.resolve("logged"), "#!/bin/sh\necho \"$1\" >> " + log + "\nexec \"$@\"\n");
        assertTrue(compiler.toFile().setExecutable(true));
        String text = outputWith("  " + compiler + "  cc -g0 ", place);
        assertTrue(
                text.matches(
                        "native: compiled libstm_htm.so for \\S+ with " + compiler + " cc -g0\n"),
                text);
        assertEquals("cc\ncc\n", Files.readString(log));
        assertTrue(Files.exists(library(place)));
    }

    /**
     * Goal: no CC makes the Java build fail, or leaves a library that it has not made. Method: what
     * is not there, what is no program, what cannot be started, what fails and what makes nothing.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no-such-cc      | no C compiler, there is no such program: CC=no-such-cc",
                "no-such-cc -m64 | no C compiler, there is no such program: CC=no-such-cc -m64",
                "/bin            | no C compiler, there is no such program: CC=/bin",
                "./no-program    | no C compiler, there is no such program: CC=./no-program",
                "PLACE/lost      | no C compiler or no place for the library: Cannot run program",
                "false           | /\\S+/false ended with 1",
                "true -x         | /\\S+/true -x is no C compiler, it has made no library",
            })
    void compilerThatIsNoneIsOneLine(String compiler, String reason, @TempDir Path place)
            throws Exception {
        assumeTrue(Shim.platform().startsWith("linux-"), "the shim is for Linux");
        Files.createDirectories(library(place).getParent());
        Files.writeString(library(place), "of an earlier build");
        Path lost = Files.writeString(place.resolve("lost"), "#!/no-such-interpreter\n");
        assertTrue(lost.toFile().setExecutable(true));
        String text = outputWith(compiler.replace("PLACE", place.toString()), place);
        assertTrue(
                text.matches("native: skipped, " + reason + ".*; everything works without\n"),
                text);
        assertTrue(Files.notExists(library(place)));
    }

    @Test
    void twoBuildsGiveTheSameBytes(@TempDir Path one, @TempDir Path other) throws Exception {
        assumeTrue(hasCompiler, "no C compiler here");
        assertArrayEquals(Files.readAllBytes(build(one)), Files.readAllBytes(build(other)));
    }

    @Test
    void theJarHasTheLibraryWhereThereIsACompiler() {
        assumeTrue(hasCompiler, "no C compiler here");
        assertEquals(null, Shim.whyNot());
    }

    @Test
    void everySourceCompilesWithoutAWarningAlsoAsAStub(@TempDir Path place) throws Exception {
        assumeTrue(hasCompiler, "no C compiler here");
        for (String variant :
                List.of("-DSTM_HTM_SHIPPED", "-DSTM_HTM_STUB", "-DSTM_HTM_EMULATED")) {
            List<String> command = new ArrayList<>(List.of(
                    "cc", "-std=c11", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fPIC"));
            command.addAll(List.of(variant, "-shared", "-o", place + "/a.so"));
            try (Stream<Path> files = Files.list(SOURCES)) {
                files.map(Path::toString).filter(name -> name.endsWith(".c")).forEach(command::add);
            }
            output(command.toArray(String[]::new));
        }
    }

    @Test
    void onlyTheHeadersFunctionsCanBeSeen(@TempDir Path place) throws Exception {
        assumeTrue(hasCompiler && runs("nm", "--version"), "no C compiler or no nm here");
        Set<String> declared = new TreeSet<>();
        Matcher functions = Pattern.compile("STM_HTM_API \\w+ (\\w+)\\(")
                .matcher(Files.readString(SOURCES.resolve("stm_htm.h")));
        functions.results().forEach(found -> declared.add(found.group(1)));
        Set<String> seen = new TreeSet<>();
        Pattern.compile(" [A-TV-Z] (\\w+)\n")
                .matcher(output("nm", "-D", "--defined-only", build(place).toString()))
                .results()
                .forEach(found -> seen.add(found.group(1)));
        assertEquals(declared, seen);
    }

    @Test
    void noTransactionCallsOrUsesVectors(@TempDir Path place) throws Exception {
        assumeTrue(
                hasCompiler && Shim.platform().endsWith("x86_64") && runs("objdump", "--version"),
                "no C compiler, no objdump, or not x86-64 here");
        String library = build(place).toString();
        MachineCode code = MachineCode.of(output("objdump", "-d", "--no-show-raw-insn", library));
        List<Long> transactions = code.addressesOf("xbegin");
        assertTrue(transactions.size() > 5, "transactions found: " + transactions.size());
        List<String> forbidden = new ArrayList<>();
        int withoutEnd = 0;
        for (long transaction : transactions) {
            List<String> inside = code.insideTransaction(transaction);
            withoutEnd += inside.stream().anyMatch(each -> each.startsWith("xend")) ? 0 : 1;
            inside.stream().filter(each -> FORBIDDEN.matcher(each).find()).forEach(forbidden::add);
        }
        assertEquals(1, withoutEnd, "the probe's check of XABORT alone aborts in any case");
        assertEquals(List.of(), forbidden, "see rtm.h, and the flags in native/Build.java");
    }
}
