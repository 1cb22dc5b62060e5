import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Compiles the shim with the machine's own C compiler, into the classes of the engine's jar: {@code
 * META-INF/native/linux-x86_64/libstm_htm.so}.
 *
 * <p>The compiler is CC of the environment, a program with or without arguments, or else the first
 * of cc, gcc and clang that is there. The jar is complete without the shim, and no build fails for
 * it: with no compiler, or one that cannot compile this, it says so in one line. Two builds with
 * one compiler give the same bytes: nothing of the machine, the time or the paths goes in.
 *
 * <p>Arguments: the directory of the sources, that of the classes. Without any it compiles nothing,
 * and prints how it would, a word a line: for the tests, which build the same sources in their way.
 */
final class Build {
    /** The C compiler that the environment asks for; empty if none. */
    private static final String WANTED =
            Optional.ofNullable(System.getenv("CC")).orElse("").strip();

    private static final String LIBRARY = "libstm_htm.so";

    private static final List<String> FLAGS = List.of(
            "-std=c11",
            "-O2",
            "-Wall",
            "-Wextra",
            "-fPIC",
            "-fvisibility=hidden",
            "-fno-jump-tables",
            "-fno-stack-protector");

    private static final List<String> LINK_FLAGS =
            List.of("-shared", "-Wl,-z,now", "-Wl,-z,relro", "-Wl,--build-id=none", "-s");

    /** No vector code, no call that the compiler makes of a loop: see rtm.h. */
    private static final List<String> GCC_FLAGS =
            List.of("-fno-tree-vectorize", "-fno-tree-loop-distribute-patterns");

    private static final List<String> CLANG_FLAGS =
            List.of("-fno-vectorize", "-fno-slp-vectorize", "-fno-builtin");

    private static final List<String> X86_FLAGS = List.of("-mgeneral-regs-only");

    private Build() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> compiler = compiler();
        if (arguments.length == 0) {
            if (!compiler.isEmpty()) {
                compilation(compiler).forEach(System.out::println);
            }
            return;
        }
        Path sources = Path.of(arguments[0]);
        String platform = platform();
        Path library = Path.of(arguments[1], "META-INF", "native", platform, LIBRARY);
        if (!platform.startsWith("linux-")) {
            System.out.println("native: skipped, the shim is for Linux; everything works without");
            return;
        }
        if (WANTED.isEmpty() && isUpToDate(library, sources)) {
            return;
        }
        String whyNot = compiler.isEmpty() ? absence() : compile(compiler, sources, library);
        if (whyNot == null) {
            System.out.println("native: compiled " + library.getFileName() + " for " + platform
                    + " with " + String.join(" ", compiler));
        } else {
            Files.deleteIfExists(library);
            System.out.println("native: skipped, " + whyNot + "; everything works without");
        }
    }

    private static String absence() {
        return WANTED.isEmpty()
                ? "no C compiler (CC, cc, gcc, clang)"
                : "no C compiler, there is no such program: CC=" + WANTED;
    }

    /** Compiles and links; returns what has kept it from that, or null. */
    private static String compile(List<String> compiler, Path sources, Path library)
            throws IOException, InterruptedException {
        Path output = library.resolveSibling(LIBRARY + ".part");
        try {
            Files.createDirectories(library.getParent());
            List<String> command = new ArrayList<>(compilation(compiler));
            command.addAll(LINK_FLAGS);
            command.addAll(List.of("-o", output.toString()));
            named(sources, ".c").forEach(file -> command.add(file.getFileName().toString()));
            Process process = new ProcessBuilder(command)
                    .directory(sources.toFile())
                    .inheritIO()
                    .start();
            int status = process.waitFor();
            String name = String.join(" ", compiler);
            if (status != 0) {
                return name + " ended with " + status;
            }
            if (!Files.exists(output)) {
                return name + " is no C compiler, it has made no library";
            }
            Files.move(output, library, StandardCopyOption.REPLACE_EXISTING);
            return null;
        } catch (IOException e) {
            return "no C compiler or no place for the library: " + e.getMessage();
        } finally {
            Files.deleteIfExists(output);
        }
    }

    /** The compiler, and the flags with which it compiles each source. */
    private static List<String> compilation(List<String> compiler)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(compiler);
        command.addAll(FLAGS);
        command.addAll(isClang(compiler) ? CLANG_FLAGS : GCC_FLAGS);
        command.addAll(platform().endsWith("x86_64") ? X86_FLAGS : List.of());
        return command;
    }

    private static boolean isClang(List<String> compiler) throws IOException, InterruptedException {
        List<String> question = new ArrayList<>(compiler);
        question.add("--version");
        Process asked = new ProcessBuilder(question).redirectErrorStream(true).start();
        asked.getOutputStream().close();
        String answer = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return asked.waitFor() == 0 && answer.contains("clang");
    }

    private static boolean isUpToDate(Path library, Path sources) throws IOException {
        if (!Files.exists(library)) {
            return false;
        }
        FileTime made = Files.getLastModifiedTime(library);
        List<Path> inputs = new ArrayList<>(named(sources, ".c"));
        inputs.addAll(named(sources, ".h"));
        inputs.addAll(named(sources.resolve("../../.."), "Build.java"));
        return inputs.stream().allMatch(input -> made.compareTo(modified(input)) > 0);
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> named(Path directory, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    /** The same names as in the engine's internal.htm.Shim. */
    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch");
        return (system.contains("linux") ? "linux" : system.replaceAll("\\W+", "")) + "-"
                + (processor.equals("amd64") ? "x86_64" : processor);
    }

    /** The compiler's program and its own arguments; nothing if there is none. */
    private static List<String> compiler() {
        if (WANTED.isEmpty()) {
            return Stream.of("cc", "gcc", "clang")
                    .flatMap(name -> program(name).stream())
                    .map(List::of)
                    .findFirst()
                    .orElse(List.of());
        }
        List<String> words = new ArrayList<>(List.of(WANTED.split("\\s+")));
        Optional<String> program = program(words.getFirst());
        program.ifPresent(found -> words.set(0, found));
        return program.isPresent() ? words : List.of();
    }

    private static Optional<String> program(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        Stream<Path> places = name.contains("/")
                ? Stream.of(Path.of(name).toAbsolutePath())
                : Stream.of(path.split(":"))
                        .filter(directory -> !directory.isEmpty())
                        .map(directory -> Path.of(directory).resolve(name).toAbsolutePath());
        return places.filter(Files::isRegularFile)
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }
}
