package org.offheapstm.bench.index;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The words with the highest totals of an index, found in one pass over it. */
final class MostFrequent {
    private MostFrequent() {}

    /** A word and how often it occurs in how many documents. */
    record Entry(String word, long total, int documents) {}

    /** At most so many words, the most frequent first, equals in the order of the alphabet. */
    static List<Entry> of(IndexView index, int count) {
        Comparator<Entry> rarestFirst = Comparator.comparingLong(Entry::total)
                .thenComparing(Entry::word, Comparator.reverseOrder());
        PriorityQueue<Entry> kept = new PriorityQueue<>(rarestFirst);
        index.words((word, total, postings) -> {
            kept.add(new Entry(word, total, postings.size()));
            if (kept.size() > count) {
                kept.remove();
            }
        });
        List<Entry> entries = new ArrayList<>(kept);
        entries.sort(rarestFirst.reversed());
        return entries;
    }
}
