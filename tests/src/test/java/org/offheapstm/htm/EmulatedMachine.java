package org.offheapstm.htm;

import org.offheapstm.htm.NativeBuild.Outcome;
import org.offheapstm.htm.NativeBuild.Part;
import org.offheapstm.internal.htm.Probe;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A virtual machine of its own whose engine commits under the emulator, whatever the processor has.
 * With few threads besides those of the test, since each of them is stopped for each transaction.
 */
public final class EmulatedMachine {
    /** {@code STM_HTM_FORCE}: no look at CPUID. */
    private static final int FORCE = 2;

    private static final String RESULT = "result: ";

    private final Part missing;
    private final List<String> seam;

    private EmulatedMachine(Part missing, String... seam) {
        this.missing = missing;
        this.seam = List.of(seam);
    }

    /** The engine and the shim as they are. */
    static EmulatedMachine whole() {
        return withoutPart(Part.NONE);
    }

    /** A shim without a part. */
    static EmulatedMachine withoutPart(Part missing) {
        return new EmulatedMachine(missing);
    }

    /**
     * An engine of which parts are missing.
     *
     * @param trace whether accesses are announced
     * @param without the parts, with commas between
     */
    public static EmulatedMachine without(boolean trace, String without) {
        return new EmulatedMachine(
                Part.NONE, "-Doffheapstm.trace=" + trace, "-Doffheapstm.without=" + without);
    }

    /**
     * Runs {@code static String run(String...)} of a class there; skips the test, saying why, where
     * the shim cannot be built.
     *
     * @return its result, as text
     * @throws AssertionError with all that it has printed, if it threw or was never done
     */
    public String run(Class<?> program, String... arguments) throws IOException {
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
                System.getProperty("java.class.path")));
        command.addAll(seam);
        command.add(EmulatedMachine.class.getName());
        command.add(program.getName());
        command.addAll(List.of(arguments));
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
     * @param arguments the class, and what its method is given
     */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        Emulator.install();
        if (!Probe.get().isUsable()) {
            throw new AssertionError(Probe.get().report());
        }
        Method run = Class.forName(arguments[0]).getDeclaredMethod("run", String[].class);
        run.setAccessible(true);
        Object given = Arrays.copyOfRange(arguments, 1, arguments.length);
        try {
            System.out.println(RESULT + run.invoke(null, given));
        } catch (InvocationTargetException e) {
            throw new AssertionError(arguments[0] + " threw", e.getCause());
        }
    }
}
