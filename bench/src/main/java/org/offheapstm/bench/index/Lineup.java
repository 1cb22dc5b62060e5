package org.offheapstm.bench.index;

import org.offheapstm.bench.index.Contest.Contender;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which indexers run with how many threads. The last one is the job itself, the others stand beside
 * it for comparison; the first is the one that all times are related to.
 */
@FunctionalInterface
interface Lineup {
    /** The name of the indexer that has transactions. */
    String TRANSACTIONS = "offheap-stm";

    /** The name of the parallel indexer that has none. */
    String NO_ATOMICITY = "ConcurrentHashMap";

    /**
     * The contenders for a text.
     *
     * @param shape what an index of it will hold
     * @param threads how many threads the job itself has
     */
    List<Contender> of(PlainCount.Shape shape, int threads);

    /** All indexers; the parallel ones with one thread, with two, and with all. */
    static List<Contender> all(PlainCount.Shape shape, int threads) {
        List<Contender> contenders = new ArrayList<>();
        contenders.add(new Contender("HashMap", 1, HashMapIndexer::new));
        Set<Integer> parallel = new TreeSet<>(List.of(1, Math.min(2, threads), threads));
        for (int some : parallel) {
            contenders.add(new Contender(NO_ATOMICITY, some, ConcurrentHashMapIndexer::new));
        }
        for (int some : parallel) {
            contenders.add(new Contender(TRANSACTIONS, some, () -> new StmIndexer(shape, some)));
        }
        return contenders;
    }
}
