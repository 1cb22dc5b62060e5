package org.offheapstm.bench.index.text;

import java.util.Arrays;
import java.util.Optional;

/**
 * Counts the words of one document after the other, without garbage but for the results.
 *
 * <p>A word is a run of letters, digits and underscores, in Unicode's sense of the first two; ASCII
 * letters are folded to lower case. Runs shorter than {@link #MIN_WORD_BYTES} or longer than
 * {@link #MAX_WORD_BYTES} (embedded data, mostly) are no words. A byte that is not UTF-8 separates.
 * A document is binary, and has no words at all, if one of its first {@link #PROBE_BYTES} bytes is
 * NUL, or if more than {@link #MALFORMED_PERCENT} % of its bytes are not UTF-8.
 *
 * <p>The running word is folded straight onto the tail of the pool. If the table knows it already,
 * the tail stays where it was and the next word overwrites it; else the tail moves on and the word
 * is in place. The table is open-addressed, holds 1 + the word's index (0 is empty), and is cleared
 * after each document by visiting only what was used.
 *
 * <p>For one thread at a time.
 */
public final class Tokenizer {
    static final int MIN_WORD_BYTES = 2;
    static final int MAX_WORD_BYTES = 48;
    static final int PROBE_BYTES = 1024;
    static final int MALFORMED_PERCENT = 1;

    private static final int MAX_CODE_POINT_BYTES = 4;
    private static final int HASH_SEED = 0x811C9DC5;
    private static final int HASH_FACTOR = 0x01000193;
    private static final int FIRST_TABLE_LENGTH = 4096;

    /** For each ASCII byte: what it becomes within a word, or 0 if it ends one. */
    private static final byte[] FOLDED = new byte[128];

    static {
        for (char c = 0; c < FOLDED.length; c++) {
            if (Character.isLetterOrDigit(c) || c == '_') {
                FOLDED[c] = (byte) Character.toLowerCase(c);
            }
        }
    }

    // The table, and the slot that each word took in it.
    private int[] table = new int[FIRST_TABLE_LENGTH];
    private int[] slots = new int[FIRST_TABLE_LENGTH / 2];

    // The distinct words of the running document.
    private byte[] pool = new byte[FIRST_TABLE_LENGTH * 4];
    private int[] ends = new int[FIRST_TABLE_LENGTH / 2];
    private int[] hashes = new int[FIRST_TABLE_LENGTH / 2];
    private int[] counts = new int[FIRST_TABLE_LENGTH / 2];
    private int distinct;
    private int tail;
    private long words;

    // The running word.
    private int length;
    private int hash;

    /** A tokenizer with tables of its own. */
    public Tokenizer() {}

    /**
     * Counts the words of a document.
     *
     * @return nothing if the document is binary
     */
    public Optional<ParsedDocument> parse(String name, byte[] text) {
        if (beginsBinary(text)) {
            return Optional.empty();
        }
        beginDocument();
        int malformed = scan(text);
        boolean binary = malformed * 100L > (long) text.length * MALFORMED_PERCENT;
        Optional<ParsedDocument> parsed =
                binary ? Optional.empty() : Optional.of(snapshot(name, text.length));
        clearTable();
        return parsed;
    }

    /** Counts all words of the text and returns how many of its bytes are not UTF-8. */
    private int scan(byte[] text) {
        int malformed = 0;
        int position = 0;
        while (position < text.length) {
            byte b = text[position];
            if (b >= 0) {
                byte folded = FOLDED[b];
                if (folded != 0) {
                    append(folded);
                } else {
                    endWord();
                }
                position++;
                continue;
            }
            int codePoint = Utf8.codePointAt(text, position);
            int size = codePoint < 0 ? 1 : Utf8.size(codePoint);
            if (codePoint >= 0 && Character.isLetterOrDigit(codePoint)) {
                for (int i = 0; i < size; i++) {
                    append(text[position + i]);
                }
            } else {
                endWord();
                malformed += codePoint < 0 ? 1 : 0;
            }
            position += size;
        }
        endWord();
        return malformed;
    }

    private void beginDocument() {
        distinct = 0;
        tail = 0;
        words = 0;
        beginWord();
    }

    private void beginWord() {
        length = 0;
        hash = HASH_SEED;
    }

    private void append(byte b) {
        if (length < MAX_WORD_BYTES) {
            pool[tail + length] = b;
            hash = (hash ^ b) * HASH_FACTOR;
        }
        length++;
    }

    private void endWord() {
        if (length >= MIN_WORD_BYTES && length <= MAX_WORD_BYTES) {
            count(hash ^ hash >>> 15);
        }
        beginWord();
    }

    private void count(int finalHash) {
        words++;
        int mask = table.length - 1;
        int slot = finalHash & mask;
        for (int entry; (entry = table[slot]) != 0; slot = slot + 1 & mask) {
            if (isRunningWord(entry - 1, finalHash)) {
                counts[entry - 1]++;
                return;
            }
        }
        add(slot, finalHash);
    }

    private boolean isRunningWord(int index, int finalHash) {
        int start = index == 0 ? 0 : ends[index - 1];
        return hashes[index] == finalHash
                && Arrays.equals(pool, start, ends[index], pool, tail, tail + length);
    }

    private void add(int slot, int finalHash) {
        tail += length;
        ends[distinct] = tail;
        hashes[distinct] = finalHash;
        counts[distinct] = 1;
        slots[distinct] = slot;
        table[slot] = ++distinct;
        if (pool.length - tail < MAX_WORD_BYTES + MAX_CODE_POINT_BYTES) {
            pool = Arrays.copyOf(pool, pool.length * 2);
        }
        if (distinct == slots.length) {
            grow();
        }
    }

    /** Doubles the table before it is more than half full, so that probes stay short. */
    private void grow() {
        table = new int[table.length * 2];
        slots = new int[table.length / 2];
        ends = Arrays.copyOf(ends, slots.length);
        hashes = Arrays.copyOf(hashes, slots.length);
        counts = Arrays.copyOf(counts, slots.length);
        int mask = table.length - 1;
        for (int index = 0; index < distinct; index++) {
            int slot = hashes[index] & mask;
            while (table[slot] != 0) {
                slot = slot + 1 & mask;
            }
            slots[index] = slot;
            table[slot] = index + 1;
        }
    }

    private void clearTable() {
        for (int index = 0; index < distinct; index++) {
            table[slots[index]] = 0;
        }
    }

    private ParsedDocument snapshot(String name, int sizeBytes) {
        return new ParsedDocument(
                name,
                sizeBytes,
                words,
                Arrays.copyOf(pool, tail),
                Arrays.copyOf(ends, distinct),
                Arrays.copyOf(hashes, distinct),
                Arrays.copyOf(counts, distinct));
    }

    /** Whether there is a NUL among the first {@link #PROBE_BYTES} bytes. */
    static boolean beginsBinary(byte[] text) {
        int end = Math.min(text.length, PROBE_BYTES);
        for (int i = 0; i < end; i++) {
            if (text[i] == 0) {
                return true;
            }
        }
        return false;
    }
}
