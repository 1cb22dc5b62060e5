package org.offheapstm.htm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.offheapstm.internal.htm.Shim;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The shim and its C tests, compiled with the machine's own compiler into {@code target/htm}: once,
 * and linked for each {@link Part} that may be missing.
 */
final class NativeBuild {
    /** Parts that a build may leave out, by their numbers in {@code rtm.h}. */
    enum Part {
        NONE,
        CHECK_READS,
        CHECK_EXPECTED,
        CHECK_GUARD,
        CHECK_CLOCK,
        STORE_HEADER,
        CHECK_CPUID,
        CHECK_XABORT
    }

    private static final Path BASE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    private static final Path NATIVE = BASE.resolveSibling("native");
    private static final Path SHIM = NATIVE.resolve("src/main/c");
    private static final Path TESTS = NATIVE.resolve("src/test/c");

    /** The files in which parts can be left out. */
    private static final List<String> IN_PARTS = List.of("commit.c", "probe.c");

    /** What the emulator consists of; the rest of its directory are the tests. */
    private static final List<String> EMULATOR =
            List.of("emulator.c", "decode.c", "lines.c", "world.c");

    private static final long PATIENCE_SECONDS = 240;
    private static final NativeBuild BUILD = new NativeBuild();

    private final Path objects = BASE.resolve("target/htm");

    /** The compiler, and how it compiles the shipped library; nothing if there is none. */
    private final List<String> compiler;

    private final String whyNot;
    private final Map<Part, Path> suites = new EnumMap<>(Part.class);
    private final Map<Part, Path> libraries = new EnumMap<>(Part.class);

    /** A program's run: the number that it has ended with, and what it has printed. */
    record Outcome(List<String> command, int status, String output) {}

    private NativeBuild() {
        try {
            compiler = askForCompiler();
            whyNot = whyNot();
            if (whyNot == null) {
                compileAll();
            } else {
                System.out.println(whyNot);
            }
        } catch (IOException e) {
            throw new AssertionError("the C tests cannot be built in " + objects, e);
        }
    }

    /** The program of the C tests, with a shim without a part; skips the test if there is none. */
    static Path suiteWithout(Part part) {
        return BUILD.linked(part, BUILD.suites, "suite", List.of("-pthread"), name -> true);
    }

    /** Shim and emulator as a library, without a part; skips the test if there is none. */
    static Path libraryWithout(Part part) {
        return BUILD.linked(
                part, BUILD.libraries, "libemulated.so", List.of("-shared"), EMULATOR::contains);
    }

    /** The shim as another architecture would get it; skips the test if there is none. */
    static Path stub() {
        return BUILD.linkedStub();
    }

    private synchronized Path linkedStub() {
        assumeTrue(whyNot == null, whyNot);
        Path linked = objects.resolve("libstub.so");
        try {
            List<String> command = new ArrayList<>(compiler);
            command.addAll(List.of("-DSTM_HTM_STUB", "-shared", "-o", linked.toString()));
            sources(SHIM).forEach(file -> command.add(SHIM.resolve(file).toString()));
            Outcome outcome = run(command);
            assertEquals(0, outcome.status(), outcome::toString);
            return linked;
        } catch (IOException e) {
            throw new AssertionError("cannot compile " + linked, e);
        }
    }

    private static List<String> askForCompiler() throws IOException {
        return run(List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-XX:TieredStopAtLevel=1",
                        NATIVE.resolve("Build.java").toString()))
                .output()
                .lines()
                .toList();
    }

    private String whyNot() {
        if (!Shim.platform().equals("linux-x86_64")) {
            return "C tests of the shim: skipped, they are for Linux on x86-64";
        }
        return compiler.isEmpty() || !Shim.isLoaded()
                ? "C tests of the shim: skipped, no C compiler that can build it"
                : null;
    }

    private void compileAll() throws IOException {
        Files.createDirectories(objects);
        for (String file : sources(SHIM)) {
            if (!IN_PARTS.contains(file)) {
                compileShim(file, object("shim", file), Part.NONE);
            }
        }
        for (String file : sources(TESTS)) {
            compile(
                    with(driver(), "-std=c11", "-O2", "-g", "-Wall", "-Wextra"),
                    "-fPIC",
                    "-fvisibility=hidden",
                    "-DSTM_HTM_EMULATED",
                    "-o",
                    object("test", file).toString(),
                    TESTS.resolve(file).toString());
        }
    }

    private void compileShim(String file, Path object, Part missing) throws IOException {
        compile(
                compiler,
                "-DSTM_HTM_EMULATED",
                "-DSTM_HTM_WITHOUT=" + missing.ordinal(),
                "-o",
                object.toString(),
                SHIM.resolve(file).toString());
    }

    private static void compile(List<String> compiler, String... arguments) throws IOException {
        List<String> command = with(compiler, "-c");
        command.addAll(List.of(arguments));
        Outcome outcome = run(command);
        assertEquals(0, outcome.status(), outcome::toString);
    }

    /** The compiler without the flags of the shipped library, but with those of its own. */
    private List<String> driver() {
        return compiler.subList(0, compiler.indexOf("-std=c11"));
    }

    private static List<String> with(List<String> command, String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        return all;
    }

    private synchronized Path linked(
            Part part,
            Map<Part, Path> known,
            String name,
            List<String> flags,
            Predicate<String> wanted) {
        assumeTrue(whyNot == null, whyNot);
        return known.computeIfAbsent(part, missing -> {
            try {
                for (String file : IN_PARTS) {
                    compileShim(file, object(missing.name(), file), missing);
                }
                Path linked = objects.resolve(missing + "-" + name);
                List<String> command = new ArrayList<>(driver());
                command.addAll(List.of("-o", linked.toString()));
                command.addAll(flags);
                for (String file : sources(SHIM)) {
                    String kind = IN_PARTS.contains(file) ? missing.name() : "shim";
                    command.add(object(kind, file).toString());
                }
                sources(TESTS).stream()
                        .filter(wanted)
                        .forEach(file -> command.add(object("test", file).toString()));
                Outcome outcome = run(command);
                assertEquals(0, outcome.status(), outcome::toString);
                return linked;
            } catch (IOException e) {
                throw new AssertionError("cannot link " + name, e);
            }
        });
    }

    private Path object(String kind, String file) {
        return objects.resolve(kind + "-" + file + ".o");
    }

    private static List<String> sources(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".c"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new AssertionError("no sources in " + directory, e);
        }
    }

    /** Runs a program to its end. */
    static Outcome run(List<String> command) throws IOException {
        Path output = Files.createTempFile("native", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
            return new Outcome(command, process.exitValue(), text);
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts a test", e);
        } finally {
            Files.delete(output);
        }
    }
}
