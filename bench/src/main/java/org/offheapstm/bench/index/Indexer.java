package org.offheapstm.bench.index;

import org.offheapstm.bench.index.text.ParsedDocument;

import java.util.List;
import java.util.Map;

/**
 * Builds one index, once. An indexer is made for a run and closed after it; between
 * {@link #index} and {@link #close} its index can be read.
 */
public interface Indexer extends AutoCloseable {
    /**
     * Adds all documents to the empty index, and returns when all are in it. This is what is timed.
     *
     * @param documents a document's number is its place here
     * @param threads how many threads share the documents
     */
    void index(List<ParsedDocument> documents, int threads);

    /** The finished index. */
    IndexView result();

    /** What the transactions did; nothing for an indexer that has none. */
    default Transactions transactions() {
        return Transactions.NONE;
    }

    /** Gives back what the index holds. */
    @Override
    void close();

    /**
     * The account of a run's transactions.
     *
     * @param committed how many committed
     * @param aborts attempts that ended in vain, by the engine's name for the cause
     * @param lostNanos time spent in those attempts, all threads together
     * @param bytesOffHeap native memory that the finished index takes
     */
    record Transactions(
            long committed, Map<String, Long> aborts, long lostNanos, long bytesOffHeap) {
        /** The account of an indexer without transactions. */
        public static final Transactions NONE = new Transactions(0, Map.of(), 0, 0);
    }
}
