package org.offheapstm.bench.htm;

import org.offheapstm.bench.htm.form.Form;
import org.offheapstm.bench.htm.form.Job;
import org.offheapstm.bench.htm.form.Kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * What is measured, and how long. What is compared takes turns, round by round, so that whatever
 * else the machine does hits all alike.
 *
 * @param name of the plan
 * @param rounds slices for each form of each row
 * @param sliceMillis length of a slice
 * @param warmupMillis of each process before its first slice that counts, once with the first
 *     and once with the last of its jobs
 * @param forks processes for each form of the size sweep, one after the other
 * @param trials transactions for each point of the capacity curve
 * @param subjects kernels with their sizes
 * @param threads numbers of them
 * @param objects among which operations choose: the fewer, the more conflicts
 * @param sizes of the size sweep, in objects
 * @param tries of the sweep of retry policies
 * @param capacityLines for the capacity curve, in cache lines
 * @param forms that take part
 */
record Plan(
        String name,
        int rounds,
        int sliceMillis,
        int warmupMillis,
        int forks,
        int trials,
        List<Subject> subjects,
        List<Integer> threads,
        List<Integer> objects,
        List<Integer> sizes,
        List<Integer> tries,
        List<Integer> capacityLines,
        List<Form> forms) {
    private static final int SWEPT_OBJECTS = 4096;
    private static final List<Integer> OBJECTS = List.of(1, 16, 1 << 10, 1 << 20);
    private static final List<Integer> TRIES = List.of(1, 2, 5, 8, 16);

    /** A kernel, and of how many objects. */
    record Subject(Kernel kernel, int size) {
        String label() {
            return kernel.isSized() ? kernel.label() + " " + size : kernel.label();
        }
    }

    /** About three minutes. */
    static Plan brief() {
        return new Plan(
                "short",
                5,
                20,
                250,
                2,
                1_000,
                List.of(
                        new Subject(Kernel.TRANSFER, 1),
                        new Subject(Kernel.SWAP, 4),
                        new Subject(Kernel.ADD, 16),
                        new Subject(Kernel.SUM, 64),
                        new Subject(Kernel.PUT, 1),
                        new Subject(Kernel.GET, 1)),
                List.of(1, 2),
                OBJECTS,
                List.of(1, 2, 4, 8, 16, 32, 64, 128, 256),
                TRIES,
                upTo(1024),
                List.of(Form.values()));
    }

    /** About half an hour with two processors, more with more. */
    static Plan full() {
        List<Integer> threads = new ArrayList<>();
        for (int n = 1; n <= Math.min(8, Math.max(2, processors())); n *= 2) {
            threads.add(n);
        }
        return new Plan(
                "full",
                15,
                50,
                1_500,
                5,
                10_000,
                List.of(
                        new Subject(Kernel.TRANSFER, 1),
                        new Subject(Kernel.SWAP, 2),
                        new Subject(Kernel.SWAP, 8),
                        new Subject(Kernel.SWAP, 64),
                        new Subject(Kernel.ADD, 8),
                        new Subject(Kernel.ADD, 64),
                        new Subject(Kernel.ADD, 512),
                        new Subject(Kernel.SUM, 8),
                        new Subject(Kernel.SUM, 256),
                        new Subject(Kernel.SUM, 4096),
                        new Subject(Kernel.PUT, 1),
                        new Subject(Kernel.GET, 1)),
                threads,
                OBJECTS,
                List.of(1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512),
                TRIES,
                upTo(1024),
                List.of(Form.values()));
    }

    private static int processors() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** 1, 2, 3, 4, 6, 8, 12 and so on: the cliff is steep, so two points for each doubling. */
    private static List<Integer> upTo(int most) {
        List<Integer> lines = new ArrayList<>(List.of(1));
        for (int n = 2; n <= most; n *= 2) {
            lines.add(n);
            if (n + n / 2 < most) {
                lines.add(n + n / 2);
            }
        }
        return lines;
    }

    /** The rows of one kernel, threads by objects; as asked for, see {@link Job#fitted}. */
    List<Job> rows(Subject subject) {
        List<Job> rows = new ArrayList<>();
        for (int n : threads) {
            for (int among : objects) {
                rows.add(job(subject, n, among, Job.USUAL_TRIES));
            }
        }
        return rows;
    }

    /** The size sweep: adds to so many objects in a row, alone. */
    List<Job> sizeRows() {
        return sizes.stream()
                .map(size -> job(new Subject(Kernel.ADD, size), 1, SWEPT_OBJECTS, Job.USUAL_TRIES))
                .toList();
    }

    /** What the size sweep compares: whatever is atomic as a whole. */
    List<Form> sizeForms() {
        return forms.stream().filter(form -> form != Form.WORDS).toList();
    }

    /** The sweep of retry policies: transfers by as many threads as there are. */
    List<Job> tryRows() {
        List<Job> rows = new ArrayList<>();
        for (int among : objects) {
            for (int n : tries) {
                rows.add(job(new Subject(Kernel.TRANSFER, 1), threads.getLast(), among, n));
            }
        }
        return rows;
    }

    /** What that sweep compares. */
    List<Form> tryForms() {
        return forms.stream().filter(Form.tried()::contains).toList();
    }

    private Job job(Subject subject, int n, int among, int ofTries) {
        return new Job(subject.kernel(), subject.size(), n, among, ofTries, sliceMillis);
    }
}
