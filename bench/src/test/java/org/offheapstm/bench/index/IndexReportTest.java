package org.offheapstm.bench.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

class IndexReportTest {
    private static final long MILLI = 1_000_000;

    private final StringWriter printed = new StringWriter();
    private final IndexReport report = new IndexReport(new PrintWriter(printed));

    @Test
    void ratioIsTheMedianOverTheRoundsAndNotThatOfTheMedians() {
        Contest.Score one = score("one", 1, 10, 40, 90);
        Contest.Score other = score("other", 1, 10, 10, 30);
        assertEquals(3.0, one.timesTheTimeOf(other));
        assertEquals(40 * MILLI, one.median().nanos());
    }

    @Test
    void barsThatAreReachedAreOk() {
        report.gates(List.of(
                score(Lineup.NO_ATOMICITY, 2, 100),
                score(Lineup.TRANSACTIONS, 1, 420),
                score(Lineup.TRANSACTIONS, 2, 300)));
        assertEquals("""
            gate index-2-threads-over-1 value=1.40 bar=1.40 ok
            gate index-time-over-chm value=3.00 bar=3.00 ok
            """, text());
    }

    @Test
    void barsThatAreMissedAreShort() {
        report.gates(List.of(
                score(Lineup.NO_ATOMICITY, 2, 100),
                score(Lineup.TRANSACTIONS, 1, 422),
                score(Lineup.TRANSACTIONS, 2, 302)));
        assertEquals("""
            gate index-2-threads-over-1 value=1.40 bar=1.40 short
            gate index-time-over-chm value=3.02 bar=3.00 short
            """, text());
    }

    @Test
    void barsWithoutTheirRunsAreNotPrinted() {
        report.gates(
                List.of(score(Lineup.NO_ATOMICITY, 1, 100), score(Lineup.NO_ATOMICITY, 2, 50)));
        assertEquals("", text());
    }

    @Test
    void transactionsAreToldWithTheirAbortsByCause() {
        Indexer.Transactions account = new Indexer.Transactions(
                1000,
                Map.of("READ_CONFLICT", 20L, "LOCKED", 30L, "RETRY", 0L),
                7 * MILLI,
                5_000_000);
        Contest.Contender contender = new Contest.Contender(Lineup.TRANSACTIONS, 2, null);
        report.transactions(
                new Contest.Score(contender, List.of(new Contest.Run(500 * MILLI, 0, account))));
        assertEquals("""

            transactions  1,000 committed, 2,000 per second with 2 threads
            aborts        50; 7.0 ms lost in them, all threads together
              LOCKED                       30
              READ_CONFLICT                20
            off-heap      5.0 MB
            """, text());
    }

    @Test
    void scoresStandBesideTheFirst() {
        PlainCount.Shape shape = PlainCount.of(Texts.of("one", "two")).shape();
        report.scores(shape, List.of(score("first", 1, 200, 100), score("second", 2, 50, 50)));
        assertTrue(
                text().lines().anyMatch(line -> line.matches("second +2 +50 +50 +50 +5 +40 +0.50")),
                text());
    }

    private static Contest.Score score(String indexer, int threads, long... millis) {
        return new Contest.Score(
                new Contest.Contender(indexer, threads, null),
                Arrays.stream(millis)
                        .mapToObj(each ->
                                new Contest.Run(each * MILLI, each / 10, Indexer.Transactions.NONE))
                        .toList());
    }

    private String text() {
        return printed.toString().replace(System.lineSeparator(), "\n");
    }
}
