package org.offheapstm.struct.processor;

import org.offheapstm.struct.StructView;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * One run of javac, with the engine's jar as class path and as processor path.
 *
 * @param output the directory of classes and generated sources
 * @param diagnostics what javac said
 */
record Compilation(Path output, List<Diagnostic<? extends JavaFileObject>> diagnostics) {
    /** A source file of the package {@code bank}. */
    record Source(String name, String text) {
        JavaFileObject file() {
            URI uri = URI.create("string:///bank/" + name + ".java");
            return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
                @Override
                public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                    return text;
                }
            };
        }
    }

    static Compilation of(Path output, List<Source> sources, String... options) {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> heard = new DiagnosticCollector<>();
        List<String> all = new ArrayList<>(Arrays.asList(options));
        String engine = engine().toString();
        String directory = output.toString();
        all.addAll(List.of("-cp", engine + System.getProperty("path.separator") + directory));
        all.addAll(List.of("--processor-path", engine, "-d", directory, "-s", directory));
        List<JavaFileObject> files = sources.stream().map(Source::file).toList();
        try (StandardJavaFileManager manager = javac.getStandardFileManager(heard, null, null)) {
            javac.getTask(null, manager, heard, all, null, files).call();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Compilation(output, heard.getDiagnostics());
    }

    private static Path engine() {
        try {
            return Path.of(StructView.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Names of the generated sources, sorted. */
    List<String> generated() throws IOException {
        try (Stream<Path> files = Files.walk(output)) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .sorted()
                    .toList();
        }
    }
}
