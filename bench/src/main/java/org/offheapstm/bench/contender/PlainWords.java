package org.offheapstm.bench.contender;

import org.offheapstm.internal.memory.NativeBlock;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The floor: unsynchronised off-heap access at the places where the engine would have the same
 * words, without its protocol. With two threads it loses updates and its sums mean nothing; it says
 * what memory and loop cost by themselves.
 *
 * <p>A one-word object is a block of 32 bytes: 16 bytes of header, which nobody touches here, the
 * word, and padding to a multiple of 16. Packed words lie 8 bytes apart. Memory is taken where the
 * engine takes it, with huge pages if it gets any: over a million objects the size of the pages
 * would otherwise decide the ratio. It is reached as the engine reaches it: through one constant
 * segment that spans everything, and an absolute address per object.
 *
 * <p>{@code increment} uses opaque access, which on this path is the same two move instructions:
 * with plain access the JIT would be free to fold a thousand increments of one word into one
 * addition.
 */
final class PlainWords extends Words {
    @SuppressWarnings("restricted")
    static final MemorySegment EVERYTHING = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    private static final int HEADER_BYTES = 16;
    private static final int BLOCK_BYTES = 32;

    private final NativeBlock memory;
    private final long first;
    private final int strideBytes;

    private PlainWords(int size, int headerBytes, int strideBytes) {
        super(size);
        this.strideBytes = strideBytes;
        memory = NativeBlock.take((long) size * strideBytes);
        first = memory.address() + headerBytes;
        for (int object = 0; object < size; object++) {
            WORD.set(EVERYTHING, address(object), INITIAL);
        }
    }

    static PlainWords objects(int size) {
        return new PlainWords(size, HEADER_BYTES, BLOCK_BYTES);
    }

    static PlainWords packed(int size) {
        return new PlainWords(size, 0, Long.BYTES);
    }

    @Override
    public PlainActor actor(int[] picks) {
        return new PlainActor(addresses(picks));
    }

    @Override
    public long total() {
        long total = 0;
        for (int object = 0; object < size(); object++) {
            total += (long) WORD.get(EVERYTHING, address(object));
        }
        return total;
    }

    @Override
    public void close() {
        memory.free();
    }

    long[] addresses(int[] picks) {
        long[] addresses = new long[picks.length];
        for (int i = 0; i < picks.length; i++) {
            addresses[i] = address(picks[i]);
        }
        return addresses;
    }

    private long address(int object) {
        return first + (long) object * strideBytes;
    }

    static final class PlainActor extends Actor {
        private final long[] picks;

        PlainActor(long[] picks) {
            this.picks = picks;
        }

        @Override
        public void increment(int at) {
            long word = picks[at];
            WORD.setOpaque(EVERYTHING, word, (long) WORD.getOpaque(EVERYTHING, word) + 1);
        }

        @Override
        public void transfer(long seed, long amount) {
            long first = Draw.next(seed);
            long from = picks[Draw.index(first, picks.length)];
            long to = picks[Draw.index(Draw.next(first), picks.length)];
            WORD.set(EVERYTHING, from, (long) WORD.get(EVERYTHING, from) - amount);
            WORD.set(EVERYTHING, to, (long) WORD.get(EVERYTHING, to) + amount);
        }

        @Override
        public long sum(int at, int count) {
            long sum = 0;
            for (int i = at; i < at + count; i++) {
                sum += (long) WORD.get(EVERYTHING, picks[i]);
            }
            return sum;
        }

        @Override
        public long sumDrawn(long seed, int count) {
            long sum = 0;
            long draw = seed;
            for (int i = 0; i < count; i++) {
                draw = Draw.next(draw);
                sum += (long) WORD.get(EVERYTHING, picks[Draw.index(draw, picks.length)]);
            }
            return sum;
        }

        @Override
        public void update(int at, int count) {
            for (int i = at; i < at + count; i++) {
                long word = picks[i];
                WORD.set(EVERYTHING, word, (long) WORD.get(EVERYTHING, word) + 1);
            }
        }
    }
}
