package org.offheapstm.explore;

import org.offheapstm.Merge;
import org.offheapstm.Snapshot;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.memory.Seam;

import java.util.List;
import java.util.StringJoiner;

/**
 * What a commit does to the words that all transactions share, and to the views of snapshots, in
 * order, seen at the seam. Meant to be run in an {@link Isolation}.
 */
final class SnapshotPrice {
    private static final int WARM_UP = 100;

    private SnapshotPrice() {}

    /**
     * Traces the last of some commits to the same objects.
     *
     * @param arguments "snapshot" to have one open meanwhile
     * @return the accesses
     */
    static String run(String... arguments) {
        try (Stm stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(8L << 20))) {
            if (!List.of(arguments).contains("snapshot")) {
                return trace(stm);
            }
            try (Snapshot snapshot = stm.openSnapshot()) {
                return trace(stm, snapshot);
            }
        }
    }

    private static String trace(Stm stm, Snapshot... open) {
        assert open.length < 2;
        Cells cells = Cells.make(stm, 4);
        long control = Insides.of(stm).control();
        StringJoiner seen = new StringJoiner(", ");
        for (int i = 0; i <= WARM_UP; i++) {
            if (i == WARM_UP) {
                Seam.observe((access, address) -> {
                    long word = address - control;
                    if (word >= 0 && word < Control.SLOTS) {
                        seen.add(access + " " + name(word));
                    }
                });
            }
            commit(stm, cells);
        }
        Seam.observe(null);
        return seen.toString();
    }

    /** An update, a merge, a birth and a read. */
    private static void commit(Stm stm, Cells cells) {
        stm.atomic(tx -> {
            cells.add(tx, 0, 1);
            tx.merge(Cells.CELL, cells.refs()[1], 0, Merge.ADD_LONG, 1);
            cells.set(tx, 2, tx.allocate(Cells.CELL));
            cells.get(tx, 3);
        });
    }

    private static String name(long word) {
        return word == Control.CLOCK
                ? "CLOCK"
                : word == Control.WAITERS
                        ? "WAITERS"
                        : word == Control.LIVE
                                ? "LIVE"
                                : word >= Control.VIEWS ? "a view" : "word " + word;
    }
}
