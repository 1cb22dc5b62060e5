package org.offheapstm.bench.htm.form;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How attempts ended; 0 where a form does not count.
 *
 * @param attempts transactions that were begun, of the processor or, by a form without it, of the
 *     software
 * @param commits those of them that committed
 * @param calls operations of forms that use the processor, which may fall back; else 0
 * @param fallbacks of these, those that were not done by a transaction of the processor
 * @param aborts the other attempts, in the order of {@link Cause}
 */
public record Counts(long attempts, long commits, long calls, long fallbacks, List<Long> aborts) {
    /** Nothing counted. */
    public static final Counts NONE =
            new Counts(0, 0, 0, 0, Collections.nCopies(Cause.values().length, 0L));

    private static final int SCALARS = 4;

    /** Copies the list. */
    public Counts {
        aborts = List.copyOf(aborts);
    }

    public long aborts(Cause cause) {
        return aborts.get(cause.ordinal());
    }

    /** Attempts that committed, from 0 to 1; NaN if there were none. */
    public double commitsPerAttempt() {
        return (double) commits / (attempts == 0 ? Double.NaN : attempts);
    }

    /** Operations not done in hardware, from 0 to 1; NaN if nothing could be. */
    public double fallbackShare() {
        return (double) fallbacks / (calls == 0 ? Double.NaN : calls);
    }

    public Counts plus(Counts other) {
        return added(other, 1);
    }

    Counts minus(Counts earlier) {
        return added(earlier, -1);
    }

    private Counts added(Counts other, int sign) {
        List<Long> sums = new ArrayList<>();
        for (int i = 0; i < aborts.size(); i++) {
            sums.add(aborts.get(i) + sign * other.aborts.get(i));
        }
        return new Counts(
                attempts + sign * other.attempts,
                commits + sign * other.commits,
                calls + sign * other.calls,
                fallbacks + sign * other.fallbacks,
                sums);
    }

    String asLine() {
        return attempts + " " + commits + " " + calls + " " + fallbacks + " "
                + aborts.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    static Counts ofFields(List<Long> fields) {
        return new Counts(
                fields.get(0),
                fields.get(1),
                fields.get(2),
                fields.get(3),
                fields.subList(SCALARS, fields.size()));
    }
}
