package org.offheapstm.bench.index;

import java.util.Arrays;

/**
 * A growing list of postings: the documents of one word, each with the number of times it occurs
 * there. One {@code long} each, document above count, so that sorting orders by document.
 */
public final class Postings {
    private static final int FIRST_CAPACITY = 2;

    private long[] packed = new long[FIRST_CAPACITY];
    private int size;

    /** An empty list. */
    public Postings() {}

    /** Adds a posting at the end. */
    public void add(int document, int count) {
        addPacked(pack(document, count));
    }

    /** The one {@code long} of a posting. */
    static long pack(int document, int count) {
        return (long) document << Integer.SIZE | count & 0xFFFF_FFFFL;
    }

    /** Adds a posting that was {@linkplain #pack packed}. */
    void addPacked(long posting) {
        if (size == packed.length) {
            packed = Arrays.copyOf(packed, size * 2);
        }
        packed[size++] = posting;
    }

    /** How many postings there are. */
    public int size() {
        return size;
    }

    /** The document of the posting at a place in the list. */
    public int document(int index) {
        return (int) (packed[index] >>> Integer.SIZE);
    }

    /** The count of the posting at a place in the list. */
    public int count(int index) {
        return (int) packed[index];
    }

    /** Orders the postings by document. */
    public void sort() {
        Arrays.sort(packed, 0, size);
    }

    /** Removes all postings and keeps the memory. */
    public void clear() {
        size = 0;
    }

    /** Whether both lists hold the same postings in the same order. */
    public boolean sameAs(Postings other) {
        return Arrays.equals(packed, 0, size, other.packed, 0, other.size);
    }
}
