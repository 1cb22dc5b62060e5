package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.ObjectType;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.internal.bindings.StmHtm;
import org.offheapstm.internal.bindings.stm_htm_ground;
import org.offheapstm.internal.bindings.stm_htm_run;
import org.offheapstm.internal.htm.Probe;
import org.offheapstm.internal.htm.Shim;
import org.offheapstm.internal.layout.Reference;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Goal: the kernels of the shim do their jobs in every form, and its software transactions keep the
 * engine's protocol. Method: each kernel in each form that this machine has, on an engine's own
 * objects; transfers in C beside transfers and sums in Java, at full speed, by threads of both.
 */
final class KernelTest {
    private static final ObjectType CELL = ObjectType.of("cell", 16);
    private static final int CELLS = 64;
    private static final long START = 1_000;
    private static final int RUN_OPERATIONS = 300_000;

    private static final int OK = StmHtm.STM_HTM_OK();

    @BeforeEach
    void needsTheShim() {
        assumeTrue(Shim.isLoaded(), Shim.whyNot());
    }

    /** An engine, its cells, and grounds for the kernels over them. */
    private static final class Field implements AutoCloseable {
        final Stm stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(16L << 20));
        final Arena arena = Arena.ofShared();
        final long[] refs;
        final MemorySegment offsets = arena.allocate(8L * CELLS, 64);
        final MemorySegment lock = arena.allocate(128, 128);

        Field(long start) {
            refs = stm.atomicGet(tx -> {
                long[] made = new long[CELLS];
                for (int i = 0; i < CELLS; i++) {
                    made[i] = tx.allocate(CELL);
                    tx.setLong(CELL, made[i], 0, start);
                }
                return made;
            });
            for (int i = 0; i < CELLS; i++) {
                offsets.setAtIndex(ValueLayout.JAVA_LONG, i, Reference.offset(refs[i]));
            }
        }

        /** A ground for this thread, in its slot: no transaction of it runs meanwhile. */
        MemorySegment ground() {
            Engine engine = (Engine) stm;
            stm.readOnly(tx -> tx.getLong(CELL, refs[0], 0)); // So that it has one.
            MemorySegment ground = arena.allocate(stm_htm_ground.sizeof(), 64);
            stm_htm_ground.base(ground, engine.region.base());
            stm_htm_ground.limit(ground, engine.region.capacityBytes());
            stm_htm_ground.objects(ground, offsets.address());
            stm_htm_ground.object_count(ground, CELLS);
            stm_htm_ground.control(ground, engine.control.address());
            stm_htm_ground.lock(ground, lock.address());
            stm_htm_ground.slot(ground, engine.slots.current().slot);
            stm_htm_ground.tries(ground, StmHtm.STM_HTM_MAX_TRIES());
            return ground;
        }

        long get(int cell) {
            return stm.readOnlyLong(tx -> tx.getLong(CELL, refs[cell], 0));
        }

        long sum(Transaction tx) {
            return IntStream.range(0, CELLS)
                    .mapToLong(i -> tx.getLong(CELL, refs[i], 0))
                    .sum();
        }

