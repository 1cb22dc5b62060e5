package org.offheapstm.bench.child;

import org.offheapstm.bench.contender.Contender;
import org.offheapstm.bench.workload.Workload;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One side of a comparison, as the process that compares sees it: a JVM of its own with one
 * contender in it, which works only while it is asked for a slice.
 *
 * <p>So two sides can take turns within one run, and yet the JIT compiles each as if there were no
 * other.
 */
public final class Side implements AutoCloseable {
    private static final int CLOSING_SECONDS = 10;

    private final String name;
    private final Process process;
    private final BufferedWriter requests;
    private final BufferedReader answers;

    public Side(Workload workload, Contender contender) throws IOException {
        name = workload.label() + " by " + contender.label();
        process = new ProcessBuilder(ChildJvm.command(
                        Worker.class, List.of(workload.label(), contender.label())))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        requests = process.outputWriter();
        answers = process.inputReader();
    }

    public Slice slice(int threads, int millis) throws IOException {
        requests.write(threads + " " + millis);
        requests.newLine();
        requests.flush();
        String line = answers.readLine();
        if (line == null) {
            throw new IOException(
                    "the measuring process ended: side=" + name + "; its own words are above");
        }
        return Slice.ofLine(line);
    }

    /** Lets the process end by itself, or ends it. */
    @Override
    public void close() throws IOException {
        try {
            requests.close();
            if (!process.waitFor(CLOSING_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
