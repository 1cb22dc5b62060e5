package org.offheapstm.collection;

import org.offheapstm.Stm;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Where a view has last seen the entries of its map, by code: a cache of sets of two.
 *
 * <pre>
 *  set   | code | entry | code | entry |
 * </pre>
 *
 * <p>Advice only. Each reference was right in some attempt, maybe one that was undone, so whoever
 * takes one must see in its own transaction that the entry exists and has the key. Threads
 * overwrite each other's hints, and may leave the code of one beside the entry of another; opaque
 * access keeps a word whole, and no order is needed, since what a hint leads to is read by the
 * protocol.
 *
 * <p>It doubles when as many hints were displaced as it has sets, up to {@link #MAX_SETS}, 16 MiB,
 * and keeps what it has learned: a hint that is missing costs five cache misses, not one. It is of
 * one engine: equal references mean different objects in different regions.
 */
final class Hints {
    static final int FIRST_SETS = 1 << 6;
    static final int MAX_SETS = 1 << 19;

    private static final int SET_WORDS = 4;
    private static final int WAY_WORDS = 2;

    private final Stm stm;

    private AtomicLongArray words = new AtomicLongArray(SET_WORDS * FIRST_SETS);

    /** A guess: threads may lose each other's counts. */
    private int displaced;

    Hints(Stm stm) {
        this.stm = stm;
    }

    boolean areOf(Stm engine) {
        return engine.equals(stm);
    }

    /**
     * The entry that a code may have, or 0. Which of the two ways has it is computed, not branched
     * on: a branch that is taken as often as not, and known only once the set has come from memory,
     * keeps the processor from going on to the next key meanwhile.
     */
    long get(long code) {
        AtomicLongArray known = words;
        int way = firstWay(code, known);
        long other = known.getOpaque(way) ^ code;
        way += (int) ((other | -other) >>> 63) * WAY_WORDS;
        return known.getOpaque(way) == code ? known.getOpaque(way + 1) : 0;
    }

    void put(long code, long entry) {
        AtomicLongArray known = words;
        int way = firstWay(code, known);
        if (!isFor(code, known, way) && !isFor(code, known, way + WAY_WORDS)) {
            int sets = known.length() / SET_WORDS;
            if (++displaced > sets && sets < MAX_SETS) {
                displaced = 0;
                AtomicLongArray twice = doubled(known);
                if (words == known) { // Else another thread has doubled it meanwhile.
                    words = twice;
                }
                put(code, entry);
                return;
            }
            way += WAY_WORDS * (displaced & 1);
        } else if (!isFor(code, known, way)) {
            way += WAY_WORDS;
        }
        known.setOpaque(way, code);
        known.setOpaque(way + 1, entry);
    }

    /** Makes room, once the entry of a code is gone: keys may come and go for ever. */
    void forget(long code) {
        AtomicLongArray known = words;
        int way = firstWay(code, known);
        way += known.getOpaque(way) == code ? 0 : WAY_WORDS;
        if (known.getOpaque(way) == code) {
            known.setOpaque(way + 1, 0);
        }
    }

    /** For tests: how many hints there is room for. */
    int capacity() {
        return words.length() / WAY_WORDS;
    }

    /** Twice as many sets with the same hints: those of one set go to two. */
    private static AtomicLongArray doubled(AtomicLongArray known) {
        AtomicLongArray twice = new AtomicLongArray(2 * known.length());
        for (int from = 0; from < known.length(); from += WAY_WORDS) {
            long code = known.getOpaque(from);
            long entry = known.getOpaque(from + 1);
            if (entry != 0) {
                int to = firstWay(code, twice);
                to += twice.getPlain(to + 1) == 0 ? 0 : WAY_WORDS;
                twice.setPlain(to, code);
                twice.setPlain(to + 1, entry);
            }
        }
        return twice;
    }

    private static boolean isFor(long code, AtomicLongArray known, int way) {
        return known.getOpaque(way + 1) == 0 || known.getOpaque(way) == code;
    }

    private static int firstWay(long code, AtomicLongArray known) {
        int sets = known.length() / SET_WORDS;
        return ((int) (code >>> BytesKey.LENGTH_BITS) & sets - 1) * SET_WORDS;
    }
}
