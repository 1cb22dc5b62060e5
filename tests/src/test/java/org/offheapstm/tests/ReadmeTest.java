package org.offheapstm.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Goal: what a newcomer copies from the first screen works. Method: cut it out, compile it, run it;
 * the lines for a pom are compared with the project's own.
 */
class ReadmeTest {
    private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LAYOUT = Pattern.compile("`(System.out.print.*TYPE.*?)`");
    private static final Pattern VERSION = Pattern.compile("<version>(.*?)</version>");

    @TempDir
    private Path directory;

    @Test
    void exampleRunsWithoutAWarningAndPrintsWhatItSays() throws Exception {
        assertEquals("30", run(example()));
    }

    @Test
    void callForALayoutPrintsTheTableOfTheExample() throws Exception {
        Matcher call = LAYOUT.matcher(readme());
        assertTrue(call.find(), "a call that prints a layout in README.md");
        String printed = run(example().replaceFirst("main\\(.*\\{", "$0 " + call.group(1) + ";"));
        List<String> table = List.of(
                "Account: 8 bytes",
                "offset   size  align  field    type",
                "     0      8      8  balance  long",
                "30");
        assertEquals(table, printed.lines().toList());
    }

    @Test
    void linesForAPomNameThisVersion() throws Exception {
        String pom = Files.readString(Path.of("..", "pom.xml"));
        Matcher version = VERSION.matcher(pom);
        assertTrue(version.find(), "a version in pom.xml");
        List<String> named =
                VERSION.matcher(readme()).results().map(each -> each.group(1)).toList();
        assertEquals(List.of(version.group(1), version.group(1)), named);
    }

    private static String readme() throws Exception {
        return Files.readString(Path.of("..", "README.md"));
    }

    private static String example() throws Exception {
        Matcher example = EXAMPLE.matcher(readme());
        assertTrue(example.find(), "an example in README.md");
        return example.group(1);
    }

    /** Compiles and starts it, and returns what it prints. */
    private String run(String example) throws Exception {
        compile(Files.writeString(directory.resolve("Transfer.java"), example));
        Process run = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--illegal-native-access=deny",
                        "--sun-misc-unsafe-memory-access=deny",
                        "-cp",
                        directory
                                + java.io.File.pathSeparator
                                + System.getProperty("java.class.path"),
                        "Transfer")
                .redirectErrorStream(true)
                .start();
        String printed = new String(run.getInputStream().readAllBytes()).strip();
        assertTrue(run.waitFor(1, TimeUnit.MINUTES));
        return printed;
    }

    private void compile(Path source) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        List<String> options = List.of(
                "-d",
                directory.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-processor",
                "org.offheapstm.struct.processor.StructProcessor",
                "-Xlint:all,-path,-processing,-classfile,-auxiliaryclass",
                "-Werror");
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean done = compiler.getTask(
                            complaints,
                            files,
                            null,
                            options,
                            null,
                            files.getJavaFileObjects(source))
                    .call();
            assertTrue(done, complaints::toString);
        }
    }
}
