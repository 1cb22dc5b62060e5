package org.offheapstm.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One row of a table {@code MODULE.runs}: a configuration of a TLA+ module, and what TLC must say
 * about it. The format is told at the top of {@code Commit.runs}.
 *
 * @param module the module's name, without {@code .tla}
 * @param name the run's name, unique within its module
 * @param quick whether the row belongs to the short set
 * @param expected what TLC must find, in the words of {@link Tlc.Verdict#outcome}
 * @param configuration the text of TLC's configuration file
 */
record ModelRun(String module, String name, boolean quick, String expected, String configuration) {

    static List<ModelRun> readTable(Path table) throws IOException {
        String module = table.getFileName().toString().replace(".runs", "");
        List<ModelRun> runs = new ArrayList<>();
        Map<String, String> defaults = new LinkedHashMap<>();
        String checks = "";
        for (String line : Files.readAllLines(table)) {
            String row = line.strip();
            if (row.isEmpty() || row.startsWith("#")) {
                continue;
            }
            if (row.startsWith("[")) {
                checks = checks(row.substring(row.indexOf(']') + 1).strip());
            } else if (row.startsWith("constants ")) {
                addConstants(defaults, row.split("\\s+"), 1);
            } else {
                boolean quick = row.startsWith("*");
                String[] words = row.substring(quick ? 1 : 0).strip().split("\\s+");
                Map<String, String> constants = new LinkedHashMap<>(defaults);
                addConstants(constants, words, 2);
                String configuration =
                        checks + "CONSTANTS\n  " + String.join("\n  ", constants.values()) + "\n";
                runs.add(new ModelRun(module, words[1], quick, words[0], configuration));
            }
        }
        return runs;
    }

    private static String checks(String words) {
        StringBuilder text = new StringBuilder();
        for (String word : words.split("\\s+")) {
            String value = word.substring(word.indexOf('=') + 1).replace(',', ' ');
            text.append(
                            switch (word.substring(0, word.indexOf('='))) {
                                case "spec" -> "SPECIFICATION ";
                                case "invariants" -> "INVARIANTS ";
                                case "properties" -> "PROPERTIES ";
                                default ->
                                    throw new IllegalArgumentException("unknown check: " + word);
                            })
                    .append(value)
                    .append('\n');
        }
        return text.toString();
    }

    /** Keyed by the constant's name, so that a row's value replaces the default. */
    private static void addConstants(Map<String, String> constants, String[] words, int from) {
        for (int i = from; i < words.length; i++) {
            String[] sides = words[i].split("<-|=", 2);
            constants.put(sides[0], words[i]);
        }
    }

    @Override
    public String toString() {
        return module + " " + name + " " + expected;
    }
}
