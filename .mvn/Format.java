import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.JavaFormatterOptions.Style;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Holds every Java source of the project to one layout: palantir-java-format's, with 4 spaces and
 * 100 columns. Javadoc stays as written, because its diagrams are drawn by hand.
 *
 * <p>{@code mvn verify} runs it as {@code check}, {@code mvn -Pformat validate} as {@code apply}.
 * It runs in a JVM of its own, because the formatter parses with the JDK it runs on, and Maven's
 * may be too old for the sources. Two things that this JDK knows, the formatter does not:
 * {@code import module}, and a bare {@code _} inside a record pattern (write {@code var _}).
 */
final class Format {
    private final Formatter formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(Style.AOSP)
            .formatJavadoc(false)
            .build());
    private final boolean apply;

    private Format(boolean apply) {
        this.apply = apply;
    }

    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[1]);
        Format format = new Format(arguments[0].equals("apply"));
        List<String> complaints;
        try (Stream<Path> files = Files.walk(root)) {
            complaints =
                    files
                            .filter(file -> isSource(root.relativize(file)))
                            .sorted()
                            .toList()
                            .parallelStream()
                            .map(file -> format.complaint(root, file))
                            .filter(complaint -> !complaint.isEmpty())
                            .toList();
        }
        if (!complaints.isEmpty()) {
            complaints.forEach(System.err::println);
            System.err.println("format: " + complaints.size() + " file(s) refused; run"
                    + " \"mvn -Pformat validate\" to lay them out");
            System.exit(1);
        }
    }

    private static boolean isSource(Path file) {
        String name = file.toString().replace('\\', '/');
        return name.endsWith(".java")
                && !name.contains("target/")
                && !name.startsWith(".git/")
                && !name.startsWith("bindings/"); // generated
    }

    /** What is wrong with a file; empty if nothing is, or if it was put right. */
    private String complaint(Path root, Path file) {
        String name = root.relativize(file).toString();
        try {
            String before = Files.readString(file);
            String after = formatter.formatSourceAndFixImports(before);
            if (before.equals(after)) {
                return "";
            }
            if (apply) {
                Files.writeString(file, after);
                System.out.println("format: laid out " + name);
                return "";
            }
            return "format: " + name + ":" + firstDifference(before, after) + ": other layout";
        } catch (FormatterException e) {
            return "format: " + name + ": cannot be parsed: " + e.getMessage();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int firstDifference(String before, String after) {
        List<String> old = before.lines().toList();
        List<String> fresh = after.lines().toList();
        int line = 0;
        while (line < old.size() && line < fresh.size() && old.get(line).equals(fresh.get(line))) {
            line++;
        }
        return line + 1;
    }
}
