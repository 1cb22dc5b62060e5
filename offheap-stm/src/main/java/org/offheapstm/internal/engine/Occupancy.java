package org.offheapstm.internal.engine;

import org.offheapstm.MemoryReport;
import org.offheapstm.MemoryReport.Row;
import org.offheapstm.StmType;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts what the runs of a region hold; in an attempt, so that none is used anew meanwhile. */
final class Occupancy {
    private record Key(StmType type, long blockBytes) {}

    private final Region region;
    private final Map<Key, long[]> counts = new HashMap<>();
    private long free;
    private long areas;

    private Occupancy(Region region) {
        this.region = region;
    }

    static MemoryReport of(Engine engine) {
        Occupancy occupancy = new Occupancy(engine.region);
        for (int run = 0; run < engine.region.runs(); run++) {
            occupancy.look(engine, run);
        }
        List<Row> rows = occupancy.counts.entrySet().stream()
                .map(each -> row(each.getKey(), each.getValue()))
                .sorted(Comparator.comparingLong(Row::bytes).reversed().thenComparing(Row::type))
                .toList();
        return new MemoryReport(
                engine.options.name(),
                rows,
                occupancy.free,
                occupancy.areas,
                engine.region.capacityBytes());
    }

    private static Row row(Key key, long[] count) {
        return new Row(key.type.name(), key.blockBytes, count[0], count[1], count[2]);
    }

    private void look(Engine engine, int run) {
        long entry = Memory.getAcquire(region.entryAddress(run));
        if (entry == RunEntry.FREE) {
            free += RunEntry.RUN_BYTES;
        } else if (RunEntry.type(entry) <= 0) {
            areas += entry == RunEntry.BODY ? 0 : region.spanRuns(run) * RunEntry.RUN_BYTES;
        } else if (region.isSpan(run)) {
            long bytes = region.spanRuns(run) * RunEntry.RUN_BYTES;
            add(StmType.byId(RunEntry.type(entry)), Region.offsetOf(run), bytes, bytes, 1);
        } else {
            long bytes = engine.kinds.byNumber(region.kind(run)).blockBytes();
            add(
                    StmType.byId(RunEntry.type(entry)),
                    Region.offsetOf(run),
                    bytes,
                    RunEntry.RUN_BYTES,
                    RunEntry.RUN_BYTES / bytes);
        }
    }

    private void add(StmType type, long first, long blockBytes, long bytes, long blocks) {
        long[] count = counts.computeIfAbsent(new Key(type, blockBytes), key -> new long[3]);
        count[0] += bytes;
        for (long i = 0; i < blocks; i++) {
            long word = Memory.getOpaque(region.base() + first + i * blockBytes);
            count[(word & Header.FREED) == 0 ? 1 : 2]++;
        }
    }
}
