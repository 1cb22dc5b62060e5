package org.offheapstm.bench.index.text;

import java.nio.charset.StandardCharsets;

/**
 * One document as its distinct words with their counts: the form that every indexer consumes, so
 * that no indexer pays for parsing, for hashing a word's bytes, or for making a string of them.
 * <pre>
 *   word i:  bytes pool[ends[i - 1] .. ends[i])  (from 0 for i = 0), UTF-8, ASCII in lower case
 *            hashes[i]  hash of those bytes       counts[i]  how often it occurs here
 * </pre>
 * Words stand in the order of their first occurrence. Immutable by convention: {@link #pool} is
 * handed out without a copy, because indexers look words up straight from it.
 */
public final class ParsedDocument {
    private final String name;
    private final long sizeBytes;
    private final long words;
    private final byte[] pool;
    private final int[] ends;
    private final int[] hashes;
    private final int[] counts;

    ParsedDocument(
            String name,
            long sizeBytes,
            long words,
            byte[] pool,
            int[] ends,
            int[] hashes,
            int[] counts) {
        assert ends.length == hashes.length && ends.length == counts.length;
        assert ends.length == 0 ? pool.length == 0 : ends[ends.length - 1] == pool.length;
        this.name = name;
        this.sizeBytes = sizeBytes;
        this.words = words;
        this.pool = pool;
        this.ends = ends;
        this.hashes = hashes;
        this.counts = counts;
    }

    /** The document's path within its source. */
    public String name() {
        return name;
    }

    /** Size of the text in bytes. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** How many words the text has, repetitions included. */
    public long words() {
        return words;
    }

    /** How many different words the text has; they are numbered from 0. */
    public int distinctWords() {
        return counts.length;
    }

    /** The bytes of all words, one after the other; not to be changed. */
    public byte[] pool() {
        return pool;
    }

    /** Where a word begins in the {@linkplain #pool pool}. */
    public int wordStart(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    /** How many bytes a word has. */
    public int wordLength(int index) {
        return ends[index] - wordStart(index);
    }

    /** The hash of a word: equal words have equal hashes, whatever their document. */
    public int wordHash(int index) {
        return hashes[index];
    }

    /** How often a word occurs in this document; at least once. */
    public int wordCount(int index) {
        return counts[index];
    }

    /** A word as a string, made anew on each call. */
    public String word(int index) {
        return new String(pool, wordStart(index), wordLength(index), StandardCharsets.UTF_8);
    }
}
