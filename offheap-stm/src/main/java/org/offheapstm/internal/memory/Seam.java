package org.offheapstm.internal.memory;

import java.util.function.Supplier;

/**
 * Where a test can watch or take apart the engine; nothing in the shipped jar.
 *
 * <p>The tests put a class of this name before this one on their class path. Theirs reads system
 * properties; this one answers no, once, so that the compiler drops every use (measured: 1.08
 * against 1.10 ns for a read and a write, that is, nothing). A class keeps the answers of {@link
 * #without} in constants, a mask where one will do, so that the methods that use them stay small
 * enough to be inlined.
 */
public final class Seam {
    /** Whether accesses are announced. */
    public static final boolean ON = without("");

    private Seam() {}

    /**
     * Announces an access to a shared word, before it happens.
     *
     * @param access what will be done
     * @param address where
     */
    public static void access(Access access, long address) {}

    /**
     * Whether a part that safety rests on is taken out, so that a test can see it missed.
     *
     * @param part its name
     * @return false
     */
    public static boolean without(String part) {
        return false;
    }

    /**
     * A step of the engine at which a test may force an abort or change the schedule.
     *
     * @param step its name
     * @return false: no abort is wanted
     */
    public static boolean abortAt(String step) {
        return false;
    }

    /**
     * Where the generations of a new region start; the same for two regions whose references a test
     * wants to be equal.
     *
     * @param drawn a number that is far from those of other regions
     * @return that number
     */
    public static int generationStart(int drawn) {
        return drawn;
    }

    /**
     * Whether a blocked transaction may park its thread; where a scheduler hands out the turns, it
     * looks again instead.
     *
     * @return true
     */
    public static boolean parks() {
        return true;
    }

    /**
     * An engine is about to be closed; a test may want to know whether all is sound.
     *
     * @param verification says so; null if transactions run, which may wait for the closing
     */
    public static void closing(Supplier<?> verification) {}

    /**
     * A region is about to be unmapped, with nobody in it; a test may want to know whether it is
     * sound.
     *
     * @param verification says so
     */
    public static void unmapping(Supplier<?> verification) {}

    /**
     * Whether an engine may commit in hardware without having been told to: accesses of the
     * processor's transactions are not announced.
     *
     * @return true
     */
    public static boolean mayUseHardware() {
        return true;
    }

    /**
     * Another build of the native part, to be loaded in place of the one in the jar.
     *
     * @return null: none
     */
    public static String shim() {
        return null;
    }

    /**
     * How the processor is probed.
     *
     * @return 0: as it is
     */
    public static int shimFlags() {
        return 0;
    }

    /** What an access does to its word. */
    public enum Access {
        /** Reads it. */
        READ,
        /** Writes it. */
        WRITE,
        /** Reads it and perhaps writes it, in one step. */
        UPDATE,
        /** Orders accesses; the address is 0. */
        FENCE
    }
}
