package org.offheapstm.bench.htm;

import org.offheapstm.bench.report.Machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What decides about hardware transactions besides the program; every row carries it. "" is what
 * this system does not tell.
 *
 * @param cpu the processor's name
 * @param microcode its revision
 * @param tsxAsyncAbort what the kernel says of TSX Asynchronous Abort, and does against it
 * @param tsx the kernel's {@code tsx=} option
 * @param smt whether cores run two threads each, which then share the cache that holds a
 *     transaction
 * @param pinning to which processors the threads were bound
 */
record Surroundings(
        String cpu,
        String microcode,
        String tsxAsyncAbort,
        String tsx,
        String smt,
        String pinning) {
    private static final Path SYSTEM = Path.of("/sys/devices/system/cpu");

    /** Those of this process, with threads bound to these processors; or to none. */
    static Surroundings here(List<Integer> processors) {
        return new Surroundings(
                Machine.describe(List.of()).get("cpu").toString(),
                microcode(lines(Path.of("/proc/cpuinfo"))),
                first(SYSTEM.resolve("vulnerabilities/tsx_async_abort")),
                tsx(first(Path.of("/proc/cmdline"))),
                first(SYSTEM.resolve("smt/control")),
                processors.isEmpty()
                        ? "no processors"
                        : "processors "
                                + processors.stream()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(", ")));
    }

    static String microcode(List<String> cpuinfo) {
        return cpuinfo.stream()
                .filter(line -> line.startsWith("microcode"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
    }

    /** The option on a kernel's command line; "" if it is not there. */
    static String tsx(String commandLine) {
        return Arrays.stream(commandLine.split(" "))
                .filter(word -> word.startsWith("tsx="))
                .findFirst()
                .orElse("");
    }

    private static String first(Path file) {
        return lines(file).stream().findFirst().orElse("").strip();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }

    /** By name, for a row. */
    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("cpu", cpu);
        facts.put("microcode", microcode);
        facts.put("tsxAsyncAbort", tsxAsyncAbort);
        facts.put("tsx", tsx);
        facts.put("smt", smt);
        facts.put("pinning", pinning);
        return facts;
    }

    /** In one line, for a caption. */
    String asText() {
        return cpu + "; microcode " + told(microcode) + "; tsx_async_abort: " + told(tsxAsyncAbort)
                + (tsx.isEmpty() ? "" : "; " + tsx) + "; SMT " + told(smt) + "; bound to "
                + pinning;
    }

    private static String told(String fact) {
        return fact.isEmpty() ? "not told" : fact;
    }
}
