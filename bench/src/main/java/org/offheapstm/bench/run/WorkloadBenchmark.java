package org.offheapstm.bench.run;

import org.offheapstm.bench.contender.Contender;
import org.offheapstm.bench.workload.Loop;
import org.offheapstm.bench.workload.Stage;
import org.offheapstm.bench.workload.Workload;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

import java.util.concurrent.TimeUnit;

/**
 * The one JMH benchmark: a batch of a workload's operations, by one contender. A fork runs one
 * workload for one contender, so each contender is compiled as if there were no other.
 *
 * <p>Each thread enters the stage once and keeps its loop; an invocation is a batch, so that what
 * JMH adds around an invocation does not count. {@link RunCommand} tells JMH how many operations a
 * batch is.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WorkloadBenchmark {
    /** The data, shared by all threads of the fork. */
    @State(Scope.Benchmark)
    public static class Ground {
        @Param("own-counter")
        String workload;

        @Param("plain")
        String contender;

        Workload opened;
        Stage stage;

        @Setup
        public void open() {
            opened = Workload.named(workload).orElseThrow();
            stage = opened.open(Contender.named(contender).orElseThrow());
        }

        @TearDown
        public void close() {
            stage.close();
        }
    }

    /** One thread's loop. */
    @State(Scope.Thread)
    public static class Runner {
        Loop loop;
        int batch;

        @Setup
        public void enter(Ground ground, ThreadParams thread) {
            loop = ground.stage.loop(thread.getThreadIndex());
            batch = ground.opened.batch();
        }
    }

    @Benchmark
    public long batch(Runner runner) {
        return runner.loop.run(runner.batch);
    }
}
