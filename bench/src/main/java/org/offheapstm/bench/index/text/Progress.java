package org.offheapstm.bench.index.text;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells how far a step of the job is: on a terminal as one line that is written over, elsewhere as
 * plain lines, a few per step, so that a log stays readable.
 *
 * <p>Any thread may report; a line is printed by the one whose report crosses a mark.
 */
public final class Progress {
    private static final int MARKS_ON_TERMINAL = 100;
    private static final int MARKS_IN_LOG = 4;

    private final PrintWriter out;
    private final boolean terminal;

    /**
     * @param out where the lines go; not closed
     * @param terminal whether a carriage return brings the cursor back there
     */
    public Progress(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Begins a step that consists of a known number of equal parts. */
    public Step begin(String title, int parts) {
        return new Step(title, parts);
    }

    /** Prints one line that stays. */
    public void line(String text) {
        out.println(text);
        out.flush();
    }

    /** A step that several threads may advance. */
    public final class Step {
        private final String title;
        private final int parts;
        private final int marks;
        private final AtomicInteger done = new AtomicInteger();

        private Step(String title, int parts) {
            this.title = title;
            this.parts = parts;
            this.marks = terminal ? MARKS_ON_TERMINAL : MARKS_IN_LOG;
        }

        /** Reports one more part as done. */
        public void advance() {
            long now = done.incrementAndGet();
            if (now * marks / parts != (now - 1) * marks / parts) {
                print(now);
            }
        }

        private void print(long now) {
            synchronized (Progress.this) {
                String text = String.format(
                        Locale.ROOT,
                        "%s: %,d of %,d (%d %%)",
                        title,
                        now,
                        parts,
                        now * 100 / parts);
                boolean open = terminal && now < parts;
                out.print(terminal ? "\r" + text : text);
                out.print(open ? "" : System.lineSeparator());
                out.flush();
            }
        }
    }
}
