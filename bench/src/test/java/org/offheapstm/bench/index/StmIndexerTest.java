package org.offheapstm.bench.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.offheapstm.AbortCause;
import org.offheapstm.RegionFullException;
import org.offheapstm.StmOptions;
import org.offheapstm.bench.index.text.ParsedDocument;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

class StmIndexerTest {
    private static final long SEED = Long.getLong("offheapstm.seed", System.nanoTime());
    private static final int DOCUMENTS = 500;

    /** Goal: more threads than lanes share lanes and lose nothing. Method: more threads. */
    @Test
    void threadsThatShareALaneLoseNothing() {
        List<ParsedDocument> documents = Texts.random(SEED, DOCUMENTS);
        PlainCount plain = PlainCount.of(documents);
        try (StmIndexer indexer = new StmIndexer(plain.shape(), 2)) {
            indexer.index(documents, 5);
            requireEqual(plain, indexer);
        }
    }

    /** Goal: threads, one lane each, up to the maximum of lanes and beyond. */
    @Test
    void moreThreadsThanLanesAreAllowed() {
        List<ParsedDocument> documents = Texts.random(SEED, DOCUMENTS);
        PlainCount plain = PlainCount.of(documents);
        int threads = StmIndexer.MAX_LANES + 3;
        try (StmIndexer indexer = new StmIndexer(plain.shape(), threads)) {
            indexer.index(documents, threads);
            requireEqual(plain, indexer);
        }
    }

    /**
     * Goal: a document is in the index with all its words or not at all. Method: regions of several
     * sizes become full in the middle of a document; what is in the index then is compared with
     * itself.
     */
    @ParameterizedTest
    @ValueSource(ints = {6, 7, 8, 9, 10, 11, 12, 13})
    void indexThatWasBrokenOffHoldsWholeDocuments(int megabytes) {
        List<ParsedDocument> documents = Texts.random(SEED, 40 * DOCUMENTS);
        PlainCount.Shape shape = PlainCount.of(documents).shape();
        try (StmIndexer indexer = new StmIndexer(shape, 2, (long) megabytes << 20)) {
            assertThrows(RegionFullException.class, () -> indexer.index(documents, 2));
            Map<Integer, Long> words = new HashMap<>();
            indexer.result().documents((number, document) -> words.put(number, document.words()));
            assertTrue(words.size() > DOCUMENTS, () -> "documents=" + words.size());
            Map<Integer, Long> posted = new HashMap<>();
            indexer.result().words((word, total, postings) -> {
                long sum = 0;
                for (int i = 0; i < postings.size(); i++) {
                    posted.merge(postings.document(i), (long) postings.count(i), Long::sum);
                    sum += postings.count(i);
                }
                assertEquals(sum, total, word);
            });
            assertEquals(words, posted, "run again with -Doffheapstm.seed=" + SEED);
        }
    }

    /**
     * Goal: the account counts what it says. Method: one thread conflicts with nobody, but for the
     * clock, which it must move once past the thread that made the empty maps.
     */
    @Test
    void oneThreadHasNoConflicts() {
        List<ParsedDocument> documents = Texts.random(SEED, DOCUMENTS);
        PlainCount plain = PlainCount.of(documents);
        try (StmIndexer indexer = new StmIndexer(plain.shape(), 1)) {
            indexer.index(documents, 1);
            Indexer.Transactions account = indexer.transactions();
            long aborts =
                    account.aborts().values().stream().mapToLong(each -> each).sum();
            long clock = account.aborts().get(AbortCause.SNAPSHOT_TOO_OLD.name());
            assertTrue(aborts == clock && clock <= 1, account::toString);
            assertTrue(account.bytesOffHeap() > plain.shape().postings() * Long.BYTES);
            assertTrue(account.bytesOffHeap() <= StmIndexer.capacityBytes(plain.shape(), 1));
        }
    }

    /**
     * Goal: documents that have known words in common do not conflict. Method: two threads, two
     * lanes, the same words in every document; once both lanes know the words, nothing is lost but
     * over the map of documents.
     */
    @Test
    void documentsOfTheSameWordsRarelyConflict() {
        String text =
                IntStream.range(0, 2_000).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
        List<ParsedDocument> documents =
                Collections.nCopies(2_000, Texts.of(text).getFirst());
        PlainCount plain = PlainCount.of(documents);
        try (StmIndexer indexer = new StmIndexer(plain.shape(), 2)) {
            indexer.index(documents, 2);
            requireEqual(plain, indexer);
            Indexer.Transactions account = indexer.transactions();
            long aborts =
                    account.aborts().values().stream().mapToLong(each -> each).sum();
            assertTrue(aborts < documents.size() / 20, account::toString);
        }
    }

    @Test
    void regionThatIsTooSmallIsRefusedWithTheMeasuresOfTheText() {
        List<ParsedDocument> documents = Texts.random(SEED, DOCUMENTS);
        PlainCount.Shape shape = PlainCount.of(documents).shape();
        try (StmIndexer indexer = new StmIndexer(shape, 2, 2 * StmOptions.MIN_CAPACITY_BYTES)) {
            String message = assertThrows(
                            RegionFullException.class, () -> indexer.index(documents, 2))
                    .getMessage();
            assertTrue(
                    message.startsWith("index refused: documents=500, words="
                            + shape.distinctWords() + ", postings=" + shape.postings()
                            + ", threads=2, capacityBytes=2097152;"),
                    message);
        }
    }

    private static void requireEqual(PlainCount plain, StmIndexer indexer) {
        assertEquals(
                new IndexCheck.Differences(0, List.of()),
                IndexCheck.compare(plain, indexer.result()),
                "run again with -Doffheapstm.seed=" + SEED);
    }
}
