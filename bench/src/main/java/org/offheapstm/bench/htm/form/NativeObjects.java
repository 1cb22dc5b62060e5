package org.offheapstm.bench.htm.form;

import org.offheapstm.internal.bindings.StmHtm;
import org.offheapstm.internal.bindings.stm_htm_control;
import org.offheapstm.internal.bindings.stm_htm_counts;
import org.offheapstm.internal.bindings.stm_htm_ground;
import org.offheapstm.internal.bindings.stm_htm_run;
import org.offheapstm.internal.htm.Probe;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.NativeBlock;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The forms in C: the objects, the array of their offsets, a lock and a control line, each in lines
 * of its own; the loop is the library's.
 */
final class NativeObjects implements Population {
    /** Two lines, since some processors fetch them in pairs. */
    private static final long APART = 128;

    private final Arena arena = Arena.ofShared();
    private final Form form;
    private final Blocks blocks;
    private final NativeBlock offsets;
    private final long lock = arena.allocate(APART, APART).address();
    private final long control = arena.allocate(APART, APART).address();

    NativeObjects(Form form, int count) {
        form.whyNot().ifPresent(reason -> {
            throw new IllegalStateException(reason);
        });
        this.form = form;
        blocks = new Blocks(count);
        offsets = NativeBlock.take((long) count * Long.BYTES);
        for (int i = 0; i < count; i++) {
            Memory.set(offsets.address() + (long) Long.BYTES * i, Blocks.offset(i));
        }
        Memory.set(control + stm_htm_control.clock$offset(), 1);
    }

    @Override
    public long word(int object, int word) {
        return Memory.get(blocks.word(object, word));
    }

    @Override
    public void touch() {
        touch(blocks.base(), Blocks.offset(blocks.count()));
        touch(offsets.address(), (long) Long.BYTES * blocks.count());
        touch(lock, APART);
        touch(control, APART);
    }

    private static void touch(long address, long bytes) {
        for (long at = 0; at < bytes; at += NativeBlock.ALIGNMENT) {
            Memory.getAndAdd(address + at, 0);
        }
    }

    @Override
    public Loop loop(int thread) {
        return new NativeLoop(1 + thread);
    }

    /** Does nothing so many times: what the form itself costs. Not for {@link Form#needsRtm}. */
    Loop.Tally emptyLoop(long operations) {
        NativeLoop loop = new NativeLoop(1);
        stm_htm_run.seed(loop.run, 1);
        return loop.run(StmHtm.STM_HTM_EMPTY(), operations);
    }

    private final class NativeLoop implements Loop {
        private final MemorySegment ground = allocate(stm_htm_ground.sizeof());
        private final MemorySegment run = allocate(stm_htm_run.sizeof());

        NativeLoop(int slot) {
            stm_htm_ground.base(ground, blocks.base());
            stm_htm_ground.limit(ground, Blocks.offset(blocks.count()));
            stm_htm_ground.objects(ground, offsets.address());
            stm_htm_ground.object_count(ground, blocks.count());
            stm_htm_ground.control(ground, control);
            stm_htm_ground.lock(ground, lock);
            stm_htm_ground.slot(ground, slot);
            stm_htm_run.ground(run, ground.address());
            stm_htm_run.form(run, form.ordinal());
        }

        private MemorySegment allocate(long bytes) {
            return arena.allocate((bytes + APART - 1) / APART * APART, APART);
        }

        @Override
        public Tally run(Job job, long seed, long operations, Stop stop) {
            stm_htm_ground.tries(ground, job.tries());
            stm_htm_run.stop(run, stop.address());
            stm_htm_run.seed(run, seed);
            stm_htm_run.size(run, job.size());
            stm_htm_run.keys(run, job.keys());
            return run(job.kernel().code(), operations);
        }

        private Tally run(int kernel, long operations) {
            MemorySegment counts = stm_htm_ground.counts(ground);
            counts.fill((byte) 0);
            stm_htm_run.kernel(run, kernel);
            stm_htm_run.ops(run, operations);
            int result = StmHtm.stm_htm_run_kernel(run.address());
            if (result != StmHtm.STM_HTM_OK()) {
                throw new IllegalStateException("run refused by the library: result=" + result
                        + ", form=" + form.label() + ", kernel=" + kernel + ", objects="
                        + blocks.count() + ", " + Probe.get().line());
            }
            long done = stm_htm_run.done(run);
            return new Tally(
                    done, stm_htm_run.nanos(run), counts(counts, done + stm_htm_run.failed(run)));
        }

        private Counts counts(MemorySegment counts, long operations) {
            return new Counts(
                    stm_htm_counts.attempts(counts),
                    stm_htm_counts.commits(counts),
                    form.needsRtm() ? operations : 0,
                    stm_htm_counts.given_up(counts),
                    aborts(counts));
        }
    }

    /** In the order of {@link Cause}. */
    static List<Long> aborts(MemorySegment counts) {
        return List.of(
                stm_htm_counts.stale(counts),
                stm_htm_counts.guard(counts),
                stm_htm_counts.busy(counts),
                stm_htm_counts.conflict(counts),
                stm_htm_counts.capacity(counts),
                stm_htm_counts.interrupted(counts),
                stm_htm_counts.unknown(counts));
    }
}
