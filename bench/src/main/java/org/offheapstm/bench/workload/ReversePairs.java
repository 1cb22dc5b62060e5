package org.offheapstm.bench.workload;

import org.offheapstm.bench.contender.Contender;
import org.offheapstm.bench.contender.Words;

import java.util.List;

/**
 * Two threads update the same two objects at full speed, one in the order first, second, the other
 * in the order second, first: what a scheme handles badly that can deadlock, livelock, or let one
 * thread win for ever. What counts is the tail of the latencies and the share of the operations
 * that each thread gets done.
 *
 * <p>Not measured: what a caller would see who issues operations at a fixed rate. Here the next one
 * begins when the last has ended, and a thread that is stopped for a while counts as one slow
 * operation.
 */
public final class ReversePairs implements AutoCloseable {
    /** Keeps the two objects on different cache lines, whoever the contender. */
    private static final int APART = 16;

    private static final int PROBED_SPINS = 1_000_000;
    private static final int PROBES = 20;

    private final Words words;
    private final List<Loop> loops;

    public ReversePairs(Contender contender) {
        words = contender.words(2 * APART);
        loops = List.of(pair(0, APART), pair(APART, 0));
    }

    private Loop pair(int first, int second) {
        int[] picks = {first, second};
        return new UpdateLoop(words.actor(picks), picks.length, picks.length);
    }

    /** One for each of the two threads. */
    public List<Loop> loops() {
        return loops;
    }

    /**
     * The same for the control: operations of this length that touch nothing but their own loop
     * counter.
     */
    public static List<Loop> control(double operationNanos) {
        double nanosPerSpin = Double.MAX_VALUE;
        for (int i = 0; i < PROBES; i++) {
            long from = System.nanoTime();
            new SpinLoop(PROBED_SPINS).run(1);
            nanosPerSpin =
                    Math.min(nanosPerSpin, (double) (System.nanoTime() - from) / PROBED_SPINS);
        }
        int spins = (int) Math.max(1, operationNanos / nanosPerSpin);
        return List.of(new SpinLoop(spins), new SpinLoop(spins));
    }

    @Override
    public void close() {
        words.close();
    }

    private static final class SpinLoop extends Loop {
        private final int spins;
        private long state = 1;

        SpinLoop(int spins) {
            this.spins = spins;
        }

        @Override
        public long run(int operations) {
            long state = this.state;
            for (long i = (long) operations * spins; i > 0; i--) {
                state ^= state << 13;
                state ^= state >>> 7;
                state ^= state << 17;
            }
            this.state = state;
            return state;
        }
    }
}
