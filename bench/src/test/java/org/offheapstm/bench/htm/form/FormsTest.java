package org.offheapstm.bench.htm.form;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.offheapstm.internal.bindings.StmHtm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Goal: what is compared is the same job. Method: each form does as many operations from one seed,
 * and afterwards the objects of all hold the same words; forms that this machine cannot run are
 * left out.
 */
final class FormsTest {
    private static final int OBJECTS = 64;
    private static final int SIZE = 5;
    private static final long OPERATIONS = 500;
    private static final long SEED = 42;

    @ParameterizedTest
    @EnumSource
    void allFormsOfAKernelLeaveTheSameWords(Kernel kernel) {
        Job job = new Job(kernel, SIZE, 1, OBJECTS, 16, 1);
        List<Long> expected = words(Form.REENTRANT_LOCK, job);
        for (Form form : Form.values()) {
            if (form.whyNot().isEmpty() && form != Form.RTM_ONLY) {
                assertEquals(expected, words(form, job), form.label() + ", seed=" + SEED);
            }
        }
        if (kernel != Kernel.SUM && kernel != Kernel.GET) {
            assertTrue(expected.stream().anyMatch(word -> word != 0), "nothing was done");
        }
    }

    private static List<Long> words(Form form, Job job) {
        try (Population population = Population.of(form, job.objects())) {
            Stop stop = new Stop();
            Loop.Tally tally = population.loop(0).run(job, SEED, OPERATIONS, stop);
            assertEquals(OPERATIONS, tally.done(), form.label());
            Long[] words = new Long[2 * job.objects()];
            Arrays.setAll(words, i -> population.word(i / 2, i % 2));
            return List.of(words);
        }
    }

    @Test
    void transfersKeepTheTotal() {
        Job job = new Job(Kernel.TRANSFER, 1, 1, OBJECTS, 16, 1);
        long total = 0;
        List<Long> words = words(Form.REENTRANT_LOCK, job);
        for (long word : words) {
            total += word;
        }
        assertEquals(0, total);
    }

    @Test
    void aLoopEndsWhenItIsTold() {
        Stop stop = new Stop();
        stop.set();
        Job job = new Job(Kernel.ADD, 1, 1, OBJECTS, 16, 1);
        for (Form form : List.of(Form.REENTRANT_LOCK, Form.LOCK)) {
            if (form.whyNot().isEmpty()) {
                Loop loop = Population.of(form, OBJECTS).loop(0);
                assertEquals(0, loop.run(job, SEED, Long.MAX_VALUE, stop).done());
            }
        }
    }

    @Test
    void transactionsOfTheProcessorAreCounted() {
        assumeTrue(Form.ELISION.whyNot().isEmpty(), () -> Form.ELISION.whyNot().orElse(""));
        Job job = new Job(Kernel.ADD, SIZE, 1, OBJECTS, 16, 1);
        Loop loop = Population.of(Form.ELISION, OBJECTS).loop(0);
        Counts counts = loop.run(job, SEED, OPERATIONS, new Stop()).counts();
        assertEquals(OPERATIONS, counts.calls());
        assertEquals(OPERATIONS, counts.commits() + counts.fallbacks());
        long aborts = counts.aborts().stream().mapToLong(Long::longValue).sum();
        assertEquals(counts.attempts(), counts.commits() + aborts);
    }

    @Test
    void kernelsAndFormsHaveTheNumbersOfTheHeader() {
        assertEquals(
                List.of(
                        StmHtm.STM_HTM_TRANSFER(),
                        StmHtm.STM_HTM_SWAP(),
                        StmHtm.STM_HTM_ADD(),
                        StmHtm.STM_HTM_SUM(),
                        StmHtm.STM_HTM_PUT(),
                        StmHtm.STM_HTM_GET()),
                Arrays.stream(Kernel.values()).map(Kernel::code).toList());
        assertEquals(
                List.of(
                        StmHtm.STM_HTM_BY_RTM(),
                        StmHtm.STM_HTM_BY_ELISION(),
                        StmHtm.STM_HTM_BY_LOCK(),
                        StmHtm.STM_HTM_BY_WORDS(),
                        StmHtm.STM_HTM_BY_SOFTWARE()),
                Arrays.stream(Form.values())
                        .filter(Form::isNative)
                        .map(Form::ordinal)
                        .toList());
    }

    @Test
    void linesBetweenProcessesSayWhatWasMeant() {
        Job job = new Job(Kernel.SWAP, 4, 2, 1024, 6, 20);
        assertEquals(job, Job.ofLine(job.asLine()));
        Slice slice = new Slice(1.5e6, new Counts(9, 8, 7, 6, List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L)));
        assertEquals(slice, Slice.ofLine(slice.asLine()));
    }

    @Test
    void aJobIsFittedToItsObjects() {
        assertEquals(1, new Job(Kernel.ADD, 16, 1, 1, 6, 20).fitted().size());
        assertEquals(16, new Job(Kernel.ADD, 16, 1, 1024, 6, 20).fitted().size());
        assertEquals(2, new Job(Kernel.TRANSFER, 1, 1, 1, 6, 20).fitted().objects());
        assertEquals(1, new Job(Kernel.PUT, 9, 1, 1024, 6, 20).fitted().size());
    }

    @Test
    void siblingsOnACoreComeLast(@TempDir Path system) throws IOException {
        for (int cpu = 0; cpu < 4; cpu++) {
            Path topology = Files.createDirectories(system.resolve("cpu" + cpu + "/topology"));
            Files.writeString(
                    topology.resolve("thread_siblings_list"), cpu % 2 + "," + (cpu % 2 + 2) + "\n");
        }
        assertEquals(List.of(0, 1, 2, 3), Processors.firstOfEachCore(List.of(0, 1, 2, 3), system));
        assertEquals(List.of(0, 3, 2), Processors.firstOfEachCore(List.of(0, 2, 3), system));
        assertEquals(List.of(7), Processors.firstOfEachCore(List.of(7), system), "not told");
    }

    @Test
    void onlyAllowedProcessorsAreUsed(@TempDir Path directory) throws IOException {
        Path status = directory.resolve("status");
        Files.writeString(status, "Name:\tjava\nCpus_allowed_list:\t0-2,8\n");
        assertEquals(List.of(0, 1, 2, 8), Processors.allowed(status));
        assertEquals(List.of(), Processors.allowed(directory.resolve("none")));
    }
}
