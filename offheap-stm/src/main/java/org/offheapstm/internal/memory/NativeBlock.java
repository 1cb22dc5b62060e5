package org.offheapstm.internal.memory;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/**
 * A block of zeroed native memory, aligned to {@link #ALIGNMENT}.
 *
 * <p>Large blocks come from the C library's {@code calloc}, which maps fresh pages without touching
 * them: a region costs address space until it is used. {@code Arena.allocate} would write zeros
 * over all of it first.
 */
public final class NativeBlock {
    /** Alignment of every block, in bytes: a page, so also a cache line. */
    public static final long ALIGNMENT = 4096;

    private static final Linker LINKER = Linker.nativeLinker();

    @SuppressWarnings("restricted")
    private static final MethodHandle CALLOC = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("calloc"),
            FunctionDescriptor.of(ADDRESS, JAVA_LONG, JAVA_LONG));

    @SuppressWarnings("restricted")
    private static final MethodHandle FREE = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("free"), FunctionDescriptor.ofVoid(ADDRESS));

    /** Tells Linux what a range is used for; null elsewhere. */
    private static final MethodHandle MADVISE = madvise();

    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_DONTNEED = 4;

    private final MemorySegment taken;
    private final long address;

    private NativeBlock(MemorySegment taken, long address) {
        this.taken = taken;
        this.address = address;
    }

    /**
     * Takes a block that {@link #free} gives back.
     *
     * @throws OutOfMemoryError if the operating system refuses
     */
    public static NativeBlock take(long bytes) {
        MemorySegment taken;
        try {
            taken = (MemorySegment) CALLOC.invokeExact(1L, Math.addExact(bytes, ALIGNMENT));
        } catch (Throwable t) {
            throw Downcall.failed("calloc", t);
        }
        if (taken.address() == 0) {
            throw new OutOfMemoryError("region refused: bytes=" + bytes
                    + "; the operating system has no such block, ask for less");
        }
        NativeBlock block = new NativeBlock(taken, align(taken.address()));
        block.preferHugePages(bytes);
        return block;
    }

    /**
     * Fewer misses of the translation cache for objects spread over a large region. A refusal does
     * no harm.
     */
    private void preferHugePages(long bytes) {
        advise(address, bytes, MADV_HUGEPAGE);
    }

    /**
     * Gives the pages of a part back to the operating system; its words are 0 when they are touched
     * next, or as they were if it refuses.
     *
     * @param from address of a page's first byte
     * @param bytes a multiple of the page size
     * @return whether it took them
     */
    public boolean discard(long from, long bytes) {
        return advise(from, bytes, MADV_DONTNEED) == 0;
    }

    private static int advise(long from, long bytes, int advice) {
        if (MADVISE == null) {
            return -1;
        }
        try {
            return (int) MADVISE.invokeExact(from, bytes, advice);
        } catch (Throwable t) {
            throw Downcall.failed("madvise", t);
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle madvise() {
        if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
            return null;
        }
        return LINKER.defaultLookup()
                .find("madvise")
                .map(symbol -> LINKER.downcallHandle(
                        symbol, FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT)))
                .orElse(null);
    }

    /**
     * Takes a block that lives as long as this object is reachable: for words that a late thread
     * may still touch after the rest has been given back.
     */
    public static NativeBlock takeCollected(long bytes) {
        MemorySegment taken = Arena.ofAuto().allocate(bytes + ALIGNMENT, 8);
        return new NativeBlock(taken, align(taken.address()));
    }

    /** Address of the first byte. */
    public long address() {
        return address;
    }

    /** Gives a taken block back; it must not be touched from now on. */
    public void free() {
        try {
            FREE.invokeExact(taken);
        } catch (Throwable t) {
            throw Downcall.failed("free", t);
        }
    }

    private static long align(long address) {
        return (address + ALIGNMENT - 1) & -ALIGNMENT;
    }
}
