package org.offheapstm.internal.layout;

import org.offheapstm.internal.memory.Seam;

/**
 * The two words that open every versioned payload: which commit last wrote it, and whose; and which
 * life of its block this is.
 *
 * <pre>
 * word 0   63     62      61     60 .. 11                          10 .. 0
 *        +------+-------+-------+---------------------------------+------------+
 *        | LOCK | OWNED | FREED | version, in ticks of the clock  | slot       |
 *        +------+-------+-------+---------------------------------+------------+
 * word 1   63 .. 24                                     23 .. 0
 *        +--------------------------------------------+---------------------+
 *        | newest BeforeImage, in units of 16 B, or 0 | generation          |
 *        +--------------------------------------------+---------------------+
 *
 *  clean(v, s) --lock, in commit of slot t--> LOCK(v, t) --publish(w >= v)--> clean(w, t)
 *                                                |   `--publish a free(w)--> FREED(w, t)
 *                                                `--unlock, before any payload store--> clean(v, s)
 *  clean(v, s) --own, escalated attempt of t--> OWNED(v, t) --lock, in its commit--> LOCK(v, t)
 *                                                `--release--> clean(v, s)
 *  FREED(v, s) --publish an allocation(w >= v), slot t--> clean(w, t)
 * </pre>
 *
 * <p><b>slot</b> is the last writer's, or the holder's while LOCK or OWNED.
 *
 * <p><b>Invariants.</b> (1) The version of a block never decreases, as long as its run keeps its
 * use. (2) A payload byte that others can read changes only under LOCK or FREED. (3) Every
 * exceptional bit stands above the version, so that <em>clean and older than the snapshot</em> is
 * one unsigned comparison: {@code word < snapshot << VERSION_SHIFT}. (4) A generation changes only
 * under FREED, upwards; in a block that was never handed out it is that of its run's start. (5) The
 * newest image changes only under LOCK, and is none when a block is handed out.
 *
 * <p>Source: the versioned write-locks of TL2 (Dice, Shalev, Shavit, DISC 2006). We differ in one
 * point: a clean word keeps its last writer's slot, so that a slot accepts its own newest commits
 * without a tick.
 */
public final class Header {
    /** Bytes before the payload. */
    public static final int BYTES = 16;

    /** Offset of word 1 from word 0. */
    public static final int LIFE = 8;

    public static final long LOCK = 1L << 63;
    public static final long OWNED = 1L << 62;
    public static final long FREED = 1L << 61;

    public static final int VERSION_SHIFT = 11;
    public static final long SLOT_MASK = (1L << VERSION_SHIFT) - 1;
    public static final long VERSION_MASK = (FREED - 1) & ~SLOT_MASK;

    public static final int GENERATION_BITS = 24;
    public static final long GENERATION_MASK = (1L << GENERATION_BITS) - 1;

    /** What a snapshot accepts beyond the versions that are smaller: nothing. */
    private static final long BEYOND = Seam.without("versionCheck") ? 1 : 0;

    private static final boolean LOCK_TAKES_SLOT = !Seam.without("lockTakesSlot");
    private static final long LIFE_BITS = Seam.without("generationCheck") ? 0 : GENERATION_MASK;

    static {
        assert (LOCK ^ OWNED ^ FREED ^ VERSION_MASK ^ SLOT_MASK) == -1L
                : "header fields cover the word";
        assert Long.compareUnsigned(FREED, VERSION_MASK) > 0
                : "exceptional bits stand above the version";
    }

    private Header() {}

    /** The word of an object last written by a commit of this slot at this clock value. */
    public static long clean(long version, int slot) {
        return (version << VERSION_SHIFT) | slot;
    }

    /** The word while this slot's commit holds it. */
    public static long locked(long word, int slot) {
        return LOCK | (word & VERSION_MASK) | (LOCK_TAKES_SLOT ? slot : word & SLOT_MASK);
    }

    /** The word while this slot's escalated attempt holds it. */
    public static long owned(long word, int slot) {
        return OWNED | (word & VERSION_MASK) | slot;
    }

    public static long version(long word) {
        return (word & VERSION_MASK) >>> VERSION_SHIFT;
    }

    public static int slot(long word) {
        return (int) (word & SLOT_MASK);
    }

    /** The unsigned bound below which a clean word is older than a snapshot. */
    public static long bound(long snapshot) {
        return snapshot + BEYOND << VERSION_SHIFT;
    }

    /** Whether a word is clean and older than the snapshot of this bound. */
    public static boolean isOlder(long word, long bound) {
        return Long.compareUnsigned(word, bound) < 0;
    }

    /** Whether a word 1 is of the generation in the low bits of a reference. */
    public static boolean isLife(long life, long ref) {
        return ((life ^ ref) & LIFE_BITS) == 0;
    }
}
