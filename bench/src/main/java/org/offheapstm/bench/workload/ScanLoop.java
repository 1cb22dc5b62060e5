package org.offheapstm.bench.workload;

import org.offheapstm.bench.contender.Actor;
import org.offheapstm.bench.contender.Words;

import java.util.stream.IntStream;

/** Long reads: one operation is one sum over all objects, in the order in which they were made. */
final class ScanLoop extends Loop {
    private final Actor actor;
    private final int size;

    ScanLoop(Words words) {
        size = words.size();
        actor = words.actor(IntStream.range(0, size).toArray());
    }

    @Override
    public long run(int operations) {
        long seen = 0;
        for (int i = 0; i < operations; i++) {
            seen += actor.sum(0, size);
        }
        return seen;
    }
}
