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
 * <p>It doubles when as many hints were displaced as it has sets, up to {@link #MAX_SETS}, 4 MiB;
 * what it had learned is learned anew. It is of one engine: equal references mean different objects
 * in different regions.
 */
final class Hints {
    static final int FIRST_SETS = 1 << 6;
    static final int MAX_SETS = 1 << 17;

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

    /** The entry that a code may have, or 0. */
    long get(long code) {
        AtomicLongArray known = words;
        int way = firstWay(code, known);
        if (known.getOpaque(way) != code) {
            way += WAY_WORDS;
            if (known.getOpaque(way) != code) {
                return 0;
            }
        }
        return known.getOpaque(way + 1);
    }

    void put(long code, long entry) {
        AtomicLongArray known = words;
        int way = firstWay(code, known);
        if (!isFor(code, known, way)) {
            way += WAY_WORDS;
            if (!isFor(code, known, way)) {
                way -= WAY_WORDS * (++displaced & 1);
                int sets = known.length() / SET_WORDS;
                if (displaced > sets && sets < MAX_SETS) {
                    displaced = 0;
                    words = new AtomicLongArray(2 * known.length());
                }
            }
        }
        known.setOpaque(way, code);
        known.setOpaque(way + 1, entry);
    }

    private static boolean isFor(long code, AtomicLongArray known, int way) {
        return known.getOpaque(way + 1) == 0 || known.getOpaque(way) == code;
    }

    private static int firstWay(long code, AtomicLongArray known) {
        int sets = known.length() / SET_WORDS;
        return ((int) (code >>> BytesKey.LENGTH_BITS) & sets - 1) * SET_WORDS;
    }
}
