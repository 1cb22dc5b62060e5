package org.offheapstm.internal.layout;

/**
 * What users hold: where an object is, and which life of its block they mean.
 *
 * <pre>
 *   63 .. 24                                   23 .. 0
 *  +------------------------------------------+---------------------+
 *  | offset of the header, in units of 16 B   | generation, not 0   |
 *  +------------------------------------------+---------------------+
 *    63 .. 36 run   35 .. 24 unit in the run
 * </pre>
 *
 * 0 is null: no object has offset 0, and no generation is 0. Nothing here names the region; but
 * each starts its generations at a number of its own, by which a reference of another is found out.
 */
public final class Reference {
    /** Bytes per unit of offset. */
    public static final int UNIT = 16;

    private static final int UNIT_SHIFT = 4;

    private Reference() {}

    public static long of(long offset, long generation) {
        return offset << Header.GENERATION_BITS - UNIT_SHIFT | generation;
    }

    public static long offset(long ref) {
        return ref >>> Header.GENERATION_BITS << UNIT_SHIFT;
    }

    public static long generation(long ref) {
        return ref & Header.GENERATION_MASK;
    }

    /** The run it points into. */
    public static long run(long ref) {
        return (ref >>> Header.GENERATION_BITS + RunEntry.RUN_SHIFT - UNIT_SHIFT);
    }

    /** The smallest reference into a run. */
    public static long ofRun(int run) {
        return of((long) run << RunEntry.RUN_SHIFT, 0);
    }

    /** Whether its place in the region, in units, has none of these bits. */
    public static boolean isUnitMultiple(long ref, int mask) {
        return (ref & (long) mask << Header.GENERATION_BITS) == 0;
    }

    /** Its place in the run, in units. */
    public static int unitInRun(long ref) {
        return (int) (ref >>> Header.GENERATION_BITS) & RunEntry.UNITS_PER_RUN - 1;
    }

    /** What a reference says, for messages. */
    public static String describe(long ref) {
        return ref == 0 ? "null" : "0x" + Long.toHexString(offset(ref)) + "#" + generation(ref);
    }
}
