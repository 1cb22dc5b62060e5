package org.offheapstm.explore;

import org.offheapstm.Merge;
import org.offheapstm.Snapshot;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.memory.Seam;

import java.util.ArrayList;
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
     * @param arguments before which commit to open a snapshot, counted from the last; none does not
     * @return the accesses
     */
    static String run(String... arguments) {
        int opening = arguments.length == 0 ? -1 : Integer.parseInt(arguments[0]);
        List<Snapshot> open = new ArrayList<>();
        try (Stm stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(8L << 20))) {
            Cells cells = Cells.make(stm, 4);
            for (int left = WARM_UP; left > 0; left--) {
                if (left == opening) {
                    open.add(stm.openSnapshot());
                }
                commit(stm, cells);
            }
            if (opening == 0) {
                open.add(stm.openSnapshot());
            }
            String seen = trace(Insides.of(stm).control(), () -> commit(stm, cells));
            open.forEach(Snapshot::close);
            return seen;
        }
    }

    private static String trace(long control, Runnable commit) {
        StringJoiner seen = new StringJoiner(", ");
        Seam.observe((access, address) -> {
            long word = address - control;
            if (word >= 0 && word < Control.SLOTS) {
                seen.add(access + " " + name(word));
            }
        });
        commit.run();
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
