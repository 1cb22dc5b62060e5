package org.offheapstm.bench.htm;

import org.offheapstm.bench.htm.Results.Capacity;
import org.offheapstm.bench.htm.Results.Cell;
import org.offheapstm.bench.htm.Results.Cost;
import org.offheapstm.bench.htm.Results.Row;
import org.offheapstm.bench.htm.form.Counts;
import org.offheapstm.bench.htm.form.Form;
import org.offheapstm.bench.htm.form.Job;
import org.offheapstm.bench.htm.form.Kernel;
import org.offheapstm.bench.report.Samples;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Results that nobody has measured, for the tests of those who write them. */
final class MadeUp {
    static final String WHY = "HTM: unavailable: not an Intel processor (AuthenticAMD)";

    private MadeUp() {}

    static Surroundings surroundings() {
        return new Surroundings(
                "Some Xeon", "0x2b", "Not affected", "tsx=on", "off", "processors 0, 1");
    }

    /** By the short plan, on a machine with or without usable RTM. */
    static Results results(boolean hasRtm) {
        Plan plan = Plan.brief();
        Map<Form, String> absent = new EnumMap<>(Form.class);
        for (Form form : Form.values()) {
            if (form.needsRtm() && !hasRtm) {
                absent.put(form, WHY);
            }
        }
        List<Row> kernels = new ArrayList<>();
        plan.subjects()
                .forEach(subject -> kernels.addAll(rows(plan.rows(subject), plan.forms(), hasRtm)));
        Samples none = new Samples();
        return new Results(
                plan,
                Map.of("cpu", "Some Xeon", "jdk", "25"),
                surroundings(),
                hasRtm ? "HTM: usable, 1000 of 1000 trials committed" : WHY,
                "all that is known\n",
                52,
                absent,
                List.of(
                        new Cost("transaction, empty", hasRtm ? new Samples(14, 15, 16) : none),
                        new Cost("compare-and-set, own line", new Samples(5, 6, 7))),
                hasRtm ? List.of(new Capacity(true, 512, 64, counts(6))) : List.of(),
                kernels,
                rows(plan.sizeRows(), plan.sizeForms(), hasRtm),
                rows(plan.tryRows(), plan.tryForms(), hasRtm),
                180);
    }

    private static List<Row> rows(List<Job> jobs, List<Form> forms, boolean hasRtm) {
        List<Row> rows = new ArrayList<>();
        for (Job asked : jobs) {
            Map<Form, Cell> cells = new EnumMap<>(Form.class);
            for (Form form : forms) {
                if (hasRtm || !form.needsRtm()) {
                    double rate = 1e6 * (1 + form.ordinal());
                    Samples rates = new Samples(rate, 1.5 * rate, 2 * rate);
                    cells.put(form, new Cell(rates, form.needsRtm() ? counts(3) : Counts.NONE));
                }
            }
            Plan.Subject subject = new Plan.Subject(asked.kernel(), asked.size());
            rows.add(new Row(subject, asked.fitted(), cells));
        }
        return rows;
    }

    /** Of 100 attempts 90 that commit, and 10 aborts by the cause of this number. */
    private static Counts counts(int cause) {
        List<Long> aborts = new ArrayList<>();
        for (int i = 0; i < Counts.NONE.aborts().size(); i++) {
            aborts.add(i == cause ? 10L : 0);
        }
        return new Counts(100, 90, 95, 5, aborts);
    }

    /** A row of the size sweep with these medians, software first. */
    static Row sized(int size, double software, double hardware) {
        Job job = new Job(Kernel.ADD, size, 1, 4096, 6, 20);
        return new Row(
                new Plan.Subject(job.kernel(), size),
                job,
                Map.of(
                        Form.JAVA_STM, new Cell(new Samples(software), Counts.NONE),
                        Form.JAVA_RTM, new Cell(new Samples(hardware), Counts.NONE)));
    }
}
