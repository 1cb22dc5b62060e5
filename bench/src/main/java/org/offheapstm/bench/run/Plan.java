package org.offheapstm.bench.run;

/**
 * How long to measure a row. Many short iterations, because the median of many survives what else
 * the machine does.
 *
 * @param forks fresh JVMs, one after the other
 * @param warmups iterations that are thrown away, in each fork
 * @param iterations iterations that count, in each fork
 * @param pairsMillis length of the reverse-order pairs, and of their control
 * @param scansMillis length of the scans beside a writer, and of their reference
 */
record Plan(
        int forks,
        int warmups,
        int iterations,
        int iterationMillis,
        int pairsMillis,
        int scansMillis) {
    /** A quarter of an hour or so. */
    static final Plan SHORT = new Plan(1, 8, 12, 100, 3_000, 2_000);

    /** Two hours or so. */
    static final Plan FULL = new Plan(3, 30, 40, 100, 60_000, 20_000);
}
