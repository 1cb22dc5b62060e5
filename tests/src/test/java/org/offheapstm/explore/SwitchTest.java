package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Goal: no check or order of the engine can be taken out without a test that says what breaks.
 * Method: the engine's sources, the two tables of its switches, and the models' tables of runs.
 */
final class SwitchTest {
    private static final Path BASE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    private static final Path ENGINE = BASE.resolveSibling("offheap-stm").resolve("src/main/java");
    private static final Pattern SWITCH = Pattern.compile("Seam\\.without\\(\"(\\w+)\"\\)");

    @Test
    void everySwitchOfTheEngineIsInATable() throws IOException {
        Set<String> inTables = new TreeSet<>();
        for (Part part : Part.values()) {
            assertTrue(inTables.add(part.name), part.name);
        }
        for (OtherPart part : OtherPart.values()) {
            assertTrue(inTables.add(part.name), part.name);
        }
        assertEquals(switches(), inTables);
    }

    private static Set<String> switches() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.walk(ENGINE)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                SWITCH.matcher(Files.readString(file))
                        .results()
                        .forEach(found -> names.add(found.group(1)));
            }
        }
        return names;
    }

    /** What a run must find is the business of {@code CommitModelTest}. */
    @ParameterizedTest
    @EnumSource
    void proofsOfOtherPartsExist(OtherPart part) throws Exception {
        for (String proof : part.proofs) {
            String[] words = proof.split(" ");
            if (words[0].endsWith("Test")) {
                String home =
                        words[0].contains(".") ? "org.offheapstm." : "org.offheapstm.explore.";
                Class<?> test = Class.forName(home + words[0]);
                assertTrue(test.getDeclaredMethod(words[1]).isAnnotationPresent(Test.class), proof);
            } else {
                assertTrue(isMutant(words[0], words[1]), proof);
            }
        }
    }

    private static boolean isMutant(String model, String run) throws IOException {
        Path table = BASE.resolve("src/test/tla").resolve(model + ".runs");
        Pattern row = Pattern.compile("(?m)^[* ] (\\w+) +" + run + " .*M=\\{.+}");
        return row.matcher(Files.readString(table))
                .results()
                .anyMatch(found -> !found.group(1).equals("holds"));
    }

    /** They are compiled by a profile only, so that a wrong name would not be seen here. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BIRTH_CLOCK_WITHOUT_FENCE")
    void orderingHasALitmusTest(Ordering ordering) throws IOException {
        String name = Pattern.compile("_?([A-Z])([A-Z]*)")
                        .matcher(ordering.name())
                        .replaceAll(word -> word.group(1) + word.group(2).toLowerCase(Locale.ROOT))
                + "Litmus";
        Path file = BASE.resolve("src/jcstress/java/org/offheapstm/litmus/" + name + ".java");
        String text = Files.readString(file);
        assertTrue(text.contains("public class " + name + " "), name);
        assertTrue(text.contains("Ordering." + ordering + ".left("), name);
    }
}
