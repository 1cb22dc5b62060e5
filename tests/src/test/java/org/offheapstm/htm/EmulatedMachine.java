package org.offheapstm.htm;

import org.offheapstm.htm.NativeBuild.Outcome;
import org.offheapstm.htm.NativeBuild.Part;
import org.offheapstm.internal.htm.Probe;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A virtual machine of its own whose engine commits under the emulator. With few threads besides
 * those of the test, since each of them is stopped for each transaction.
 */
final class EmulatedMachine {
    /** {@code STM_HTM_FORCE}: no look at CPUID. */
    private static final int FORCE = 2;

    private static final int SHAKEN_ONE_IN = 3;

    private static final String RESULT = "result: ";

    private EmulatedMachine() {}

    /**
     * Runs a scenario.
     *
     * @param missing part of the shim to do without
     * @return its result
     */
    static String run(Part missing, String... scenario) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:+UseSerialGC",
                "-XX:CICompilerCount=2",
                "-Xmx256m",
                "-ea",
                "--enable-native-access=ALL-UNNAMED",
                "-Doffheapstm.shim=" + NativeBuild.libraryWithout(missing),
                "-Doffheapstm.shim.flags=" + FORCE,
                "-cp",
                System.getProperty("java.class.path"),
                EmulatedMachine.class.getName()));
        command.addAll(List.of(scenario));
        Outcome outcome = NativeBuild.run(command);
        return outcome.output()
                .lines()
                .filter(line -> line.startsWith(RESULT))
                .map(line -> line.substring(RESULT.length()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(outcome));
    }

    /**
     * In that machine.
     *
     * @param arguments {@code causes}, or a bank ({@code bank}; {@code shaken} by aborts; {@code
     *     exposed}, without isolation) with a seed, commits, and milliseconds
     */
    public static void main(String[] arguments) throws InterruptedException {
        Emulator.install();
        if (!Probe.get().isUsable()) {
            throw new AssertionError(Probe.get().report());
        }
        System.out.println(RESULT + result(arguments));
    }

    private static String result(String... arguments) throws InterruptedException {
        if (arguments[0].equals("causes")) {
            EmulatedCauses.run();
            return "passed";
        }
        long seed = Long.parseLong(arguments[1]);
        Emulator.isolate(!arguments[0].equals("exposed"));
        Emulator.injectAtRandom(seed, arguments[0].equals("shaken") ? SHAKEN_ONE_IN : 0);
        return EmulatedBank.run(seed, Long.parseLong(arguments[2]), Long.parseLong(arguments[3]));
    }
}
