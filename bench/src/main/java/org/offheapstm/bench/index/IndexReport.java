package org.offheapstm.bench.index;

import org.offheapstm.bench.index.text.Corpus;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the job prints when all is done and checked. The last score is the job's own, whose
 * transactions and memory are told; the others are there to be compared with.
 */
final class IndexReport {
    /** The bars: how much two threads must gain, and what atomicity may cost. */
    private static final double SCALING_BAR = 1.4;

    private static final double PRICE_BAR = 3.0;

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double BYTES_PER_MB = 1e6;

    private final PrintWriter out;

    IndexReport(PrintWriter out) {
        this.out = out;
    }

    void text(String source, Corpus corpus, PlainCount.Shape shape, int threads) {
        line("source        %s", source);
        line(
                "documents     %,d with %.1f MB of text; %,d binary files left out",
                shape.documents(), corpus.textBytes() / BYTES_PER_MB, corpus.binary());
        line(
                "words         %,d different, %,d in all; %,d postings",
                shape.distinctWords(), shape.words(), shape.postings());
        line(
                "per document  %,d different words in the median, %,d at most",
                shape.medianDistinct(), shape.maxDistinct());
        line(
                "parsing       %.2f s with %d threads; not part of the times below",
                corpus.parseNanos() / NANOS_PER_SECOND, threads);
    }

    void mostFrequent(List<MostFrequent.Entry> entries) {
        line("");
        line("%-20s %12s %12s", "most frequent", "total", "documents");
        for (MostFrequent.Entry entry : entries) {
            line("%-20s %,12d %,12d", entry.word(), entry.total(), entry.documents());
        }
    }

    void scores(PlainCount.Shape shape, List<Contest.Score> scores) {
        line("");
        line(
                "%-18s %7s %10s %10s %10s %6s %12s %11s",
                "indexer",
                "threads",
                "median ms",
                "fastest",
                "slowest",
                "gc ms",
                "documents/s",
                "x " + scores.getFirst().contender().indexer());
        for (Contest.Score score : scores) {
            Contest.Run median = score.median();
            line(
                    "%-18s %7d %10.0f %10.0f %10.0f %6d %,12.0f %11.2f",
                    score.contender().indexer(),
                    score.contender().threads(),
                    median.nanos() / NANOS_PER_MILLI,
                    score.fastestNanos() / NANOS_PER_MILLI,
                    score.slowestNanos() / NANOS_PER_MILLI,
                    median.collectorMillis(),
                    shape.documents() * NANOS_PER_SECOND / median.nanos(),
                    score.timesTheTimeOf(scores.getFirst()));
        }
    }

    /** The account of the run in the middle; nothing for an indexer without transactions. */
    void transactions(Contest.Score score) {
        Contest.Run run = score.median();
        Indexer.Transactions account = run.transactions();
        if (account.committed() == 0) {
            return;
        }
        long aborts =
                account.aborts().values().stream().mapToLong(Long::longValue).sum();
        line("");
        line(
                "transactions  %,d committed, %,.0f per second with %d threads",
                account.committed(),
                account.committed() * NANOS_PER_SECOND / run.nanos(),
                score.contender().threads());
        line(
                "aborts        %,d; %.1f ms lost in them, all threads together",
                aborts, account.lostNanos() / NANOS_PER_MILLI);
        account.aborts().entrySet().stream()
                .filter(cause -> cause.getValue() > 0)
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .forEach(cause -> line("  %-20s %,10d", cause.getKey(), cause.getValue()));
        line("off-heap      %.1f MB", account.bytesOffHeap() / BYTES_PER_MB);
    }

    void check(PlainCount.Shape shape, int indexes) {
        line("");
        line(
                "check         all %,d indexes equal the plain sequential count: %,d words, %,d"
                        + " postings, %,d documents",
                indexes, shape.distinctWords(), shape.postings(), shape.documents());
    }

    /** The bars, as far as the runs that they need took place. */
    void gates(List<Contest.Score> scores) {
        Optional<Contest.Score> one = find(scores, Lineup.TRANSACTIONS, 1);
        Optional<Contest.Score> two = find(scores, Lineup.TRANSACTIONS, 2);
        if (one.isPresent() && two.isPresent()) {
            double speedUp = one.get().timesTheTimeOf(two.get());
            gate("index-2-threads-over-1", speedUp, SCALING_BAR, speedUp >= SCALING_BAR);
        }
        Contest.Score own = scores.getLast();
        Optional<Contest.Score> loose =
                find(scores, Lineup.NO_ATOMICITY, own.contender().threads());
        if (own.contender().indexer().equals(Lineup.TRANSACTIONS) && loose.isPresent()) {
            double price = own.timesTheTimeOf(loose.get());
            gate("index-time-over-chm", price, PRICE_BAR, price <= PRICE_BAR);
        }
    }

    private void gate(String name, double value, double bar, boolean reached) {
        line("gate %s value=%.2f bar=%.2f %s", name, value, bar, reached ? "ok" : "short");
    }

    private static Optional<Contest.Score> find(
            List<Contest.Score> scores, String indexer, int threads) {
        return scores.stream()
                .filter(score -> score.contender().indexer().equals(indexer))
                .filter(score -> score.contender().threads() == threads)
                .findFirst();
    }

    private void line(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values).stripTrailing());
    }
}
