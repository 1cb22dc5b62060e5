package org.offheapstm.internal.layout;

/**
 * What the run table says of a run, the 64 KiB piece of a region that holds blocks of one type and
 * size.
 *
 * <pre>
 *   63 .. 32                                        31 .. 0
 *  +-----------------------------------------------+----------------------------+
 *  | divider of the block size, in units           | type, or a kind below 0    |
 *  +-----------------------------------------------+----------------------------+
 *  0: the run is free
 * </pre>
 *
 * <p>A block starts at every multiple of its size from the start of the run. Whether a unit is such
 * a start is one multiplication: {@code divider = ceil(2^32 / units)}, and {@code n} is a multiple
 * of {@code units} iff {@code (n * divider) mod 2^32 < divider} (Lemire, Kaser, Kurz, 2019: exact
 * while {@code n} and {@code units} have 16 bits). A span of several runs has one block, at its
 * start: its divider is that of a whole run, and the runs behind its first are bodies.
 */
public final class RunEntry {
    public static final int RUN_SHIFT = 16;
    public static final long RUN_BYTES = 1L << RUN_SHIFT;
    public static final int UNITS_PER_RUN = (int) (RUN_BYTES / Reference.UNIT);

    public static final long FREE = 0;

    /** The table itself, and whatever else opens the region. */
    public static final long TABLE = 0xFFFF_FFFFL;

    /** A run behind the first of a span. */
    public static final long BODY = 0xFFFF_FFFEL;

    /** The private area of a slot. */
    public static final long ARENA = 0xFFFF_FFFDL;

    /** A run that is being claimed. */
    public static final long CLAIMED = 0xFFFF_FFFCL;

    /** Before-images of a slot, from its second run on. */
    public static final long HISTORY = 0xFFFF_FFFBL;

    private RunEntry() {}

    public static long of(int type, int units) {
        return (long) divider(units) << 32 | type;
    }

    public static int type(long entry) {
        return (int) entry;
    }

    private static int divider(int units) {
        return (int) (0xFFFF_FFFFL / units + 1);
    }

    /** Whether a block starts at this unit of a run with this entry. */
    public static boolean isBlockStart(long entry, int unit) {
        int divider = (int) (entry >>> 32);
        return Integer.compareUnsigned(unit * divider, divider) < 0;
    }
}
