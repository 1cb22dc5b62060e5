package org.offheapstm.bench.run;

import org.offheapstm.bench.contender.Contender;
import org.offheapstm.bench.report.Samples;
import org.offheapstm.bench.workload.Workload;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One row of the table before it is measured: a workload, for one contender, with so many threads.
 */
record Cell(Workload workload, int threads, Contender contender) {
    /** What {@code --only} is matched against. */
    String label() {
        return workload.label() + " " + threads + " " + contender.label();
    }

    /**
     * The same row, measured.
     *
     * @param operationsPerNano of all threads together, one sample for each iteration
     * @param bytesPerOperation allocated in the Java heap, one sample for each iteration
     */
    record Result(Cell cell, Samples operationsPerNano, Samples bytesPerOperation) {
        /**
         * What one operation took the thread that did it; half of it is what two threads need for
         * one.
         */
        double medianNanos() {
            return cell.threads / operationsPerNano.median();
        }

        double leastNanos() {
            return cell.threads / operationsPerNano.quantile(1);
        }

        double medianBytes() {
            return bytesPerOperation.median();
        }

        double operationsPerSecond() {
            return operationsPerNano.median() * 1e9;
        }

        Map<String, Object> facts() {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("workload", cell.workload.label());
            facts.put("threads", cell.threads);
            facts.put("contender", cell.contender.label());
            facts.put("medianNanosPerOperation", medianNanos());
            facts.put("leastNanosPerOperation", leastNanos());
            facts.put("operationsPerSecond", operationsPerSecond());
            facts.put("bytesPerOperation", medianBytes());
            facts.put("iterations", operationsPerNano.count());
            return facts;
        }
    }
}
