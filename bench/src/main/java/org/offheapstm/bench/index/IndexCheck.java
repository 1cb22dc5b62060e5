package org.offheapstm.bench.index;

import org.offheapstm.bench.index.text.ParsedDocument;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares an index with the plain count: every document with its name, words and size, every word
 * with its total and every one of its postings, in both directions. Counts all differences and
 * names the first few.
 */
public final class IndexCheck {
    private static final int MAX_NAMED = 5;

    private final PlainCount expected;
    private final List<String> named = new ArrayList<>();
    private long differences;

    private IndexCheck(PlainCount expected) {
        this.expected = expected;
    }

    /**
     * What does not agree.
     *
     * @param count number of differences; 0 if the index is right
     * @param named the first of them, in words
     */
    public record Differences(long count, List<String> named) {}

    /** Compares an index with what it must contain. */
    public static Differences compare(PlainCount expected, IndexView actual) {
        IndexCheck check = new IndexCheck(expected);
        check.documents(actual);
        check.words(actual);
        return new Differences(check.differences, List.copyOf(check.named));
    }

    private void documents(IndexView actual) {
        List<ParsedDocument> documents = expected.documents();
        BitSet seen = new BitSet();
        actual.documents((number, document) -> {
            if (number < 0 || number >= documents.size()) {
                differ("document " + number, "name=" + document.name(), "no such document");
                return;
            }
            if (seen.get(number)) {
                differ(describe(number), "twice", "once");
            }
            seen.set(number);
            ParsedDocument parsed = documents.get(number);
            IndexView.Document wanted =
                    new IndexView.Document(parsed.name(), parsed.words(), parsed.sizeBytes());
            if (!document.equals(wanted)) {
                differ(describe(number), document.toString(), wanted.toString());
            }
        });
        for (int number = seen.nextClearBit(0);
                number < documents.size();
                number = seen.nextClearBit(number + 1)) {
            differ(describe(number), "missing", "present");
        }
    }

    private void words(IndexView actual) {
        Set<String> seen = HashSet.newHashSet(expected.words().size());
        actual.words((word, total, postings) -> {
            if (!seen.add(word)) {
                differ(quote(word), "twice", "once");
            }
            PlainCount.Entry wanted = expected.words().get(word);
            if (wanted == null) {
                differ(quote(word), "total=" + total, "no such word");
                return;
            }
            if (total != wanted.total) {
                differ(quote(word), "total=" + total, "total=" + wanted.total);
            }
            postings.sort();
            if (!postings.sameAs(wanted.postings)) {
                postings(word, postings, wanted.postings);
            }
        });
        for (Map.Entry<String, PlainCount.Entry> wanted : expected.words().entrySet()) {
            if (!seen.contains(wanted.getKey())) {
                differ(quote(wanted.getKey()), "missing", "total=" + wanted.getValue().total);
            }
        }
    }

    /** Walks two lists that are ordered by document and names what only one of them has. */
    private void postings(String word, Postings found, Postings wanted) {
        int f = 0;
        int w = 0;
        while (f < found.size() || w < wanted.size()) {
            long foundDocument = f < found.size() ? found.document(f) : Long.MAX_VALUE;
            long wantedDocument = w < wanted.size() ? wanted.document(w) : Long.MAX_VALUE;
            if (foundDocument < wantedDocument) {
                differ(at(word, foundDocument), "count=" + found.count(f), "no further posting");
                f++;
            } else if (wantedDocument < foundDocument) {
                differ(at(word, wantedDocument), "missing", "count=" + wanted.count(w));
                w++;
            } else {
                if (found.count(f) != wanted.count(w)) {
                    differ(
                            at(word, wantedDocument),
                            "count=" + found.count(f),
                            "count=" + wanted.count(w));
                }
                f++;
                w++;
            }
        }
    }

    private void differ(String what, String found, String wanted) {
        differences++;
        if (named.size() < MAX_NAMED) {
            named.add(what + ": found " + found + ", expected " + wanted);
        }
    }

    private String at(String word, long document) {
        return quote(word) + " in " + describe(document);
    }

    private String describe(long number) {
        boolean known = number >= 0 && number < expected.documents().size();
        return "document " + number
                + (known ? " (" + expected.documents().get((int) number).name() + ")" : "");
    }

    private static String quote(String word) {
        return "word \"" + word + "\"";
    }
}
