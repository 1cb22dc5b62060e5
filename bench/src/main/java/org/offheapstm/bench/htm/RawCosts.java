package org.offheapstm.bench.htm;

import org.offheapstm.bench.htm.Results.Capacity;
import org.offheapstm.bench.htm.Results.Cost;
import org.offheapstm.bench.htm.form.Trials;
import org.offheapstm.bench.report.Samples;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.NativeBlock;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * Single steps, on one thread: transactions of the processor that touch a few lines, beside what
 * they stand for. Each round measures each step once.
 */
final class RawCosts {
    private static final int REPEATED = 20_000;
    private static final int STRIDE = 64;

    /** By which factor the long transactions are tried less often. */
    private static final int FEWER = 10;

    /** Rounds that do not count: until the loops are compiled. */
    private static final int WARMUPS = 40;

    private final Trials trials = new Trials();
    private final NativeBlock word = NativeBlock.take(NativeBlock.ALIGNMENT);

    /** All of them; steps that this machine cannot do have no samples. */
    List<Cost> measure(int rounds) {
        Map<String, DoubleSupplier> steps = steps();
        Map<String, List<Double>> samples = new LinkedHashMap<>();
        for (int round = -WARMUPS; round < rounds; round++) {
            for (Map.Entry<String, DoubleSupplier> step : steps.entrySet()) {
                double nanos = step.getValue().getAsDouble();
                List<Double> own = samples.computeIfAbsent(step.getKey(), _ -> new ArrayList<>());
                if (round >= 0 && Double.isFinite(nanos)) {
                    own.add(nanos);
                }
            }
        }
        List<Cost> costs = new ArrayList<>();
        samples.forEach((name, nanos) -> costs.add(new Cost(
                name,
                new Samples(nanos.stream().mapToDouble(Double::doubleValue).toArray()))));
        return costs;
    }

    private Map<String, DoubleSupplier> steps() {
        Map<String, DoubleSupplier> steps = new LinkedHashMap<>();
        steps.put("transaction, empty", () -> trials.nanos(0, STRIDE, REPEATED));
        steps.put("transaction, 1 line written", () -> trials.nanos(1, STRIDE, REPEATED));
        steps.put("transaction, 2 lines written", () -> trials.nanos(2, STRIDE, REPEATED));
        steps.put("transaction, 16 lines written", () -> trials.nanos(16, STRIDE, REPEATED));
        steps.put("compare-and-set, own line", this::compareAndSet);
        steps.put("spin lock taken and given back", () -> trials.lockNanos(REPEATED));
        steps.put("downcall, critical, does nothing", () -> trials.criticalNanos(REPEATED));
        steps.put("downcall, does nothing", () -> trials.downcallNanos(REPEATED));
        return steps;
    }

    private double compareAndSet() {
        long address = word.address();
        long value = Memory.getOpaque(address);
        long from = System.nanoTime();
        for (int i = 0; i < REPEATED; i++) {
            value += Memory.compareAndSet(address, value, value + 1) ? 1 : 0;
        }
        return (double) (System.nanoTime() - from) / REPEATED;
    }

    /** The capacity curve; empty where there is nothing to measure. */
    List<Capacity> capacities(Plan plan) {
        List<Capacity> points = new ArrayList<>();
        if (!trials.areUsable()) {
            return points;
        }
        for (boolean writes : new boolean[] {true, false}) {
            for (int stride : new int[] {STRIDE, (int) NativeBlock.ALIGNMENT}) {
                for (int lines : plan.capacityLines()) {
                    points.add(new Capacity(
                            writes,
                            lines,
                            stride,
                            trials.counts(lines, stride, writes, plan.trials())));
                }
                if (!writes) {
                    reads(plan, stride, points);
                }
            }
        }
        return points;
    }

    /** Reads are held in more than the first-level cache, so their curve goes on. */
    private void reads(Plan plan, int stride, List<Capacity> points) {
        int most = plan.capacityLines().getLast();
        for (int lines = 2 * most; lines <= Trials.MOST_BYTES / stride; lines *= 2) {
            points.add(new Capacity(
                    false,
                    lines,
                    stride,
                    trials.counts(lines, stride, false, Math.max(1, plan.trials() / FEWER))));
        }
    }
}
