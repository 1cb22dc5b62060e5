package org.offheapstm.internal.memory;

import org.offheapstm.StmClosedException;
import org.offheapstm.TransactionInterruptedException;
import org.offheapstm.Verification;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The tests' version of the engine's {@code Seam}: test classes come before the engine on the class
 * path, so the engine in a test uses this one.
 *
 * <ul>
 *   <li>{@code offheapstm.trace=true} announces every access to the {@link Observer} of its thread.
 *   <li>{@code offheapstm.without=part,part} takes these parts out of the engine.
 *   <li>{@link #forceAborts} asks for aborts at the engine's steps.
 *   <li>{@code offheapstm.shim} is another build of the native part, {@code offheapstm.shim.flags}
 *       how it probes the processor.
 * </ul>
 *
 * <p>With neither property nor call it does what the shipped class does. Both properties are read
 * once, as the engine's classes are, so that what is off costs nothing here too; whoever wants them
 * on loads the engine again, in a class loader or a JVM of its own.
 */
public final class Seam {
    /** Whether accesses are announced. */
    public static final boolean ON = Boolean.getBoolean("offheapstm.trace");

    private static final Set<String> MISSING = Pattern.compile(",")
            .splitAsStream(System.getProperty("offheapstm.without", ""))
            .filter(part -> !part.isEmpty())
            .collect(Collectors.toSet());

    /** Touched at each announced access: a field that a model checker of Java fields sees. */
    private static volatile int point;

    private static final ThreadLocal<Observer> OBSERVER = new ThreadLocal<>();
    private static final ThreadLocal<Integer> START = new ThreadLocal<>();
    private static final ThreadLocal<String> DAMAGE = new ThreadLocal<>();
    private static volatile Aborts aborts;

    private Seam() {}

    /** Sees the accesses of one thread. */
    public interface Observer {
        /** Before an access. */
        void access(Access access, long address);

        /** In place of parking a blocked transaction; true to park all the same. */
        default boolean parks() {
            return true;
        }
    }

    /** Says whether to abort at a step. */
    @FunctionalInterface
    public interface Aborts {
        boolean at(String step);
    }

    /** Sets who sees the accesses of this thread, null for nobody. */
    public static void observe(Observer observer) {
        if (observer == null) {
            OBSERVER.remove();
        } else {
            OBSERVER.set(observer);
        }
    }

    /** Sets who decides on aborts, null for nobody; for all threads. */
    public static void forceAborts(Aborts wanted) {
        aborts = wanted;
    }

    /** Announces an access to a shared word, before it happens. */
    public static void access(Access access, long address) {
        point = 1;
        Observer observer = OBSERVER.get();
        if (observer != null) {
            observer.access(access, address);
        }
    }

    /** Whether a part that safety rests on is taken out. */
    public static boolean without(String part) {
        return MISSING.contains(part);
    }

    /** Whether an abort is wanted at a step of the engine. */
    public static boolean abortAt(String step) {
        Aborts asked = aborts;
        return asked != null && asked.at(step);
    }

    /** Opens engines whose generations start here, so that they give out equal references. */
    public static <T> T withGenerationsFrom(int start, Supplier<T> opening) {
        START.set(start);
        try {
            return opening.get();
        } finally {
            START.remove();
        }
    }

    /** Where the generations of a new region start; fixed where runs are repeated. */
    public static int generationStart(int drawn) {
        Integer wanted = START.get();
        return wanted != null ? wanted : ON ? 0 : drawn;
    }

    /** Whether a blocked transaction may park its thread. */
    public static boolean parks() {
        Observer observer = ON ? OBSERVER.get() : null;
        return observer == null || observer.parks();
    }

    /**
     * Every engine that a test has used is sound at its end, unless a part of it was taken out: all
     * that {@code stm.verify()} looks at, or closing it fails. Where transactions still run, which
     * closing will refuse, what {@link #unmapping} looks at has to do.
     */
    public static void closing(Supplier<?> verification) {
        if (MISSING.isEmpty()) {
            try {
                holdSound((Verification) verification.get());
            } catch (StmClosedException | TransactionInterruptedException late) {
                // Another thread closes it too; or the closer was interrupted and may not wait.
            }
        }
    }

    /** As {@link #closing}, of structure only, when nobody can begin any more. */
    public static void unmapping(Supplier<?> verification) {
        if (MISSING.isEmpty()) {
            holdSound((Verification) verification.get());
        }
    }

    private static void holdSound(Verification found) {
        String expected = DAMAGE.get();
        for (String fault : found == null ? List.<String>of() : found.faults()) {
            if (expected == null || !fault.contains(expected)) {
                throw new AssertionError(found);
            }
        }
    }

    /** Sets what may be wrong with regions that this thread closes, null for nothing. */
    public static void expectDamage(String fault) {
        DAMAGE.set(fault);
    }

    /**
     * Whether an engine may commit in hardware without having been told to: not where accesses are
     * watched, or a part of the software's commit is missing.
     */
    public static boolean mayUseHardware() {
        return !ON && MISSING.isEmpty();
    }

    /** Another build of the native part, or null. */
    public static String shim() {
        return System.getProperty("offheapstm.shim");
    }

    /** How the processor is probed. */
    public static int shimFlags() {
        return Integer.getInteger("offheapstm.shim.flags", 0);
    }

    /** What an access does to its word; as in the shipped class. */
    public enum Access {
        READ,
        WRITE,
        UPDATE,
        FENCE
    }
}
