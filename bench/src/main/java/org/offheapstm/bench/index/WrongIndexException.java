package org.offheapstm.bench.index;

/** An index that differs from the plain count: a defect of the indexer, never of the input. */
final class WrongIndexException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongIndexException(String indexer, int threads, IndexCheck.Differences differences) {
        super("index refused: indexer=" + indexer + ", threads=" + threads + ", differences="
                + differences.count()
                + "; this is a defect of the indexer, the first differences are"
                + String.join(
                        "",
                        differences.named().stream().map(line -> "\n  " + line).toList()));
    }
}
