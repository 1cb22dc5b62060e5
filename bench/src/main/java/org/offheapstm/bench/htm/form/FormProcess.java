package org.offheapstm.bench.htm.form;

import org.offheapstm.bench.child.ChildJvm;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One form of one kernel in a JVM of its own, which works only while it is asked for a slice. */
public final class FormProcess implements AutoCloseable {
    private static final int CLOSING_SECONDS = 10;

    private final Form form;
    private final Kernel kernel;
    private final Process process;
    private final BufferedWriter requests;
    private final BufferedReader answers;

    /**
     * Starts it; {@link #awaitReady} waits for it.
     *
     * @param cpus to which its threads are bound, one each; none to leave that to the system
     */
    public FormProcess(Form form, Kernel kernel, List<Integer> cpus) throws IOException {
        this.form = form;
        this.kernel = kernel;
        process = new ProcessBuilder(ChildJvm.command(
                        FormWorker.class, FormWorker.arguments(form, kernel, cpus)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        requests = process.outputWriter();
        answers = process.inputReader();
    }

    public Form form() {
        return form;
    }

    /** Waits until it takes requests. */
    public void awaitReady() throws IOException {
        answer();
    }

    public Slice slice(Job job) throws IOException {
        requests.write(job.asLine());
        requests.newLine();
        requests.flush();
        return Slice.ofLine(answer());
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the measuring process ended: form=" + form.label() + ", kernel="
                    + kernel.label() + "; its own words are above");
        }
        return line;
    }

    /** Lets the process end by itself, or ends it. */
    @Override
    public void close() {
        try {
            requests.close();
            if (!process.waitFor(CLOSING_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
