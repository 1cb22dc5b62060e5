package org.offheapstm.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Goal: each action of a model names its methods in the models' README; each method named there
 * exists; and each method that writes a shared word in order is named there, so that neither a
 * change of names nor a new step can pass unseen. Method: the text of the README's tables "step,
 * Java", of the modules, and of the engine's sources; for the last, the engine's compiled code.
 */
final class ModelReadmeTest {
    private static final Path BASE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    private static final Path MODELS = BASE.resolve("src/test/tla");
    private static final Path ENGINE =
            BASE.resolveSibling("offheap-stm").resolve("src/main/java/org/offheapstm/internal");

    private static final Path CLASSES =
            BASE.resolveSibling("offheap-stm").resolve("target/classes/org/offheapstm/internal");

    /** How a method of the memory room writes a word that others read while it runs. */
    private static final Set<String> SHARED_WRITES =
            Set.of("compareAndSet", "getAndAdd", "setOpaque", "setRelease", "setVolatile");

    private static final Pattern ROW = Pattern.compile("(?m)^\\| (.+) \\| (.+) \\|$");
    private static final Pattern NAME = Pattern.compile("\\b[A-Z]\\w+");
    private static final Pattern METHOD =
            Pattern.compile("`(?:([a-z]+)\\.([A-Z]\\w+)(?:\\.(\\w+))?|(\\w+))`");

    /** Definitions that are a list of the actions that can be taken. */
    private static final Pattern CHOICE = Pattern.compile(
            "(?ms)^(?:Step|Body|Commit|Merge|Recovery|Next)(?:\\(s\\))? *==(.*?)(?=^\\w|\\z)");

    private static final Set<String> NO_ACTIONS =
            Set.of("Step", "Body", "Commit", "Merge", "Recovery");
    private static final Pattern TAKEN = Pattern.compile("\\b(\\w+)\\(s\\)");

    private static String mapping(String module) throws IOException {
        String readme = Files.readString(MODELS.resolve("README.md"));
        int section = readme.indexOf("\n## " + module + ".tla\n");
        assertTrue(section >= 0, "a section on " + module);
        int end = readme.indexOf("\n## ", section + 1);
        int table = readme.lastIndexOf("| Java |\n|---|---|\n", end);
        assertTrue(table > section, "a table of methods for " + module);
        return readme.substring(table + "| Java |\n|---|---|\n".length(), end);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Commit", "Escalate", "Reuse", "Retry", "Nest", "Collect", "Recycle"})
    void everyActionHasARowAndEveryRowAnAction(String module) throws IOException {
        String text = Files.readString(MODELS.resolve(module + ".tla"));
        Set<String> named = new TreeSet<>();
        ROW.matcher(mapping(module))
                .results()
                .forEach(row -> NAME.matcher(row.group(1)
                                .replaceAll("kinds? [A-Z, and]+|[A-Z] (?:or [A-Z] )?kind", ""))
                        .results()
                        .forEach(name -> named.add(name.group())));
        for (String name : named) {
            assertTrue(isDefined(text, name), () -> "no action of the model: " + name);
        }
        Set<String> actions = new TreeSet<>();
        CHOICE.matcher(text)
                .results()
                .forEach(choice -> TAKEN.matcher(choice.group(1))
                        .results()
                        .map(taken -> taken.group(1))
                        .filter(action -> isAction(text, action))
                        .forEach(actions::add));
        assertFalse(actions.isEmpty());
        actions.removeAll(named);
        assertEquals(Set.of(), actions, "actions without a row");
    }

    private static boolean isDefined(String text, String name) {
        return text.contains("\n" + name + "(") || text.contains("\n" + name + " ==");
    }

    /** Whether a name is defined as an action that is not only a mutation. */
    private static boolean isAction(String text, String name) {
        return !NO_ACTIONS.contains(name)
                && Pattern.compile("(?m)^" + name
                                + "\\(\\w\\) ==(?! *\\\\\\* mutation).*\n? *(/\\\\|\\\\/|LET|At)")
                        .matcher(text)
                        .find();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Commit",
                "Escalate",
                "Reuse",
                "Memory",
                "Retry",
                "Nest",
                "Collect",
                "Recycle"
            })
    void everyMethodThatIsNamedExists(String module) throws IOException {
        for (MatchResult row : ROW.matcher(mapping(module)).results().toList()) {
            Path source = null;
            for (MatchResult method : METHOD.matcher(row.group(2)).results().toList()) {
                if (method.group(2) != null) {
                    source = ENGINE.resolve(method.group(1)).resolve(method.group(2) + ".java");
                }
                String name = method.group(3) != null ? method.group(3) : method.group(4);
                assertTrue(source != null && Files.exists(source), method.group());
                assertTrue(
                        name == null || Files.readString(source).contains(" " + name + "("),
                        method.group() + " in " + row.group());
            }
        }
    }

    @Test
    void everyMethodThatWritesASharedWordInOrderIsNamed() throws IOException {
        String readme = Files.readString(MODELS.resolve("README.md"));
        Set<String> named = new TreeSet<>();
        for (MatchResult row : ROW.matcher(readme).results().toList()) {
            String type = "";
            for (MatchResult method : METHOD.matcher(row.group(2)).results().toList()) {
                type = method.group(2) != null ? method.group(2) : type;
                named.add(
                        type + "." + (method.group(3) != null ? method.group(3) : method.group(4)));
            }
        }
        Set<String> writers = new TreeSet<>();
        for (String room : List.of("engine", "heap")) {
            try (Stream<Path> files = Files.list(CLASSES.resolve(room))) {
                for (Path file : files.toList()) {
                    addWriters(ClassFile.of().parse(file), writers);
                }
            }
        }
        assertTrue(writers.contains("Commit.lock"), () -> "not found where it is: " + writers);
        writers.removeAll(named);
        assertEquals(Set.of(), writers, "methods without an action");
    }

    private static void addWriters(ClassModel type, Set<String> writers) {
        String name = type.thisClass().asInternalName().replaceAll(".*[/$]", "");
        for (MethodModel method : type.methods()) {
            boolean writes = method.code().stream()
                    .flatMap(CodeModel::elementStream)
                    .anyMatch(element -> element instanceof InvokeInstruction call
                            && call.owner().asInternalName().endsWith("/memory/Memory")
                            && SHARED_WRITES.contains(call.name().stringValue()));
            boolean isConstructor = method.methodName().equalsString("<init>");
            if (writes && !isConstructor) { // Nobody else sees what is being constructed.
                writers.add(name + "." + method.methodName().stringValue());
            }
        }
    }
}
