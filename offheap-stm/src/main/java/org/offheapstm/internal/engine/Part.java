package org.offheapstm.internal.engine;

/**
 * One of several parts into which the runs of a region are divided, so that several threads can
 * visit them.
 *
 * <p>Nothing but its number says in which part a run is: runs of the type come and go during a
 * visit, so their count would not do. Nor would the number modulo the parts, since types that grow
 * together take runs in turn: of two parts one would get all runs of the one type. So the unit
 * interval is cut into parts, and a run lies there at the fraction of its number times the golden
 * ratio, which spreads consecutive numbers evenly, and every second or third of them too. It is
 * blind to every 55th, 89th, or 144th: a hundred arrays of just so many runs may all be in one
 * part. Mixing the bits would not be, but of 200 consecutive runs, or every second, third or fifth,
 * give one of eight parts up to 1.5 times its share; here it is 1.12 at most (computed).
 *
 * @param part which one, from 0
 * @param parts how many there are
 */
record Part(int part, int parts) {
    /** As a fraction of 2<sup>32</sup>. */
    private static final int GOLDEN_RATIO = 0x9E37_79B9;

    Part {
        if (parts < 1) {
            throw new IllegalArgumentException("visit refused: parts=" + parts + "; use 1 or more");
        }
        if (part < 0 || part >= parts) {
            throw new IndexOutOfBoundsException("visit refused: part=" + part + ", parts=" + parts
                    + "; use 0 to " + (parts - 1));
        }
    }

    boolean has(int run) {
        long fraction = Integer.toUnsignedLong(run * GOLDEN_RATIO);
        return fraction * parts >>> Integer.SIZE == part;
    }
}
