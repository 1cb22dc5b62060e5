package org.offheapstm.bench.index;

import org.offheapstm.bench.index.text.ParsedDocument;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The job as one writes it for one thread: two {@link HashMap}s and nothing to wait for. */
final class HashMapIndexer implements Indexer {
    private static final class Entry {
        private final Postings postings = new Postings();
        private long total;

        void add(int document, int count) {
            total += count;
            postings.add(document, count);
        }
    }

    private final Map<Word, Entry> words = new HashMap<>();
    private final Map<Integer, IndexView.Document> documents = new HashMap<>();

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if there is more than one thread
     */
    @Override
    public void index(List<ParsedDocument> parsed, int threads) {
        if (threads != 1) {
            throw new IllegalArgumentException(
                    "sequential index refused: threads=" + threads + "; use one thread");
        }
        Word probe = new Word();
        for (int number = 0; number < parsed.size(); number++) {
            ParsedDocument document = parsed.get(number);
            int distinct = document.distinctWords();
            for (int i = 0; i < distinct; i++) {
                probe.point(document, i);
                Entry entry = words.get(probe);
                if (entry == null) {
                    entry = new Entry();
                    words.put(probe.copy(), entry);
                }
                entry.add(number, document.wordCount(i));
            }
            documents.put(
                    number,
                    new IndexView.Document(
                            document.name(), document.words(), document.sizeBytes()));
        }
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
                        visitor.word(word.toString(), entry.total, entry.postings));
            }
        };
    }

    @Override
    public void close() {
        words.clear();
        documents.clear();
    }
}
