package org.offheapstm.bench.workload;

import org.offheapstm.bench.contender.Contender;
import org.offheapstm.bench.contender.Reruns;
import org.offheapstm.bench.contender.Words;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A long reader beside a busy writer: one thread sums up 100,000 objects in one atomic step, over
 * and over; the other updates random ones of them, one per transaction, and never pauses. What
 * counts is whether the reader gets through, how long it takes, and what it costs the writer.
 *
 * <p>Whoever reads what another core has just written waits for the cache line, and takes it from
 * the writer, who will wait for it in turn: with any protocol, and with none. So the writer is
 * compared with itself beside a reader of the same objects that {@linkplain #unsynchronised keeps
 * to no protocol}, not with itself alone.
 */
public final class Scanning implements AutoCloseable {
    /** Not Clojure, whose scan is refused when it has lost 10,000 times. */
    public static final Set<Contender> CONTENDERS = Collections.unmodifiableSet(EnumSet.of(
            Contender.PLAIN,
            Contender.GLOBAL_LOCK,
            Contender.STAMPED_LOCK,
            Contender.MULTIVERSE,
            Contender.SCALA_STM,
            Contender.OFFHEAP_STM));

    private static final int OBJECTS = 100_000;

    private final Words words;
    private final Loop scanner;
    private final Loop writer;

    public Scanning(Contender contender) {
        words = contender.words(OBJECTS);
        scanner = new ScanLoop(words);
        writer = new UpdateLoop(words, 0, 1);
    }

    /** One operation is one scan. */
    public Loop scanner() {
        return scanner;
    }

    /** One operation is one update of one object. */
    public Loop writer() {
        return writer;
    }

    /** As the scanner, but its sums mean nothing. */
    public Loop unsynchronised() {
        return new Loop() {
            @Override
            public long run(int operations) {
                long seen = 0;
                for (int i = 0; i < operations; i++) {
                    seen += words.unsynchronisedTotal();
                }
                return seen;
            }
        };
    }

    public Optional<Reruns> reruns() {
        return words.reruns();
    }

    @Override
    public void close() {
        words.close();
    }
}
