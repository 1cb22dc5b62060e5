package org.offheapstm.tests.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Goal: the rules of style that no compiler knows hold in every file. Method: each rule reads all
 * sources; and each rule reads a source that breaks it, so that no rule passes because it is blind.
 */
final class TidyTest {
    private static final int SOFT_LINES = 400;
    private static final int HARD_LINES = 800;
    private static final int COLUMNS = 100;

    /** Files above the soft limit, each with the reason why it is better whole. */
    private static final Map<String, String> LONG_FILES = Map.of(
            "offheap-stm/src/main/java/org/offheapstm/Transaction.java",
            "the contract of a transaction, two thirds of it text",
            "offheap-stm/src/main/java/org/offheapstm/internal/engine/Attempt.java",
            "the user's methods of a transaction, one class because callers see one",
            "offheap-stm/src/main/java/org/offheapstm/internal/engine/Engine.java",
            "the user's methods of an engine, one class because callers see one",
            "offheap-stm/src/main/java/org/offheapstm/internal/engine/Lifecycle.java",
            "the state of an attempt, which the steps of its life share");

    private enum Rule {
        LINES_ARE_SHORT("break it; only a link or an import may pass column " + COLUMNS) {
            @Override
            Stream<String> complaints(Source file, Set<String> all) {
                return file.linesWhere(
                        ".java",
                        (line, number) -> line.length() > COLUMNS
                                && !line.contains("://")
                                && !line.startsWith("import "));
            }
        },
        FILES_ARE_SHORT("split it by responsibility, or name it with a reason in LONG_FILES") {
            @Override
            Stream<String> complaints(Source file, Set<String> all) {
                int limit = LONG_FILES.containsKey(file.path) ? HARD_LINES : SOFT_LINES;
                return file.linesWhere(".java", (line, number) -> number == limit + 1);
            }
        },
        NAMES_SAY_SOMETHING("name it after what it does in the words of the field") {
            private static final Pattern EMPTY =
                    Pattern.compile("(Impl|Utils?|Manager|Helper)\\.java$");

            @Override
            Stream<String> complaints(Source file, Set<String> all) {
                return Stream.of(file.path).filter(path -> EMPTY.matcher(path).find());
            }
        },
        NOTHING_IS_LEFT_FOR_LATER("do it now, or open an issue and leave no mark here") {
            private static final Pattern MARK = Pattern.compile("\\b(TO.?DO|FIX.?ME|X{3})\\b");

            @Override
            Stream<String> complaints(Source file, Set<String> all) {
                return file.linesWhere("", (line, number) -> MARK.matcher(line).find());
            }
        },
        TESTS_DO_NOT_SLEEP("step the schedule by hand, or wait for the event itself") {
            private static final Pattern SLEEP = Pattern.compile("\\bsleep\\s*\\(");
            private static final Pattern TEST = Pattern.compile("/src/(test|jcstress)/");

            @Override
            Stream<String> complaints(Source file, Set<String> all) {
                return file.linesWhere(
                        ".java",
                        (line, number) -> TEST.matcher(file.path).find()
                                && SLEEP.matcher(line).find());
            }
        },
        PACKAGES_HAVE_A_DOOR_PLATE("write package-info.java: purpose, invariants, who may call") {
            private static final Pattern PACKAGE =
                    Pattern.compile("/src/\\w+/java/(.+)/\\w+\\.java$");

            @Override
            Stream<String> complaints(Source file, Set<String> all) {
                return PACKAGE.matcher(file.path)
                        .results()
                        .map(found -> "/java/" + found.group(1) + "/package-info.java")
                        .filter(plate -> all.stream().noneMatch(path -> path.endsWith(plate)))
                        .map(plate -> file.path + ": no " + plate.substring("/java/".length()));
            }
        },
        NO_PATH_OF_ONE_MACHINE(
                "take it from the environment, a property or a temporary directory") {
            private static final Pattern ABSOLUTE = Pattern.compile(
                    "(?<![\\w./-])/(home|root|Users|tmp|usr|opt|mnt|srv|work)/|\\b[A-Z]:\\\\");

            @Override
            Stream<String> complaints(Source file, Set<String> all) {
                return file.linesWhere(
                        "",
                        (line, number) ->
                                !line.startsWith("#!") && ABSOLUTE.matcher(line).find());
            }
        };

        final String cure;

        Rule(String cure) {
            this.cure = cure;
        }

        abstract Stream<String> complaints(Source file, Set<String> all);
    }

    /** A file by its path from the root of the project, with {@code /} on every system. */
    private record Source(String path, List<String> lines) {
        Stream<String> linesWhere(String suffix, BiPredicate<String, Integer> bad) {
            return !path.endsWith(suffix)
                    ? Stream.empty()
                    : IntStream.rangeClosed(1, lines.size())
                            .filter(number -> bad.test(lines.get(number - 1), number))
                            .mapToObj(number -> path + ":" + number + ": "
                                    + lines.get(number - 1).strip());
        }
    }

