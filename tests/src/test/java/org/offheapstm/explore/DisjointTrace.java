package org.offheapstm.explore;

import org.offheapstm.Merge;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Seam;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What two threads write while they commit to objects of their own: every address, seen at the
 * seam. Meant to be run in an {@link Isolation}.
 */
final class DisjointTrace {
    private static final int THREADS = 2;
    private static final int WARM_UP = 100;
    private static final int COMMITS = 1_000;

    private final Stm stm;
    private final Insides insides;
    private final CyclicBarrier together = new CyclicBarrier(THREADS);
    private final Cells common;
    private final boolean share;

    private DisjointTrace(Stm stm, boolean share) {
        this.stm = stm;
        this.share = share;
        insides = Insides.of(stm);
        common = Cells.make(stm, 2);
    }

    /**
     * Traces two threads.
     *
     * @param arguments "share" to let both write one object as well
     * @return a word that a commit should not have written, and what it is; or null
     */
    static String run(String... arguments) throws Exception {
        try (Stm stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(8L << 20))) {
            return new DisjointTrace(stm, List.of(arguments).contains("share")).trace();
        }
    }

    private String trace() throws Exception {
        List<Set<Long>> written = new ArrayList<>();
        List<Cells> owned = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Set<Long> addresses = new TreeSet<>();
                written.add(addresses);
                owned.add(threads.submit(() -> Cells.make(stm, 4)).get());
                Cells own = owned.get(i);
                running.add(threads.submit(() -> {
                    commit(own, WARM_UP);
                    together.await();
                    Seam.observe((access, address) -> {
                        if (access != Seam.Access.READ) {
                            addresses.add(address);
                        }
                    });
                    commit(own, COMMITS);
                    Seam.observe(null);
                    together.await();
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
        return firstShared(written.get(0), written.get(1));
    }

    /** Updates, merges, births and deaths, all of this thread's own objects. */
    private void commit(Cells own, int times) {
        for (int i = 0; i < times; i++) {
            stm.atomic(tx -> {
                common.get(tx, 0);
                own.add(tx, 0, 1);
                own.add(tx, 1, -1);
                tx.merge(Cells.CELL, own.refs()[2], 0, Merge.ADD_LONG, 1);
                if (own.get(tx, 3) != 0) {
                    tx.free(Cells.CELL, own.get(tx, 3));
                }
                own.set(tx, 3, tx.allocate(Cells.CELL));
                if (share) {
                    common.add(tx, 1, 1);
                }
            });
            stm.readOnly(tx -> own.get(tx, 0));
        }
    }

    private String firstShared(Set<Long> one, Set<Long> other) {
        for (long address : one) {
            if (other.contains(address)) {
                return "both wrote " + describe(address);
            }
        }
        for (Set<Long> each : List.of(one, other)) {
            long slot = -1;
            for (long address : each) {
                boolean allowed = insides.isRegion(address)
                        ? RunEntry.type(insides.entry(address)) > 0
                                || insides.entry(address) == RunEntry.ARENA
                        : insides.isControl(address) && lineOfSlot(address) > 0;
                if (insides.isControl(address) && allowed) {
                    allowed = slot < 0 || slot == lineOfSlot(address);
                    slot = lineOfSlot(address);
                }
                if (!allowed) {
                    return "one wrote " + describe(address);
                }
            }
        }
        return one.isEmpty() || other.isEmpty() ? "no trace" : null;
    }

    private long lineOfSlot(long address) {
        return Math.floorDiv(address - insides.control() - Control.SLOTS, Control.SLOT_BYTES);
    }

    private String describe(long address) {
        return insides.isControl(address)
                ? "control word " + (address - insides.control())
                : insides.isRegion(address)
                        ? "region word 0x"
                                + Long.toHexString(address - insides.region().base())
                                + ", run entry 0x" + Long.toHexString(insides.entry(address))
                        : "address 0x" + Long.toHexString(address);
    }
}
