package org.offheapstm.bench.index;

import org.offheapstm.bench.index.text.ParsedDocument;
import org.offheapstm.bench.index.text.Workers;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The job without atomicity, with the JDK's own collections: a {@link ConcurrentHashMap} of words,
 * each with a {@link LongAdder} for its total and an array of postings under a lock of its own.
 * Every step is safe by itself; a reader who comes while it runs finds words whose total does not
 * fit their postings, and documents that are in the index with half their words.
 *
 * <p>A discarded idea: a lock-free stack of nodes for the postings. With the JDK's sources it took
 * 0.55 to 0.65 s of processor time where no collection fell into the run, and 2.0 s where some did,
 * because they copy its five million nodes; the arrays took 0.67 to 0.91 s in the same series
 * (three starts each, interleaved; JDK 25, G1, default heap on 24 GB, 2 busy cores of AMD Zen 5).
 * Arrays are collected too, at a lower price: the report tells how much of a run that was.
 */
final class ConcurrentHashMapIndexer implements Indexer {
    private static final class Entry {
        private final LongAdder total = new LongAdder();
        private final Postings postings = new Postings();

        void add(int document, int count) {
            total.add(count);
            synchronized (postings) {
                postings.add(document, count);
            }
        }
    }

    private final Map<Word, Entry> words = new ConcurrentHashMap<>();
    private final Map<Integer, IndexView.Document> documents = new ConcurrentHashMap<>();

    @Override
    public void index(List<ParsedDocument> parsed, int threads) {
        Workers.run(threads, parsed.size(), () -> {
            Word probe = new Word();
            return number -> add(number, parsed.get(number), probe);
        });
    }

    private void add(int number, ParsedDocument document, Word probe) {
        int distinct = document.distinctWords();
        for (int i = 0; i < distinct; i++) {
            probe.point(document, i);
            entryOf(probe).add(number, document.wordCount(i));
        }
        documents.put(
                number,
                new IndexView.Document(document.name(), document.words(), document.sizeBytes()));
    }

    private Entry entryOf(Word probe) {
        Entry known = words.get(probe);
        if (known != null) {
            return known;
        }
        Entry mine = new Entry();
        Entry others = words.putIfAbsent(probe.copy(), mine);
        return others == null ? mine : others;
    }

    @Override
    public IndexView result() {
        return new IndexView() {
            @Override
            public void documents(DocumentVisitor visitor) {
                documents.forEach(visitor::document);
            }

            @Override
            public void words(WordVisitor visitor) {
                words.forEach((word, entry) ->
                        visitor.word(word.toString(), entry.total.sum(), entry.postings));
            }
        };
    }

    @Override
    public void close() {
        words.clear();
        documents.clear();
    }
}
