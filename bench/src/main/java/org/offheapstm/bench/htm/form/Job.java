package org.offheapstm.bench.htm.form;

/**
 * What one slice consists of.
 *
 * @param kernel what is done
 * @param size of how many objects, where the kernel asks for a number; else 1
 * @param threads that do it at once
 * @param objects among which they choose
 * @param tries transactions of the processor for one operation, at most
 * @param millis how long, in milliseconds
 */
public record Job(Kernel kernel, int size, int threads, int objects, int tries, int millis) {
    /** How many tries where nothing else is asked for: the same as in the engine. */
    public static final int USUAL_TRIES = 6;

    private static final int FIELDS = 6;

    /** The same with as many objects as the kernel needs, or with a size that they suffice for. */
    public Job fitted() {
        int least = kernel == Kernel.TRANSFER ? 2 : 1;
        int enough = Math.max(objects, least);
        return new Job(
                kernel,
                kernel.isSized() ? Math.min(size, enough) : 1,
                threads,
                enough,
                tries,
                millis);
    }

    /** The same for another time. */
    public Job lasting(int otherMillis) {
        return new Job(kernel, size, threads, objects, tries, otherMillis);
    }

    int keys() {
        return Math.max(1, objects / 2);
    }

    String asLine() {
        return kernel.label() + " " + size + " " + threads + " " + objects + " " + tries + " "
                + millis;
    }

    static Job ofLine(String line) {
        String[] fields = line.split(" ", FIELDS);
        return new Job(
                Kernel.named(fields[0]).orElseThrow(),
                Integer.parseInt(fields[1]),
                Integer.parseInt(fields[2]),
                Integer.parseInt(fields[3]),
                Integer.parseInt(fields[4]),
                Integer.parseInt(fields[5]));
    }
}
