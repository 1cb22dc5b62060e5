package org.offheapstm.bench.htm;

import org.offheapstm.bench.htm.form.Counts;
import org.offheapstm.bench.htm.form.Form;
import org.offheapstm.bench.htm.form.Job;
import org.offheapstm.bench.report.Samples;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * All that a run has found; the writers turn it into files.
 *
 * @param plan by which it was measured
 * @param machine date, processor, system, JVM
 * @param surroundings what every row carries
 * @param probe the verdict on hardware transactions in one line
 * @param probeReport the whole probe
 * @param handOverNanos a cache line from one core to the other, one way
 * @param absent forms that could not be measured here, and why
 * @param costs single steps
 * @param capacities the capacity curve
 * @param kernels rows of the comparison
 * @param sizes rows of the size sweep
 * @param tries rows of the sweep of retry policies
 * @param seconds how long it all took
 */
record Results(
        Plan plan,
        Map<String, Object> machine,
        Surroundings surroundings,
        String probe,
        String probeReport,
        double handOverNanos,
        Map<Form, String> absent,
        List<Cost> costs,
        List<Capacity> capacities,
        List<Row> kernels,
        List<Row> sizes,
        List<Row> tries,
        double seconds) {
    /**
     * What a single step costs.
     *
     * @param nanos one sample for each round; none if the machine cannot do it
     */
    record Cost(String name, Samples nanos) {}

    /**
     * A point of the capacity curve.
     *
     * @param writes whether the transaction writes its lines, or reads them
     * @param lines how many it touches
     * @param strideBytes from one to the next
     * @param counts how the trials ended
     */
    record Capacity(boolean writes, int lines, int strideBytes, Counts counts) {
        String access() {
            return writes ? "write" : "read";
        }
    }

    /**
     * A job, and what each form made of it; forms that could not be measured are not there.
     *
     * @param subject the kernel and the size that was asked for
     * @param job what was done; its size is smaller where there were fewer objects
     */
    record Row(Plan.Subject subject, Job job, Map<Form, Cell> cells) {
        /** Copies the map. */
        Row {
            Map<Form, Cell> copy = new EnumMap<>(Form.class);
            copy.putAll(cells);
            cells = Collections.unmodifiableMap(copy);
        }

        /** Median of operations in a second; NaN if it was not measured. */
        double median(Form form) {
            Cell cell = cells.get(form);
            return cell == null ? Double.NaN : cell.operationsPerSecond().median();
        }

        String label() {
            return subject.label();
        }
    }

    /**
     * What one form made of a job.
     *
     * @param operationsPerSecond of all threads together, a sample for each slice
     * @param counts of all slices together
     */
    record Cell(Samples operationsPerSecond, Counts counts) {}
}
