package org.offheapstm.bench.index;

import org.offheapstm.bench.index.text.ParsedDocument;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The key of the baselines: a slice of a document's pool with the hash that the parser computed. A
 * thread points one of these at word after word to look them up, and only puts a
 * {@linkplain #copy() copy} into a map, so that a word known already costs no garbage and no
 * hashing.
 */
final class Word {
    private byte[] bytes;
    private int start;
    private int length;
    private int hash;

    /** Makes this key equal to a word of a document. Never call it on a key that a map holds. */
    void point(ParsedDocument document, int index) {
        bytes = document.pool();
        start = document.wordStart(index);
        length = document.wordLength(index);
        hash = document.wordHash(index);
    }

    /** An equal key with bytes of its own. */
    Word copy() {
        Word copy = new Word();
        copy.bytes = Arrays.copyOfRange(bytes, start, start + length);
        copy.length = length;
        copy.hash = hash;
        return copy;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Word word
                && hash == word.hash
                && Arrays.equals(
                        bytes,
                        start,
                        start + length,
                        word.bytes,
                        word.start,
                        word.start + word.length);
    }

    @Override
    public String toString() {
        return new String(bytes, start, length, StandardCharsets.UTF_8);
    }
}
