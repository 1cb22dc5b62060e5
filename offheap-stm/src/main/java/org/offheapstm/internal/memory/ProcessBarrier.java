package org.offheapstm.internal.memory;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/**
 * A full fence on every running thread of this process, issued by one of them: the heavy half of an
 * asymmetric fence, whose light half is then only a compiler barrier.
 *
 * <p>Linux has it as {@code membarrier(2)}, private expedited. Where it is missing, {@link
 * #AVAILABLE} is false and the light half must be a real fence.
 */
public final class ProcessBarrier {
    private static final int REGISTER_PRIVATE_EXPEDITED = 1 << 4;
    private static final int PRIVATE_EXPEDITED = 1 << 3;

    private static final long CALL_NUMBER = callNumber();
    private static final MethodHandle SYSCALL = syscall();

    /** Whether {@link #issue} reaches the other threads. */
    public static final boolean AVAILABLE =
            !Seam.without("membarrier") && SYSCALL != null && call(REGISTER_PRIVATE_EXPEDITED) == 0;

    private ProcessBarrier() {}

    /**
     * Returns after every thread of the process has passed a full fence; at least the caller has.
     */
    public static void issue() {
        Memory.fullFence();
        if (AVAILABLE && !Seam.without("quiescenceBarrier")) {
            call(PRIVATE_EXPEDITED);
        }
    }

    private static long call(int command) {
        try {
            return (long) SYSCALL.invokeExact(CALL_NUMBER, command, 0, 0);
        } catch (Throwable t) {
            throw Downcall.failed("syscall", t);
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle syscall() {
        if (CALL_NUMBER < 0) {
            return null;
        }
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("syscall")
                .map(symbol -> linker.downcallHandle(
                        symbol,
                        FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT),
                        Linker.Option.firstVariadicArg(1)))
                .orElse(null);
    }

    private static long callNumber() {
        if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
            return -1;
        }
        return switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> 324;
            case "aarch64" -> 283;
            default -> -1;
        };
    }
}
