package org.offheapstm.bench.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.offheapstm.bench.index.text.ParsedDocument;
import org.offheapstm.bench.index.text.Progress;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;

class ContestTest {
    private final List<String> happened = new ArrayList<>();

    @Test
    void roundsAreInterleavedAndTheFirstIsNotCounted() {
        List<Contest.Score> scores = contest(2).run(contenders(), (contender, indexer) -> {});
        String round = "a opened, a indexed, a closed, b opened, b indexed, b closed";
        assertEquals(String.join(", ", round, round, round), String.join(", ", happened));
        scores.forEach(score -> assertEquals(2, score.runs().size()));
    }

    @Test
    void everyIndexIsJudgedBeforeItIsClosed() {
        contest(1)
                .run(
                        contenders(),
                        (contender, indexer) ->
                                assertEquals(contender.indexer() + " indexed", happened.getLast()));
        assertEquals(4 * 3, happened.size());
    }

    @Test
    void whatTheJudgeThrowsEndsTheContestWithTheIndexClosed() {
        IllegalStateException verdict = new IllegalStateException("wrong");
        assertThrows(
                IllegalStateException.class,
                () -> contest(1).run(contenders(), (contender, indexer) -> {
                    throw verdict;
                }));
        assertEquals(List.of("a opened", "a indexed", "a closed"), happened);
    }

    private Contest contest(int rounds) {
        Progress progress = new Progress(new PrintWriter(Writer.nullWriter()), false);
        return new Contest(Texts.of("a text"), rounds, progress);
    }

    private List<Contest.Contender> contenders() {
        return List.of(
                new Contest.Contender("a", 1, () -> new Told("a")),
                new Contest.Contender("b", 1, () -> new Told("b")));
    }

    /** An indexer that only tells what is done with it. */
    private final class Told implements Indexer {
        private final String name;

        Told(String name) {
            this.name = name;
            happened.add(name + " opened");
        }

        @Override
        public void index(List<ParsedDocument> documents, int threads) {
            happened.add(name + " indexed");
        }

        @Override
        public IndexView result() {
            throw new AssertionError("nobody reads it");
        }

        @Override
        public void close() {
            happened.add(name + " closed");
        }
    }
}
