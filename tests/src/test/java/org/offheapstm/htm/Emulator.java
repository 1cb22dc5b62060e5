package org.offheapstm.htm;

import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * What a virtual machine calls in the emulator of {@code native/src/test/c/emulator.h}, in the
 * library that {@code offheapstm.shim} names: the one that the engine loads, too.
 */
final class Emulator {
    private static final SymbolLookup LIBRARY = library();
    private static final MethodHandle INSTALL =
            function("emulator_install", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle COUNTS =
            function("emulator_counts", FunctionDescriptor.of(JAVA_LONG));
    private static final MethodHandle INJECT =
            function("emulator_inject", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT, JAVA_LONG));
    private static final MethodHandle INJECT_AT_RANDOM =
            function("emulator_inject_at_random", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT));
    private static final MethodHandle ISOLATE =
            function("emulator_isolate", FunctionDescriptor.ofVoid(JAVA_INT));

    /** Numbers of the members of {@code emulated_counts}. */
    private static final int COMMITTED = 1;

    private static final int LATE = 7;
    private static final int STEPS = 9;

    private Emulator() {}

    @SuppressWarnings("restricted")
    private static SymbolLookup library() {
        return SymbolLookup.libraryLookup(Path.of(Seam.shim()), Arena.global());
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(LIBRARY.findOrThrow(name), descriptor);
    }

    /** Takes the place of the instructions; before anything has probed for them. */
    static void install() {
        int sites = (int) call(INSTALL);
        assertTrue(sites > 0, "emulator_install: " + sites);
    }

    /** The next so many transactions that come so far abort before that instruction. */
    static void inject(long step, int status, long times) {
        call(INJECT, step, status, times);
    }

    /** One in so many transactions aborts, at any instruction, for any reason. */
    static void injectAtRandom(long seed, int oneIn) {
        call(INJECT_AT_RANDOM, seed, oneIn);
    }

    /** Whether other threads stand still during a transaction. */
    static void isolate(boolean isolate) {
        call(ISOLATE, isolate ? 1 : 0);
    }

    static long committed() {
        return count(COMMITTED);
    }

    /** Aborts that nobody has asked for: a thread of the machine did not stop in time. */
    static long late() {
        return count(LATE);
    }

    /** Instructions of the last transaction that ended. */
    static long steps() {
        return count(STEPS);
    }

    private static long count(int member) {
        return Memory.getOpaque((long) call(COUNTS) + member * JAVA_LONG.byteSize());
    }

    private static Object call(MethodHandle function, Object... arguments) {
        try {
            return function.invokeWithArguments(arguments);
        } catch (Throwable t) {
            throw new AssertionError("a plain C function", t);
        }
    }
}
