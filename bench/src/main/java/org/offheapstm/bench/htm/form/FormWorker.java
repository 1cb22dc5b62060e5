package org.offheapstm.bench.htm.form;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * The process of one form: makes the objects when they are first asked for, runs a slice for each
 * line of its input, answers with a line, and waits for the next.
 *
 * <p>The threads of a slice first do some operations that do not count, which belong to the caches
 * that others have left behind; then they wait for one another and begin. The thread that answers
 * ends the slice by a word that they look at now and then.
 */
final class FormWorker {
    private static final long SETTLING_OBJECTS = 20_000;
    private static final long SETTLING_LEAST = 64;
    private static final long SEED = 0x9E37_79B9_7F4A_7C15L;

    private final Form form;
    private final List<Integer> cpus;
    private final List<ExecutorService> threads = new ArrayList<>();
    private final Map<Integer, Population> populations = new HashMap<>();
    private final Map<Integer, List<Loop>> loops = new HashMap<>();
    private final Stop stop = new Stop();
    private long seed = SEED;

    private FormWorker(Form form, List<Integer> cpus) {
        this.form = form;
        this.cpus = cpus;
    }

    static List<String> arguments(Form form, Kernel kernel, List<Integer> cpus) {
        String bound = cpus.stream().map(String::valueOf).collect(Collectors.joining(","));
        return List.of(form.label(), kernel.label(), bound);
    }

    public static void main(String[] arguments)
            throws IOException, ExecutionException, InterruptedException {
        Form form = Form.named(arguments[0]).orElseThrow();
        List<Integer> cpus = arguments[2].isEmpty()
                ? List.of()
                : Arrays.stream(arguments[2].split(",")).map(Integer::valueOf).toList();
        FormWorker worker = new FormWorker(form, cpus);
        System.out.println("ready for " + arguments[1]);
        BufferedReader requests =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            System.out.println(worker.slice(Job.ofLine(line)).asLine());
        }
    }

    private Slice slice(Job job) throws ExecutionException, InterruptedException {
        Population population =
                populations.computeIfAbsent(job.objects(), objects -> Population.of(form, objects));
        List<Loop> ofThreads = loops.computeIfAbsent(job.objects(), objects -> new ArrayList<>());
        while (ofThreads.size() < job.threads()) {
            ofThreads.add(population.loop(ofThreads.size()));
        }
        population.touch();
        stop.clear();
        CountDownLatch settled = new CountDownLatch(job.threads());
        List<Future<Loop.Tally>> parts = new ArrayList<>();
        for (int i = 0; i < job.threads(); i++) {
            Loop loop = ofThreads.get(i);
            long ownSeed = nextSeed();
            parts.add(thread(i).submit(() -> part(loop, job, ownSeed, settled)));
        }
        settled.await();
        Counts before = population.counts();
        long end = System.nanoTime() + job.millis() * 1_000_000L;
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        stop.set();
        double perNano = 0;
        Counts counted = Counts.NONE;
        for (Future<Loop.Tally> part : parts) {
            Loop.Tally tally = part.get();
            perNano += (double) tally.done() / tally.nanos();
            counted = counted.plus(tally.counts());
        }
        return new Slice(perNano * 1e9, counted.plus(population.counts().minus(before)));
    }

    private long nextSeed() {
        seed = seed * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
        return seed | 1;
    }

    private Loop.Tally part(Loop loop, Job job, long ownSeed, CountDownLatch settled) {
        long some = Math.max(SETTLING_LEAST, SETTLING_OBJECTS / job.size());
        try {
            loop.run(job, ownSeed, some, stop);
        } finally {
            settled.countDown(); // Also if it failed: others wait.
        }
        while (settled.getCount() > 0) {
            Thread.onSpinWait();
        }
        return loop.run(job, ownSeed + 2, Long.MAX_VALUE, stop);
    }

    /** The i-th thread, on a processor of its own if that was asked for. */
    private ExecutorService thread(int i) throws ExecutionException, InterruptedException {
        while (threads.size() <= i) {
            ExecutorService thread = Executors.newSingleThreadExecutor(FormWorker::daemon);
            int number = threads.size();
            if (!cpus.isEmpty()) {
                thread.submit(() -> Processors.bind(cpus.get(number % cpus.size())))
                        .get();
            }
            threads.add(thread);
        }
        return threads.get(i);
    }

    private static Thread daemon(Runnable body) {
        Thread thread = new Thread(body, "bench");
        thread.setDaemon(true);
        return thread;
    }
}