    private static final Map<String, Source> SOURCES = sources();

    @ParameterizedTest
    @EnumSource
    void everySourceFollows(Rule rule) {
        List<String> complaints = SOURCES.values().stream()
                .flatMap(file -> rule.complaints(file, SOURCES.keySet()))
                .toList();
        if (!complaints.isEmpty()) {
            fail(String.join("\n", complaints) + "\ncure: " + rule.cure);
        }
    }

    @Test
    void everyExceptionIsNeeded() {
        List<String> idle = LONG_FILES.keySet().stream()
                .filter(path ->
                        !SOURCES.containsKey(path) || SOURCES.get(path).lines.size() <= SOFT_LINES)
                .toList();
        assertEquals(List.of(), idle, "these are gone or short now; take them out of LONG_FILES");
    }

    @Test
    void sourcesOfAllKindsAreRead() {
        String here = "tests/src/test/java/org/offheapstm/tests/tidy/TidyTest.java";
        Set<String> some = Set.of("pom.xml", "README.md", ".ci/run", "offheap-stm/pom.xml", here);
        assertTrue(SOURCES.keySet().containsAll(some), () -> "not all of " + some);
        assertFalse(SOURCES.keySet().stream().anyMatch(path -> path.contains("/target/")));
    }

    /** A source that breaks a rule. */
    private record Breach(Rule rule, String path, String text) {}

    private static List<Breach> breaches() {
        String main = "offheap-stm/src/main/java/org/offheapstm/A.java";
        String test = "tests/src/test/java/org/offheapstm/A.java";
        return List.of(
                new Breach(Rule.LINES_ARE_SHORT, main, "x".repeat(COLUMNS + 1)),
                new Breach(Rule.FILES_ARE_SHORT, main, "\n".repeat(SOFT_LINES) + "end"),
                new Breach(Rule.NAMES_SAY_SOMETHING, "bench/src/main/java/x/CommitHelper.java", ""),
                new Breach(Rule.NAMES_SAY_SOMETHING, "bench/src/main/java/x/CommitImpl.java", ""),
                new Breach(Rule.NOTHING_IS_LEFT_FOR_LATER, main, "int x; // TO" + "DO: more"),
                new Breach(Rule.NOTHING_IS_LEFT_FOR_LATER, "README.md", "FIX" + "ME"),
                new Breach(Rule.TESTS_DO_NOT_SLEEP, test, "Thread.sl" + "eep(5);"),
                new Breach(
                        Rule.TESTS_DO_NOT_SLEEP,
                        "bench/src/test/java/org/offheapstm/A.java",
                        "Thread.sl" + "eep(5);"),
                new Breach(Rule.TESTS_DO_NOT_SLEEP, test, "TimeUnit.SECONDS.sl" + "eep (5);"),
                new Breach(
                        Rule.PACKAGES_HAVE_A_DOOR_PLATE,
                        "bench/src/main/java/org/nowhere/A.java",
                        ""),
                new Breach(Rule.NO_PATH_OF_ONE_MACHINE, main, "Path.of(\"/ho" + "me/me/x\")"),
                new Breach(
                        Rule.NO_PATH_OF_ONE_MACHINE, "bench/pom.xml", "<jvm>/us" + "r/lib</jvm>"),
                new Breach(Rule.NO_PATH_OF_ONE_MACHINE, "README.md", "in D:" + "\\data"));
    }

    @ParameterizedTest
    @MethodSource("breaches")
    void breachIsRefused(Breach breach) {
        Source file = new Source(breach.path, breach.text.lines().toList());
        assertEquals(1, breach.rule.complaints(file, SOURCES.keySet()).count());
    }

    @Test
    void everyRuleIsBrokenOnce() {
        Set<Rule> broken =
                Set.copyOf(breaches().stream().map(Breach::rule).distinct().toList());
        assertEquals(Set.of(Rule.values()), broken, "add a breach of the rule that is missing");
    }

    private static Map<String, Source> sources() {
        Path root = root();
        Map<String, Source> found = new TreeMap<>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes a) {
                    String name = dir.getFileName().toString();
                    boolean foreign = name.equals("target")
                            || dir.equals(root.resolve("bindings/src")) // generated
                            || name.startsWith(".") && !Set.of(".ci", ".mvn").contains(name);
                    return foreign && !dir.equals(root)
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes a)
                        throws IOException {
                    String path = root.relativize(file).toString().replace('\\', '/');
                    if (isText(path)) {
                        found.put(path, new Source(path, Files.readAllLines(file)));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static boolean isText(String path) {
        return path.startsWith(".ci/")
                || path.matches(".*\\.(java|xml|md|properties|sh|c|h|tla|cfg|runs|y[a]?ml)");
    }

    private static Path root() {
        Path here = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        return Stream.iterate(here, Objects::nonNull, Path::getParent)
                .filter(directory -> Files.exists(directory.resolve("offheap-stm/pom.xml")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no project around " + here));
    }
}
