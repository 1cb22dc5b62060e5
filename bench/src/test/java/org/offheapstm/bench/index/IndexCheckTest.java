package org.offheapstm.bench.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.offheapstm.bench.index.text.ParsedDocument;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Goal: no wrong index passes. Method: a right index, written down as lists, in which one thing
 * after the other is made wrong; the check must name exactly that.
 */
class IndexCheckTest {
    private static final List<ParsedDocument> DOCUMENTS = Texts.of("xx yy xx", "yy zz", "zz zz xx");

    private final WrittenIndex index = new WrittenIndex();

    @BeforeEach
    void writeRightIndex() {
        for (int number = 0; number < DOCUMENTS.size(); number++) {
            ParsedDocument document = DOCUMENTS.get(number);
            index.documents.add(new NumberedDocument(
                    number,
                    new IndexView.Document(
                            document.name(), document.words(), document.sizeBytes())));
        }
        index.words.add(new WrittenWord("xx", 3, 2, 1, 0, 2));
        index.words.add(new WrittenWord("yy", 2, 0, 1, 1, 1));
        index.words.add(new WrittenWord("zz", 3, 2, 2, 1, 1));
    }

    @Test
    void rightIndexHasNoDifference() {
        assertEquals(new IndexCheck.Differences(0, List.of()), check());
    }

    record Damage(String expected, Consumer<WrittenIndex> inflict) {}

    static Stream<Damage> damages() {
        return Stream.of(
                new Damage(
                        "word \"xx\": found total=4, expected total=3",
                        index -> index.words.set(0, new WrittenWord("xx", 4, 2, 1, 0, 2))),
                new Damage(
                        "word \"xx\" in document 0 (d0): found count=1, expected count=2",
                        index -> index.words.set(0, new WrittenWord("xx", 3, 2, 1, 0, 1))),
                new Damage(
                        "word \"xx\" in document 0 (d0): found count=-1, expected count=2",
                        index -> index.words.set(0, new WrittenWord("xx", 3, 2, 1, 0, -1))),
                new Damage(
                        "word \"xx\" in document 2 (d2): found missing, expected count=1",
                        index -> index.words.set(0, new WrittenWord("xx", 3, 0, 2))),
                new Damage(
                        "word \"xx\" in document 1 (d1): found count=9, expected no further"
                                + " posting",
                        index -> index.words.set(0, new WrittenWord("xx", 3, 2, 1, 0, 2, 1, 9))),
                new Damage(
                        "word \"xx\" in document 2 (d2): found count=1, expected no further"
                                + " posting",
                        index -> index.words.set(0, new WrittenWord("xx", 3, 2, 1, 0, 2, 2, 1))),
                new Damage(
                        "word \"xx\" in document 2147483647: found count=1, expected no further"
                                + " posting",
                        index -> index.words.set(
                                0, new WrittenWord("xx", 3, 2, 1, 0, 2, Integer.MAX_VALUE, 1))),
                new Damage(
                        "word \"yy\": found missing, expected total=2",
                        index -> index.words.remove(1)),
                new Damage(
                        "word \"yy\": found twice, expected once",
                        index -> index.words.add(index.words.get(1))),
                new Damage(
                        "word \"no\": found total=1, expected no such word",
                        index -> index.words.add(new WrittenWord("no", 1, 0, 1))),
                new Damage(
                        "document 1 (d1): found missing, expected present",
                        index -> index.documents.remove(1)),
                new Damage(
                        "document 1 (d1): found twice, expected once",
                        index -> index.documents.add(index.documents.get(1))),
                new Damage(
                        "document 3: found name=d3, expected no such document",
                        index -> index.documents.add(
                                new NumberedDocument(3, new IndexView.Document("d3", 1, 1)))),
                new Damage(
                        "document -1: found name=d3, expected no such document",
                        index -> index.documents.add(
                                new NumberedDocument(-1, new IndexView.Document("d3", 1, 1)))),
                replacedDocument(new IndexView.Document("other", 2, 5)),
                replacedDocument(new IndexView.Document("d1", 3, 5)),
                replacedDocument(new IndexView.Document("d1", 2, 6)));
    }

    private static Damage replacedDocument(IndexView.Document wrong) {
        return new Damage(
                "document 1 (d1): found " + wrong
                        + ", expected Document[name=d1, words=2, sizeBytes=5]",
                index -> index.documents.set(1, new NumberedDocument(1, wrong)));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void everyDamageIsNamed(Damage damage) {
        damage.inflict().accept(index);
        assertEquals(new IndexCheck.Differences(1, List.of(damage.expected())), check());
    }

    @Test
    void allDifferencesAreCountedAndTheFirstAreNamed() {
        IntStream.range(0, 7).forEach(i -> index.words.add(new WrittenWord("new" + i, 1, 0, 1)));
        assertEquals(7, check().count());
        assertEquals(5, check().named().size());
    }

    private IndexCheck.Differences check() {
        return IndexCheck.compare(PlainCount.of(DOCUMENTS), index);
    }

    private record NumberedDocument(int number, IndexView.Document document) {}

    /** A word with its total, and its postings as document, count, document, count. */
    private record WrittenWord(String word, long total, int... postings) {}

    /** An index that says what is written in it. */
    static final class WrittenIndex implements IndexView {
        private final List<NumberedDocument> documents = new ArrayList<>();
        private final List<WrittenWord> words = new ArrayList<>();

        @Override
        public void documents(DocumentVisitor visitor) {
            documents.forEach(each -> visitor.document(each.number, each.document));
        }

        @Override
        public void words(WordVisitor visitor) {
            for (WrittenWord each : words) {
                Postings postings = new Postings();
                for (int i = 0; i < each.postings.length; i += 2) {
                    postings.add(each.postings[i], each.postings[i + 1]);
                }
                visitor.word(each.word, each.total, postings);
            }
        }
    }
}
