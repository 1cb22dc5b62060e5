package org.offheapstm.bench.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.offheapstm.bench.index.text.ParsedDocument;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

class IndexersTest {
    private static final long SEED = Long.getLong("offheapstm.seed", System.nanoTime());
    private static final int DOCUMENTS = 2000;

    /** Goal: whatever takes part is right. Method: the very line-up of the command, random text. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void everyIndexerBuildsThePlainCount(int threads) {
        requirePlainCount(Texts.random(SEED, DOCUMENTS), threads);
    }

    /**
     * Goal: a word that several threads meet for the first time at once gets one entry. Method: all
     * documents are the same and new to the index, so that the threads go through the same words
     * side by side.
     */
    @RepeatedTest(10)
    void wordsThatAreNewToAllThreadsGetOneEntry() {
        String text =
                IntStream.range(0, 20_000).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
        requirePlainCount(Texts.of(text, text, text, text), 4);
    }

    private static void requirePlainCount(List<ParsedDocument> documents, int threads) {
        PlainCount plain = PlainCount.of(documents);
        for (Contest.Contender contender : Lineup.all(plain.shape(), threads)) {
            try (Indexer indexer = contender.fresh().get()) {
                indexer.index(documents, contender.threads());
                assertEquals(
                        new IndexCheck.Differences(0, List.of()),
                        IndexCheck.compare(plain, indexer.result()),
                        contender + "; run again with -Doffheapstm.seed=" + SEED);
            }
        }
    }

    @Test
    void sequentialIndexRefusesSeveralThreads() {
        try (Indexer indexer = new HashMapIndexer()) {
            assertThrows(
                    IllegalArgumentException.class, () -> indexer.index(Texts.of("a text"), 2));
        }
    }

    @Test
    void plainCountMeasuresTheText() {
        PlainCount plain = PlainCount.of(Texts.of("one two two", "two three four", "five"));
        assertEquals(new PlainCount.Shape(3, 6, 5, 19, 7, 6, 2, 3), plain.shape());
    }

    @Test
    void mostFrequentWordsComeInTheOrderOfTheirTotals() {
        try (Indexer indexer = new HashMapIndexer()) {
            indexer.index(Texts.of("dd cc bb aa cc", "cc bb dd ee"), 1);
            assertEquals(
                    List.of(
                            new MostFrequent.Entry("cc", 3, 2),
                            new MostFrequent.Entry("bb", 2, 2),
                            new MostFrequent.Entry("dd", 2, 2),
                            new MostFrequent.Entry("aa", 1, 1)),
                    MostFrequent.of(indexer.result(), 4));
        }
    }
}
