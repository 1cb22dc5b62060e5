package org.offheapstm.bench.child;

import org.HdrHistogram.Histogram;
import org.offheapstm.bench.contender.Contender;
import org.offheapstm.bench.contender.Reruns;
import org.offheapstm.bench.report.Samples;
import org.offheapstm.bench.workload.Loop;
import org.offheapstm.bench.workload.Scanning;

import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import java.util.stream.DoubleStream;

/**
 * The process that measures {@link Scanning} for one contender: slices with the scanner take turns
 * with slices in which an unsynchronised reader makes as many scans, beside the same writer. So
 * what else the machine does hits both alike, and the writer's share is taken within a pair.
 *
 * <p>The reader keeps to a timetable that was made beforehand: one that is late begins at once and
 * catches up. The time of a scan is its own; that it began late shows in the rate. A slice ends
 * when the scan does that is under way at its end; if that takes more than {@link #PATIENCE_NANOS},
 * the writer stops, the scan does not count, and no further slice is begun.
 */
final class ScansWorker {
    private static final int SLICES = 5;
    private static final long WARMUP_NANOS = 2_000_000_000L;

    /** In turn: what was compiled beside one reader is thrown away beside the other at first. */
    private static final int WARMUPS = 4;

    private static final long PATIENCE_NANOS = 3_000_000_000L;
    private static final long LONGEST_NANOS = 100_000_000_000L;
    private static final int DIGITS = 3;
    private static final int WRITES_TOGETHER = 100;
    private static final double NANOS_PER_SECOND = 1e9;

    private final ExecutorService threads;
    private final Scanning scanning;
    private final double interval;

    private ScansWorker(ExecutorService threads, Scanning scanning, int perSecond) {
        this.threads = threads;
        this.scanning = scanning;
        interval = perSecond == Scans.FLAT_OUT ? 0 : NANOS_PER_SECOND / perSecond;
    }

    /**
     * Arguments: contender, how many scans begin in a second or 0, and for how many milliseconds to
     * measure. Answers with a line.
     */
    public static void main(String[] arguments) throws ExecutionException, InterruptedException {
        Contender contender = Contender.named(arguments[0]).orElseThrow();
        int perSecond = Integer.parseInt(arguments[1]);
        long nanos = Integer.parseInt(arguments[2]) * 1_000_000L;
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Scanning scanning = new Scanning(contender)) {
            double handOver = HandOver.nanos(threads);
            ScansWorker worker = new ScansWorker(threads, scanning, perSecond);
            System.out.println(worker.measure(handOver, nanos / SLICES).asLine());
        } finally {
            threads.shutdown();
        }
    }

    private Scans measure(double handOver, long nanos)
            throws ExecutionException, InterruptedException {
        Histogram latencies = new Histogram(LONGEST_NANOS, DIGITS);
        DoubleStream.Builder shares = DoubleStream.builder();
        long reading = 0;
        double writes = 0;
        double promotions = 0;
        double aborts = 0;
        for (int i = 0; i < WARMUPS; i++) {
            turn(scanning.scanner(), interval, WARMUP_NANOS / WARMUPS);
            turn(scanning.unsynchronised(), interval, WARMUP_NANOS / WARMUPS / SLICES);
        }
        boolean goesOn = true;
        for (int i = 0; i < SLICES && goesOn; i++) {
            Optional<Reruns> before = scanning.reruns();
            Turn turn = turn(scanning.scanner(), interval, nanos);
            Optional<Reruns> after = scanning.reruns();
            promotions += since(before, after, Reruns::promotions);
            aborts += since(before, after, Reruns::aborts);
            long scans = turn.read.latencies.getTotalCount();
            double each = scans == 0 ? nanos : (double) turn.read.nanos / scans;
            Turn beside = turn(scanning.unsynchronised(), each, nanos);
            shares.add(turn.writesPerNano / beside.writesPerNano);
            latencies.add(turn.read.latencies);
            reading += turn.read.nanos;
            writes += turn.writesPerNano * turn.read.nanos;
            goesOn = !turn.read.gaveUp;
        }
        double perNano = NANOS_PER_SECOND / reading;
        return new Scans(
                handOver,
                latencies.getTotalCount() * perNano,
                Scans.percentiles(latencies),
                writes * perNano,
                new Samples(shares.build().toArray()).median(),
                promotions / Math.max(1, latencies.getTotalCount()),
                aborts - promotions);
    }

    private static double since(
            Optional<Reruns> before, Optional<Reruns> after, ToLongFunction<Reruns> count) {
        return before.isEmpty()
                ? Double.NaN
                : count.applyAsLong(after.orElseThrow()) - count.applyAsLong(before.get());
    }

    private record Turn(Reading read, double writesPerNano) {}

    private record Reading(Histogram latencies, long nanos, boolean gaveUp) {}

    /** Both threads at once. */
    private Turn turn(Loop reader, double interval, long nanos)
            throws ExecutionException, InterruptedException {
        AtomicInteger absent = new AtomicInteger(2);
        Future<Reading> reading = threads.submit(() -> {
            meet(absent);
            return read(reader, interval, nanos);
        });
        Future<Double> writing = threads.submit(() -> {
            meet(absent);
            return write(scanning.writer(), reading, nanos + PATIENCE_NANOS);
        });
        return new Turn(reading.get(), writing.get());
    }

    private static void meet(AtomicInteger absent) {
        absent.decrementAndGet();
        while (absent.get() > 0) {
            Thread.onSpinWait();
        }
    }

    private static Reading read(Loop reader, double interval, long nanos) {
        Histogram latencies = new Histogram(LONGEST_NANOS, DIGITS);
        long from = System.nanoTime();
        long now = from;
        for (long scan = 0; now - from < nanos; scan++) {
            long begin = awaitUntil(from + Math.min(nanos, (long) (scan * interval)));
            if (interval > 0 && begin - from >= nanos) {
                break;
            }
            reader.run(1);
            now = System.nanoTime();
            if (now - from > nanos + PATIENCE_NANOS) {
                return new Reading(latencies, nanos + PATIENCE_NANOS, true);
            }
            latencies.recordValue(now - begin);
        }
        boolean isOnTime = now - from <= nanos + interval;
        return new Reading(latencies, isOnTime ? nanos : now - from, false);
    }

    /** Spins until then; returns the time. */
    private static long awaitUntil(long then) {
        long now = System.nanoTime();
        while (now - then < 0) {
            Thread.onSpinWait();
            now = System.nanoTime();
        }
        return now;
    }

    /** Writes until the reader is done, or for so long; returns how many writes in a nanosecond. */
    private static double write(Loop writer, Future<?> reading, long longestNanos) {
        long from = System.nanoTime();
        long writes = 0;
        long taken;
        do {
            writer.run(WRITES_TOGETHER);
            writes += WRITES_TOGETHER;
            taken = System.nanoTime() - from;
        } while (taken < longestNanos && !reading.isDone());
        return (double) writes / taken;
    }
}
