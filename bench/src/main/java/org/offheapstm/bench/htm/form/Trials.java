package org.offheapstm.bench.htm.form;

import org.offheapstm.internal.bindings.StmHtm;
import org.offheapstm.internal.bindings.stm_htm_counts;
import org.offheapstm.internal.bindings.stm_htm_trial;
import org.offheapstm.internal.htm.Probe;
import org.offheapstm.internal.htm.Shim;
import org.offheapstm.internal.memory.NativeBlock;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Transactions of the processor over raw memory, and calls into the library: for the cost of single
 * steps. A time is NaN where it cannot be measured. For one thread.
 */
public final class Trials {
    /** The most memory that trials may spread over, in bytes. */
    public static final long MOST_BYTES = 16L << 20;

    private final NativeBlock memory = NativeBlock.take(MOST_BYTES);
    private long seen;

    /** Calls that do nothing; made only once the library is loaded. */
    private static final class Calls {
        static final MethodHandle CRITICAL = abi(Linker.Option.critical(false));
        static final MethodHandle USUAL = abi();

        @SuppressWarnings("restricted")
        private static MethodHandle abi(Linker.Option... options) {
            return Linker.nativeLinker()
                    .downcallHandle(
                            StmHtm.stm_htm_abi$address(), StmHtm.stm_htm_abi$descriptor(), options);
        }
    }

    /** Whether transactions can be made at all. */
    public boolean areUsable() {
        return Probe.get().isUsable();
    }

    /** Nanoseconds for a transaction that writes so many lines and commits. */
    public double nanos(int lines, int stride, int trials) {
        if (!areUsable()) {
            return Double.NaN;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment trial = made(arena, lines, stride, true, trials);
            return (double) stm_htm_trial.nanos(trial) / trials;
        }
    }

    /** How transactions end that touch so many lines. */
    public Counts counts(int lines, int stride, boolean writes, int trials) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment counts = stm_htm_trial.counts(made(arena, lines, stride, writes, trials));
            return new Counts(
                    stm_htm_counts.attempts(counts),
                    stm_htm_counts.commits(counts),
                    0,
                    0,
                    NativeObjects.aborts(counts));
        }
    }

    private MemorySegment made(Arena arena, int lines, int stride, boolean writes, int trials) {
        MemorySegment trial = stm_htm_trial.allocate(arena);
        stm_htm_trial.memory(trial, memory.address());
        stm_htm_trial.bytes(trial, MOST_BYTES);
        stm_htm_trial.lines(trial, lines);
        stm_htm_trial.stride(trial, stride);
        stm_htm_trial.writes(trial, writes ? 1 : 0);
        stm_htm_trial.trials(trial, trials);
        int result = StmHtm.stm_htm_try(trial.address());
        if (result != StmHtm.STM_HTM_OK()) {
            throw new IllegalStateException(
                    "trials refused by the library: result=" + result + ", lines=" + lines
                            + ", stride=" + stride + ", " + Probe.get().line());
        }
        return trial;
    }

    /** Nanoseconds for a spin lock that is free: to take it and give it back. */
    public double lockNanos(int times) {
        if (!Shim.isLoaded()) {
            return Double.NaN;
        }
        Loop.Tally tally = new NativeObjects(Form.LOCK, 1).emptyLoop(times);
        return (double) tally.nanos() / times;
    }

    /** Nanoseconds for a critical downcall that does nothing. */
    public double criticalNanos(int times) {
        if (!Shim.isLoaded()) {
            return Double.NaN;
        }
        try {
            long from = System.nanoTime();
            for (int i = 0; i < times; i++) {
                seen += (int) Calls.CRITICAL.invokeExact();
            }
            return (double) (System.nanoTime() - from) / times;
        } catch (Throwable t) {
            throw new AssertionError("a plain C function", t);
        }
    }

    /** Nanoseconds for a usual downcall that does nothing. */
    public double downcallNanos(int times) {
        if (!Shim.isLoaded()) {
            return Double.NaN;
        }
        try {
            long from = System.nanoTime();
            for (int i = 0; i < times; i++) {
                seen += (int) Calls.USUAL.invokeExact();
            }
            return (double) (System.nanoTime() - from) / times;
        } catch (Throwable t) {
            throw new AssertionError("a plain C function", t);
        }
    }
}
