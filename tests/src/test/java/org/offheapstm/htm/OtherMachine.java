package org.offheapstm.htm;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.offheapstm.htm.NativeBuild.Outcome;
import org.offheapstm.htm.NativeBuild.Part;
import org.offheapstm.internal.htm.Probe;
import org.offheapstm.internal.memory.Seam;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * A virtual machine of its own, whose engine takes the processor for another one: with RTM, under
 * the emulator, whatever this one has; or of an architecture without. With few threads besides
 * those of the test, since each of them is stopped for each emulated transaction.
 */
public final class OtherMachine {
    /** {@code STM_HTM_FORCE}: no look at CPUID. */
    private static final int FORCE = 2;

    private static final String RESULT = "result: ";

    private final Supplier<Path> library;
    private final List<String> properties;

    private OtherMachine(Supplier<Path> library, String... properties) {
        this.library = library;
        this.properties = List.of(properties);
    }

    /** With RTM, engine and shim as they are. */
    static OtherMachine emulated() {
        return emulatedWithout(Part.NONE);
    }

    /** With RTM, and a shim without a part. */
    static OtherMachine emulatedWithout(Part missing) {
        return new OtherMachine(() -> NativeBuild.libraryWithout(missing), forced());
    }

    /**
     * With RTM, and an engine of which parts are missing.
     *
     * @param trace whether accesses are announced
     * @param without the parts, with commas between
     */
    public static OtherMachine emulated(boolean trace, String without) {
        return new OtherMachine(
                () -> NativeBuild.libraryWithout(Part.NONE),
                forced(),
                "-Doffheapstm.trace=" + trace,
                "-Doffheapstm.without=" + without);
    }

    /** With the shim as it would be compiled there. */
    static OtherMachine ofAnotherArchitecture() {
        return new OtherMachine(NativeBuild::stub);
    }

    private static String forced() {
        return "-Doffheapstm.shim.flags=" + FORCE;
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
                "-Doffheapstm.shim=" + library.get(),
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(properties);
        command.add(OtherMachine.class.getName());
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
        if (Seam.shimFlags() == FORCE) {
            Emulator.install();
            assertTrue(Probe.get().isUsable(), Probe.get().report());
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
