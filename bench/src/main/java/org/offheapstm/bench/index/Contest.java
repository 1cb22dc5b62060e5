package org.offheapstm.bench.index;

import org.offheapstm.bench.index.text.ParsedDocument;
import org.offheapstm.bench.index.text.Progress;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Runs several indexers on the same documents, interleaved: each round runs every one once, on an
 * empty index of its own and after a garbage collection, so that a slow phase of the machine meets
 * all alike. One round before the first warms up and is not counted; its indexes are judged like
 * all others.
 */
final class Contest {
    private static final double NANOS_PER_MILLI = 1e6;

    private final List<ParsedDocument> documents;
    private final int rounds;
    private final Progress progress;

    Contest(List<ParsedDocument> documents, int rounds, Progress progress) {
        this.documents = documents;
        this.rounds = rounds;
        this.progress = progress;
    }

    /**
     * One who takes part.
     *
     * @param indexer the indexer's name
     * @param threads how many threads it gets
     * @param fresh makes an empty index
     */
    record Contender(String indexer, int threads, Supplier<Indexer> fresh) {}

    /**
     * One counted run.
     *
     * @param nanos how long indexing took
     * @param collectorMillis how much of it the garbage collector held everything up
     */
    record Run(long nanos, long collectorMillis, Indexer.Transactions transactions) {}

    /**
     * All counted runs of one contender.
     *
     * @param runs in the order of the rounds, so that equal places of two contenders are neighbours
     *     in time
     */
    record Score(Contender contender, List<Run> runs) {
        /** The run in the middle; of an even number, the slower one of two. */
        Run median() {
            return runs.stream()
                    .sorted(Comparator.comparingLong(Run::nanos))
                    .toList()
                    .get(runs.size() / 2);
        }

        long fastestNanos() {
            return runs.stream().mapToLong(Run::nanos).min().orElseThrow();
        }

        long slowestNanos() {
            return runs.stream().mapToLong(Run::nanos).max().orElseThrow();
        }

        /** How often the other's time fits into this one's: the median over the rounds. */
        double timesTheTimeOf(Score other) {
            double[] ratios = new double[runs.size()];
            for (int round = 0; round < ratios.length; round++) {
                ratios[round] =
                        (double) runs.get(round).nanos() / other.runs.get(round).nanos();
            }
            Arrays.sort(ratios);
            return ratios[ratios.length / 2];
        }
    }

    /**
     * Runs all rounds.
     *
     * @param judge sees each finished index before it is closed; what it throws ends the contest
     * @return a score for each contender, in their order
     */
    List<Score> run(List<Contender> contenders, BiConsumer<Contender, Indexer> judge) {
        List<Score> scores = contenders.stream()
                .map(contender -> new Score(contender, new ArrayList<>()))
                .toList();
        for (int round = 0; round <= rounds; round++) {
            for (Score score : scores) {
                Run run = time(score.contender(), judge);
                if (round > 0) {
                    score.runs().add(run);
                }
                report(round, score.contender(), run);
            }
        }
        return scores;
    }

    private Run time(Contender contender, BiConsumer<Contender, Indexer> judge) {
        try (Indexer indexer = contender.fresh().get()) {
            System.gc();
            long collectorBefore = collectorMillis();
            long start = System.nanoTime();
            indexer.index(documents, contender.threads());
            long nanos = System.nanoTime() - start;
            long collector = collectorMillis() - collectorBefore;
            judge.accept(contender, indexer);
            return new Run(nanos, collector, indexer.transactions());
        }
    }

    private static long collectorMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }

    private void report(int round, Contender contender, Run run) {
        progress.line("%s: %s, %d %s: %.0f ms, index checked"
                .formatted(
                        round == 0 ? "warm-up" : "round " + round + " of " + rounds,
                        contender.indexer(),
                        contender.threads(),
                        contender.threads() == 1 ? "thread" : "threads",
                        run.nanos() / NANOS_PER_MILLI));
    }
}
