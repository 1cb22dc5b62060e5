package org.offheapstm.bench.htm.form;

import java.util.Arrays;
import java.util.List;

/**
 * What a form did in one slice.
 *
 * @param operationsPerSecond of all threads together; what was given up does not count
 * @param counts how its attempts ended
 */
public record Slice(double operationsPerSecond, Counts counts) {
    String asLine() {
        return operationsPerSecond + " " + counts.asLine();
    }

    static Slice ofLine(String line) {
        int end = line.indexOf(' ');
        List<Long> counts = Arrays.stream(line.substring(end + 1).split(" "))
                .map(Long::valueOf)
                .toList();
        return new Slice(Double.parseDouble(line.substring(0, end)), Counts.ofFields(counts));
    }
}
