package org.offheapstm.bench.index;

import org.offheapstm.bench.index.text.ParsedDocument;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the index must contain, counted by one thread in the plainest way: strings as keys, no
 * transaction, nothing shared with the indexers but the parsed documents. Every index is compared
 * with it. It also gives the measures that an off-heap region is sized by.
 */
public final class PlainCount {
    private final List<ParsedDocument> documents;
    private final Map<String, Entry> words = new HashMap<>();

    /** The total of a word, and its postings in the order of the documents. */
    static final class Entry {
        final Postings postings = new Postings();
        long total;
    }

    private PlainCount(List<ParsedDocument> documents) {
        this.documents = documents;
    }

    /** Counts all words of the documents. */
    public static PlainCount of(List<ParsedDocument> documents) {
        PlainCount plain = new PlainCount(documents);
        for (int number = 0; number < documents.size(); number++) {
            ParsedDocument document = documents.get(number);
            for (int i = 0; i < document.distinctWords(); i++) {
                Entry entry = plain.words.computeIfAbsent(document.word(i), word -> new Entry());
                entry.total += document.wordCount(i);
                entry.postings.add(number, document.wordCount(i));
            }
        }
        return plain;
    }

    /** The documents that were counted. */
    List<ParsedDocument> documents() {
        return documents;
    }

    /** The words, each with its count. */
    Map<String, Entry> words() {
        return words;
    }

    /** The measures of the text. */
    public Shape shape() {
        int[] distinct = documents.stream()
                .mapToInt(ParsedDocument::distinctWords)
                .sorted()
                .toArray();
        return new Shape(
                documents.size(),
                documents.stream()
                        .mapToLong(document -> document.name().length())
                        .sum(),
                words.size(),
                words.keySet().stream().mapToLong(String::length).sum(),
                documents.stream().mapToLong(ParsedDocument::words).sum(),
                Arrays.stream(distinct).asLongStream().sum(),
                distinct[distinct.length / 2],
                distinct[distinct.length - 1]);
    }

    /**
     * How much there is to index.
     *
     * @param documents number of documents
     * @param nameChars characters of all documents' names
     * @param distinctWords number of different words in all documents
     * @param wordChars characters of all different words, each counted once
     * @param words number of words, repetitions included
     * @param postings pairs of a word and a document that has it
     * @param medianDistinct the median over the documents of the different words in one
     * @param maxDistinct the most different words in one document
     */
    public record Shape(
            int documents,
            long nameChars,
            int distinctWords,
            long wordChars,
            long words,
            long postings,
            int medianDistinct,
            int maxDistinct) {}
}
