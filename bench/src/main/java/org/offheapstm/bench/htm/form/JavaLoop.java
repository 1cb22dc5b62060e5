package org.offheapstm.bench.htm.form;

import org.offheapstm.bench.contender.Draw;

/**
 * The loop of {@code native/src/main/c/run.c} in Java: the same draws, the same order. A form says
 * how it does one operation.
 */
abstract class JavaLoop implements Loop {
    /** Operations between two looks at the stop word. */
    private static final int STOP_EVERY = 64;

    /** How far from its home a key may lie in the map, and how keys are spread. */
    static final int MAX_PROBES = 64;

    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;
    private static final int SPREAD_SHIFT = 20;

    private static final int MAX_CHANGES = 512;

    final int objectCount;
    private final long placeMask;

    /** The operands of a swap: which objects, and what is expected of each. */
    final int[] changed = new int[MAX_CHANGES];

    final long[] expected = new long[MAX_CHANGES];

    private long seed;

    /** All results, lest the JIT leave out what nobody looks at. */
    private long seen;

    JavaLoop(int objectCount) {
        this.objectCount = objectCount;
        placeMask = Integer.highestOneBit(objectCount) - 1L;
    }

    /** Word 0 of an object, read outside of everything. */
    abstract long peek(int object);

    abstract void transfer(int from, int to);

    /** Adds 1 to the objects in {@link #changed}, if all are as {@link #expected}. */
    abstract boolean swap(int count);

    abstract void add(int first, int count);

    abstract long sum(int first, int count);

    abstract boolean put(long key, long value);

    abstract long get(long key);

    /** The place of a key after so many probes. */
    final int place(long key, int probe) {
        return (int) ((key * SPREAD >>> SPREAD_SHIFT) + probe & placeMask);
    }

    private int below(int bound) {
        seed = Draw.next(seed);
        return Draw.index(seed, bound);
    }

    @Override
    public final Tally run(Job job, long firstSeed, long operations, Stop stop) {
        seed = firstSeed;
        long done = 0;
        long results = 0;
        long from = System.nanoTime();
        for (long i = 0; i < operations; i++) {
            if (i % STOP_EVERY == 0 && stop.isSet()) {
                break;
            }
            long result = perform(job);
            done += result < 0 ? 0 : 1;
            results ^= result;
        }
        long nanos = System.nanoTime() - from;
        seen ^= results;
        return new Tally(done, nanos, Counts.NONE);
    }

    /** One operation; less than 0 if it found a difference. */
    private long perform(Job job) {
        int size = job.size();
        switch (job.kernel()) {
            case TRANSFER -> {
                int from = below(objectCount);
                int to = below(objectCount - 1);
                transfer(from, to + (to >= from ? 1 : 0));
                return 0;
            }
            case SWAP -> {
                drawChanges(size);
                return swap(size) ? 0 : -1;
            }
            case ADD -> {
                add(below(objectCount - size + 1), size);
                return 0;
            }
            case SUM -> {
                return sum(below(objectCount - size + 1), size) & Long.MAX_VALUE;
            }
            case PUT -> {
                long key = 1L + below(job.keys());
                seed = Draw.next(seed);
                return put(key, seed) ? 0 : -1;
            }
            default -> {
                long key = 1L + below(job.keys());
                seed = Draw.next(seed);
                return get(key) & Long.MAX_VALUE;
            }
        }
    }

    /** One object out of each of so many equal parts. */
    private void drawChanges(int count) {
        int part = objectCount / count;
        for (int i = 0; i < count; i++) {
            int object = i * part + below(part);
            changed[i] = object;
            expected[i] = peek(object);
        }
    }
}
