package org.offheapstm.bench.child;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The JVM in which something is measured: the same for every contender.
 *
 * <p>A fixed heap, so that nobody is measured while it grows. The parallel collector, because the
 * peers keep their refs in the heap and its write barrier is the cheapest: with G1 ScalaSTM and
 * Clojure were a tenth to a half slower. The engine and plain access, which write outside the heap,
 * do not care. The last two flags let off-heap access and the peers' {@code Unsafe} through without
 * a warning.
 */
public final class ChildJvm {
    public static final List<String> FLAGS = List.of(
            "-Xms2g",
            "-Xmx2g",
            "-XX:+UseParallelGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private ChildJvm() {}

    /** The command that runs a class of this class path in such a JVM. */
    public static List<String> command(Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(arguments);
        return command;
    }
}
