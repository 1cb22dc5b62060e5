package org.offheapstm.bench.htm;

import org.offheapstm.bench.child.HandOver;
import org.offheapstm.bench.htm.Results.Cell;
import org.offheapstm.bench.htm.Results.Row;
import org.offheapstm.bench.htm.form.Counts;
import org.offheapstm.bench.htm.form.Form;
import org.offheapstm.bench.htm.form.FormProcess;
import org.offheapstm.bench.htm.form.Job;
import org.offheapstm.bench.htm.form.Kernel;
import org.offheapstm.bench.htm.form.Processors;
import org.offheapstm.bench.htm.form.Slice;
import org.offheapstm.bench.index.text.Progress;
import org.offheapstm.bench.report.Samples;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Measures what a plan asks for. In each round all forms of a row have one slice each, and the next
 * round begins with another form.
 */
final class Study {
    /** Rounds of single steps for each round of a row: they are short. */
    private static final int COST_ROUNDS = 4;

    private final Plan plan;
    private final List<Integer> processors;
    private final Progress progress;

    /** @param processors to which threads are bound; none to leave that to the system */
    Study(Plan plan, List<Integer> processors, Progress progress) {
        this.plan = plan;
        this.processors = processors;
        this.progress = progress;
    }

    /** The forms of the plan that cannot be measured here, and why. */
    Map<Form, String> absent() {
        Map<Form, String> absent = new EnumMap<>(Form.class);
        plan.forms().forEach(form -> form.whyNot().ifPresent(reason -> absent.put(form, reason)));
        return absent;
    }

    /** Nanoseconds for a cache line from one core to the other. */
    double handOver() throws ExecutionException, InterruptedException {
        AtomicInteger number = new AtomicInteger();
        ExecutorService two = Executors.newFixedThreadPool(
                2,
                body -> new Thread(() -> {
                    bind(number.getAndIncrement());
                    body.run();
                }));
        try {
            return HandOver.nanos(two);
        } finally {
            two.shutdown();
        }
    }

    private void bind(int thread) {
        if (!processors.isEmpty()) {
            Processors.bind(processors.get(thread % processors.size()));
        }
    }

    /** Single steps, and the capacity curve, into the lists. */
    void costs(List<Results.Cost> costs, List<Results.Capacity> capacities)
            throws ExecutionException, InterruptedException {
        Progress.Step step = progress.begin("raw costs and capacity", 2);
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            one.submit(() -> {
                        bind(0);
                        RawCosts raw = new RawCosts();
                        costs.addAll(raw.measure(COST_ROUNDS * plan.rounds()));
                        step.advance();
                        capacities.addAll(raw.capacities(plan));
                        step.advance();
                    })
                    .get();
        } finally {
            one.shutdown();
        }
    }

    /** The comparison: kernels by threads by objects. */
    List<Row> kernels() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (Plan.Subject subject : plan.subjects()) {
            List<Job> jobs = plan.rows(subject);
            Progress.Step step =
                    progress.begin("kernel " + subject.label(), jobs.size() * plan.rounds());
            rows.addAll(measured(jobs, plan.forms(), step));
        }
        return rows;
    }

    /** The size sweep, by several processes of each form, whose samples are put together. */
    List<Row> sizes() throws IOException {
        List<Job> jobs = plan.sizeRows();
        Progress.Step step = progress.begin("sizes", jobs.size() * plan.rounds() * plan.forks());
        List<Row> rows = measured(jobs, plan.sizeForms(), step);
        for (int fork = 1; fork < plan.forks(); fork++) {
            List<Row> more = measured(jobs, plan.sizeForms(), step);
            for (int i = 0; i < rows.size(); i++) {
                rows.set(i, together(rows.get(i), more.get(i)));
            }
        }
        return rows;
    }

    private static Row together(Row one, Row other) {
        Map<Form, Cell> cells = new EnumMap<>(Form.class);
        one.cells().forEach((form, cell) -> {
            Cell more = other.cells().get(form);
            List<Double> samples = new ArrayList<>(cell.operationsPerSecond().asList());
            samples.addAll(more.operationsPerSecond().asList());
            cells.put(form, new Cell(samples(samples), cell.counts().plus(more.counts())));
        });
        return new Row(one.subject(), one.job(), cells);
    }

    /** The sweep of retry policies. */
    List<Row> tries() throws IOException {
        List<Job> jobs = plan.tryRows();
        Progress.Step step = progress.begin("retry policies", jobs.size() * plan.rounds());
        return measured(jobs, plan.tryForms(), step);
    }

    /** Rows of one kernel. */
    private List<Row> measured(List<Job> jobs, List<Form> forms, Progress.Step step)
            throws IOException {
        List<FormProcess> processes = new ArrayList<>();
        try {
            for (Form form : forms) {
                if (form.whyNot().isEmpty()) {
                    Kernel kernel = jobs.getFirst().kernel();
                    processes.add(new FormProcess(form, kernel, processors));
                }
            }
            for (FormProcess process : processes) {
                process.awaitReady();
                process.slice(jobs.getFirst().fitted().lasting(plan.warmupMillis()));
                process.slice(jobs.getLast().fitted().lasting(plan.warmupMillis()));
            }
            List<Row> rows = new ArrayList<>();
            for (Job job : jobs) {
                rows.add(measured(job, processes, step));
            }
            return rows;
        } finally {
            processes.forEach(FormProcess::close);
        }
    }

    private Row measured(Job asked, List<FormProcess> processes, Progress.Step step)
            throws IOException {
        Job job = asked.fitted();
        Map<Form, List<Double>> samples = new EnumMap<>(Form.class);
        Map<Form, Counts> counts = new EnumMap<>(Form.class);
        for (int round = 0; round < plan.rounds(); round++) {
            for (int i = 0; i < processes.size(); i++) {
                FormProcess process = processes.get((round + i) % processes.size());
                Slice slice = process.slice(job);
                samples.computeIfAbsent(process.form(), _ -> new ArrayList<>())
                        .add(slice.operationsPerSecond());
                counts.merge(process.form(), slice.counts(), Counts::plus);
            }
            step.advance();
        }
        Map<Form, Cell> cells = new EnumMap<>(Form.class);
        samples.forEach((form, each) -> cells.put(form, new Cell(samples(each), counts.get(form))));
        return new Row(new Plan.Subject(asked.kernel(), asked.size()), job, cells);
    }

    private static Samples samples(List<Double> samples) {
        return new Samples(samples.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