        @Override
        public void close() {
            stm.close();
            arena.close();
        }
    }

    private static int[] forms() {
        List<Integer> forms = new ArrayList<>(List.of(
                StmHtm.STM_HTM_BY_LOCK(), StmHtm.STM_HTM_BY_WORDS(), StmHtm.STM_HTM_BY_SOFTWARE()));
        if (Probe.get().isUsable()) {
            forms.add(StmHtm.STM_HTM_BY_RTM());
            forms.add(StmHtm.STM_HTM_BY_ELISION());
        }
        return forms.stream().mapToInt(Integer::intValue).toArray();
    }

    @Test
    void wordsAreMovedAddedAndSummed() {
        for (int form : forms()) {
            try (Field field = new Field(START)) {
                MemorySegment ground = field.ground();
                long address = ground.address();
                assertEquals(OK, StmHtm.stm_htm_transfer(address, form, 1, 2, 5));
                assertEquals(OK, StmHtm.stm_htm_add(address, form, 2, 3, 4, 10));
                assertEquals(START - 5, field.get(1));
                assertEquals(START + 15, field.get(2));
                assertEquals(START + 10, field.get(11));
                assertEquals(OK, StmHtm.stm_htm_sum(address, form, 0, 1, CELLS));
                assertEquals(CELLS * START + 40, stm_htm_ground.value(ground), "form " + form);
            }
        }
    }

    @Test
    void keysArePutAndFound() {
        for (int form : forms()) {
            try (Field field = new Field(0)) {
                MemorySegment ground = field.ground();
                long address = ground.address();
                assertEquals(StmHtm.STM_HTM_DIFFERENT(), StmHtm.stm_htm_get(address, form, 7));
                for (long key = 1; key <= CELLS; key++) {
                    assertEquals(OK, StmHtm.stm_htm_put(address, form, key, -key));
                }
                assertEquals(
                        StmHtm.STM_HTM_FULL(),
                        StmHtm.stm_htm_put(address, form, CELLS + 1, 1),
                        "form " + form);
                for (long key = 1; key <= CELLS; key++) {
                    assertEquals(OK, StmHtm.stm_htm_get(address, form, key));
                    assertEquals(-key, stm_htm_ground.value(ground), "form " + form);
                }
            }
        }
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        int bad = StmHtm.STM_HTM_BAD();
        for (int form : forms()) {
            try (Field field = new Field(START)) {
                MemorySegment ground = field.ground();
                long address = ground.address();
                assertEquals(bad, StmHtm.stm_htm_transfer(address, form, 0, CELLS, 1));
                assertEquals(bad, StmHtm.stm_htm_transfer(address, form, 3, 3, 1));
                assertEquals(bad, StmHtm.stm_htm_add(address, form, 0, 32, 3, 1));
                assertEquals(bad, StmHtm.stm_htm_sum(address, form, 0, Long.MAX_VALUE, 3));
                assertEquals(bad, StmHtm.stm_htm_put(address, form, 0, 1));
                assertEquals(bad, StmHtm.stm_htm_swap(address, form, 0, 1));
                stm_htm_ground.limit(ground, 64);
                assertEquals(bad, StmHtm.stm_htm_sum(address, form, 0, 1, 2));
            }
        }
    }

    @Test
    void softwareTransactionsInCAndInJavaKeepOneProtocol() throws Exception {
        try (Field field = new Field(START);
                ExecutorService threads = Executors.newFixedThreadPool(3)) {
            MemorySegment stop = field.arena.allocate(8, 64);
            List<Future<?>> inJava = List.of(
                    threads.submit(() -> transferInJava(field)),
                    threads.submit(() -> sumInJava(field)));
            MemorySegment run = field.arena.allocate(stm_htm_run.layout());
            stm_htm_run.stop(run, stop.address());
            stm_htm_run.seed(run, 77);
            stm_htm_run.ops(run, Long.MAX_VALUE);
            stm_htm_run.kernel(run, StmHtm.STM_HTM_TRANSFER());
            stm_htm_run.form(run, StmHtm.STM_HTM_BY_SOFTWARE());
            stm_htm_run.size(run, CELLS);
            Future<Integer> inC = threads.submit(() -> {
                stm_htm_run.ground(run, field.ground().address());
                return StmHtm.stm_htm_run_kernel(run.address());
            });
            for (Future<?> each : inJava) {
                each.get();
            }
            stop.set(ValueLayout.JAVA_LONG, 0, 1);
            assertEquals(OK, inC.get());
            assertTrue(stm_htm_run.done(run) > 1_000, "transfers in C");
            assertEquals(CELLS * START, field.stm.readOnlyLong(field::sum));
        }
    }

    private static void transferInJava(Field field) {
        for (int i = 0; i < RUN_OPERATIONS; i++) {
            int from = ThreadLocalRandom.current().nextInt(CELLS);
            int to = (from + 1) % CELLS;
            field.stm.atomic(tx -> {
                long one = field.refs[from];
                long other = field.refs[to];
                tx.setLong(CELL, one, 0, tx.getLong(CELL, one, 0) - 1);
                tx.setLong(CELL, other, 0, tx.getLong(CELL, other, 0) + 1);
            });
        }
    }

    private static void sumInJava(Field field) {
        for (int i = 0; i < RUN_OPERATIONS / CELLS; i++) {
            long sum = field.stm.atomicLong(field::sum);
            assertEquals(CELLS * START, sum, "inside a transaction");
        }
    }
}
