package org.offheapstm.internal.memory;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import org.offheapstm.internal.memory.Seam.Access;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * Words of native memory by address.
 *
 * <p>All accesses go through one constant segment that spans the address space, and constant
 * handles: the compiler folds the segment's bounds and liveness checks away and leaves the bare
 * machine instruction. Measured on one machine, one thread, interleaved: a transfer between two of
 * 1,000 objects took 42-46 ns this way, 47-52 ns with one constant segment per region, 70-81 ns
 * with a segment in an instance field; a transactional read 1.1, 1.75 and 3.1-4.0 ns. The price is
 * that nothing here is checked: see the package's invariants.
 *
 * <p><b>What an access costs the compiler.</b> One instruction in the end, but 27 methods, 8 frames
 * deep, and 620 nodes of the graph on the way (LogCompilation, JDK 25). C2 inlines 15 frames deep
 * and stops at 18,000 nodes: what is beyond becomes a call, in the middle of an access. So the hot
 * paths are kept shallow, and fewer words are better than simpler ones. With two frames and one
 * word in each log entry less, a transfer between two of 1,000 objects went from 73 to 48 ns. A
 * frame is 10 to 40 nodes even where nothing comes of it: with 130 of 3,620 saved per read, five
 * reads by the handles of a struct fit, and went from 203 to 150 ns for ten structs.
 */
public final class Memory {
    @SuppressWarnings("restricted") // Why: see above; the flag is --enable-native-access.
    private static final MemorySegment EVERYTHING = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final VarHandle LONG = JAVA_LONG.varHandle();

    /** For plain access: without the check of alignment that the ordered modes need. */
    private static final VarHandle PLAIN = JAVA_LONG_UNALIGNED.varHandle();

    /**
     * Addresses are user-space and words are aligned, so this changes none. It lets the compiler
     * prove that each is inside the segment and aligned: one instruction in place of two
     * compare-and-branch pairs. Where it knows that an offset is small and a multiple of 8, as that
     * of a reference, it proves the same of their sum: then one mask serves all words of a region.
     */
    private static final long ADDRESS_MASK = 0x0FFF_FFFF_FFFF_FFF8L;

    private Memory() {}

    /**
     * Plain read: for words that only this attempt writes, or that a header check around it
     * protects.
     */
    public static long get(long address) {
        if (Seam.ON) {
            Seam.access(Access.READ, address);
        }
        return (long) PLAIN.get(EVERYTHING, address & ADDRESS_MASK);
    }

    /** As {@link #get(long)}, at an offset: see {@link #ADDRESS_MASK}. */
    public static long get(long address, long offset) {
        if (Seam.ON) {
            Seam.access(Access.READ, address + offset);
        }
        return (long) PLAIN.get(EVERYTHING, (address & ADDRESS_MASK) + offset);
    }

    /**
     * Plain write: for words that nobody else reads, or that a lock or a later release protects.
     */
    public static void set(long address, long value) {
        if (Seam.ON) {
            Seam.access(Access.WRITE, address);
        }
        PLAIN.set(EVERYTHING, address & ADDRESS_MASK, value);
    }

    public static void set(long address, long offset, long value) {
        if (Seam.ON) {
            Seam.access(Access.WRITE, address + offset);
        }
        PLAIN.set(EVERYTHING, (address & ADDRESS_MASK) + offset, value);
    }

    public static long getOpaque(long address) {
        if (Seam.ON) {
            Seam.access(Access.READ, address);
        }
        return (long) LONG.getOpaque(EVERYTHING, address & ADDRESS_MASK);
    }

    public static long getOpaque(long address, long offset) {
        if (Seam.ON) {
            Seam.access(Access.READ, address + offset);
        }
        return (long) LONG.getOpaque(EVERYTHING, (address & ADDRESS_MASK) + offset);
    }

    public static void setOpaque(long address, long value) {
        if (Seam.ON) {
            Seam.access(Access.WRITE, address);
        }
        LONG.setOpaque(EVERYTHING, address & ADDRESS_MASK, value);
    }

    public static long getAcquire(long address) {
        if (Seam.ON) {
            Seam.access(Access.READ, address);
        }
        return (long) LONG.getAcquire(EVERYTHING, address & ADDRESS_MASK);
    }

    public static long getAcquire(long address, long offset) {
        if (Seam.ON) {
            Seam.access(Access.READ, address + offset);
        }
        return (long) LONG.getAcquire(EVERYTHING, (address & ADDRESS_MASK) + offset);
    }

    public static void setRelease(long address, long value) {
        if (Seam.ON) {
            Seam.access(Access.WRITE, address);
        }
        LONG.setRelease(EVERYTHING, address & ADDRESS_MASK, value);
    }

    public static void setRelease(long address, long offset, long value) {
        if (Seam.ON) {
            Seam.access(Access.WRITE, address + offset);
        }
        LONG.setRelease(EVERYTHING, (address & ADDRESS_MASK) + offset, value);
    }

    public static long getVolatile(long address) {
        if (Seam.ON) {
            Seam.access(Access.READ, address);
        }
        return (long) LONG.getVolatile(EVERYTHING, address & ADDRESS_MASK);
    }

    public static long getVolatile(long address, long offset) {
        if (Seam.ON) {
            Seam.access(Access.READ, address + offset);
        }
        return (long) LONG.getVolatile(EVERYTHING, (address & ADDRESS_MASK) + offset);
    }

    public static void setVolatile(long address, long value) {
        if (Seam.ON) {
            Seam.access(Access.WRITE, address);
        }
        LONG.setVolatile(EVERYTHING, address & ADDRESS_MASK, value);
    }

    public static boolean compareAndSet(long address, long expected, long value) {
        if (Seam.ON) {
            Seam.access(Access.UPDATE, address);
        }
        return LONG.compareAndSet(EVERYTHING, address & ADDRESS_MASK, expected, value);
    }

    public static long getAndAdd(long address, long delta) {
        if (Seam.ON) {
            Seam.access(Access.UPDATE, address);
        }
        return (long) LONG.getAndAdd(EVERYTHING, address & ADDRESS_MASK, delta);
    }

    /** Loads before it are not reordered with loads after it. */
    public static void loadLoadFence() {
        // The JDK's loadLoadFence is this one, a call further down: see the class essay.
        VarHandle.acquireFence();
    }

    /** Stores before it are not reordered with stores after it. */
    public static void storeStoreFence() {
        VarHandle.storeStoreFence();
    }

    /** Nothing is reordered across it. */
    public static void fullFence() {
        VarHandle.fullFence();
    }

    /**
     * Copies whole words within memory that only this attempt writes, or that a header check
     * protects.
     */
    public static void copy(long from, long to, int bytes) {
        for (int i = 0; i < bytes; i += 8) {
            set(to + i, get(from + i));
        }
    }

    /**
     * Copies a payload of at least one word. The first word, which is all of most objects, goes
     * apart: the compiler makes 35 instructions of a loop that runs once.
     */
    public static void copyPayload(long from, long fromOffset, long to, long toOffset, int bytes) {
        set(to, toOffset, get(from, fromOffset));
        if (bytes > Long.BYTES) {
            copyRest(from + fromOffset, to + toOffset, bytes);
        }
    }

    /** Apart, so that its caller is inlined even if seldom called: see CompiledUnitsTest. */
    private static void copyRest(long from, long to, int bytes) {
        copy(from + Long.BYTES, to + Long.BYTES, bytes - Long.BYTES);
    }

    /** Sets whole words to zero. */
    public static void zero(long address, long bytes) {
        for (long i = 0; i < bytes; i += 8) {
            set(address + i, 0);
        }
    }
}
