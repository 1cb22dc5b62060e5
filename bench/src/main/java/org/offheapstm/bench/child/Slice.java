package org.offheapstm.bench.child;

/**
 * What one side did in one slice of time.
 *
 * @param nanosPerOperation of all threads together: with two threads that do not disturb each
 *     other, half of what one thread needs
 * @param operations of all threads together
 * @param bytes allocated in the Java heap by these threads meanwhile
 */
public record Slice(double nanosPerOperation, long operations, long bytes) {
    String asLine() {
        return nanosPerOperation + " " + operations + " " + bytes;
    }

    static Slice ofLine(String line) {
        String[] fields = line.split(" ");
        return new Slice(
                Double.parseDouble(fields[0]),
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]));
    }
}
