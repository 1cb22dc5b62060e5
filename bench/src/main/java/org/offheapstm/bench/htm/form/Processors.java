package org.offheapstm.bench.htm.form;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Which processors this process may use, and how a thread is bound to one. Linux only: elsewhere
 * there are none to bind to, and the system places the threads.
 */
public final class Processors {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String ALLOWED = "Cpus_allowed_list:";
    private static final Path SYSTEM = Path.of("/sys/devices/system/cpu");
    private static final int MASK_BYTES = 128;

    private Processors() {}

    /**
     * The processors by number, so that the first of them are on cores of their own and siblings on
     * one core come last; none if threads cannot be bound.
     */
    public static List<Integer> apart() throws InterruptedException {
        List<Integer> all = firstOfEachCore(allowed(STATUS), SYSTEM);
        return all.isEmpty() || !canBind(all.getFirst()) ? List.of() : all;
    }

    /** A sandbox may forbid it. */
    private static boolean canBind(int cpu) throws InterruptedException {
        AtomicBoolean isBound = new AtomicBoolean();
        Thread trial = new Thread(() -> isBound.set(tryToBind(cpu)));
        trial.start();
        trial.join();
        return isBound.get();
    }

    static List<Integer> allowed(Path status) {
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith(ALLOWED))
                    .findFirst()
                    .map(line -> numbers(line.substring(ALLOWED.length()).strip()))
                    .orElse(List.of());
        } catch (IOException e) {
            return List.of();
        }
    }

    static List<Integer> firstOfEachCore(List<Integer> all, Path system) {
        List<Integer> first = new ArrayList<>();
        List<Integer> siblings = new ArrayList<>();
        Set<String> cores = new HashSet<>();
        for (int cpu : all) {
            String core = core(system, cpu);
            (cores.add(core) ? first : siblings).add(cpu);
        }
        first.addAll(siblings);
        return first;
    }

    /** The processors of its core, as the system writes them; by itself if it does not say. */
    private static String core(Path system, int cpu) {
        try {
            return Files.readString(system.resolve("cpu" + cpu + "/topology/thread_siblings_list"))
                    .strip();
        } catch (IOException e) {
            return Integer.toString(cpu);
        }
    }

    /** A list such as 0-3,8. */
    private static List<Integer> numbers(String list) {
        List<Integer> numbers = new ArrayList<>();
        for (String range : list.split(",")) {
            String[] ends = range.split("-", 2);
            int last = Integer.parseInt(ends[ends.length - 1]);
            for (int cpu = Integer.parseInt(ends[0]); cpu <= last; cpu++) {
                numbers.add(cpu);
            }
        }
        return numbers;
    }

    /**
     * Binds the calling thread.
     *
     * @throws IllegalStateException if the system refuses
     */
    public static void bind(int cpu) {
        if (!tryToBind(cpu)) {
            throw new IllegalStateException("thread not bound: processor=" + cpu
                    + "; leave that to the system by --unbound");
        }
    }

    @SuppressWarnings("restricted")
    private static boolean tryToBind(int cpu) {
        if (cpu >= MASK_BYTES * Byte.SIZE) {
            return false;
        }
        Linker linker = Linker.nativeLinker();
        FunctionDescriptor descriptor = FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
            long bits = 1L << cpu % Long.SIZE;
            mask.set(ValueLayout.JAVA_LONG, (long) cpu / Long.SIZE * Long.BYTES, bits);
            int result = (int) linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("sched_setaffinity"), descriptor)
                    .invokeExact(0, (long) MASK_BYTES, mask);
            return result == 0;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new AssertionError("a plain C function", t);
        }
    }
}
