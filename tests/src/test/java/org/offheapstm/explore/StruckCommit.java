package org.offheapstm.explore;

import static org.offheapstm.explore.Cells.CELL;

import org.offheapstm.Merge;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.internal.memory.Seam;

/**
 * Commits that an Error strikes at one access after the other; meant to be run in an {@link
 * Isolation}.
 */
final class StruckCommit {
    private static final StmOptions SMALL = StmOptions.DEFAULT
            .withName("struck")
            .withCapacityBytes(StmOptions.MIN_CAPACITY_BYTES)
            .withMaxRunning(16);
    private static final int MAX_ACCESSES = 1_000;

    private StruckCommit() {}

    /**
     * Adds one to both words of a cell, again and again.
     *
     * @param arguments "merge" or "write"
     * @return after which strike the words were not as before, nor both one more; null if never
     */
    static String run(String... arguments) {
        boolean merges = arguments[0].equals("merge");
        try (Stm stm = Stm.open(SMALL)) {
            Cells cells = Cells.make(stm, 1);
            for (int access = 1; access < MAX_ACCESSES; access++) {
                long before = cells.values()[0];
                boolean wasStruck = strike(cells, merges, access);
                long after = cells.values()[0];
                long tag = stm.readOnlyLong(tx -> cells.tag(tx, 0));
                if (after != tag || after != before + 1 && !(wasStruck && after == before)) {
                    return "access " + access + ": " + before + ", then " + after + " and " + tag;
                }
                if (!wasStruck) {
                    return null;
                }
            }
        }
        return "no commit within " + MAX_ACCESSES + " accesses";
    }

    private static boolean strike(Cells cells, boolean merges, int access) {
        int[] left = {access};
        try {
            cells.stm().atomic(tx -> {
                if (merges) {
                    tx.merge(CELL, cells.refs()[0], 0, Merge.ADD_LONG, 1);
                    tx.merge(CELL, cells.refs()[0], 8, Merge.ADD_LONG, 1);
                } else {
                    cells.add(tx, 0, 1);
                    cells.setTag(tx, 0, cells.tag(tx, 0) + 1);
                }
                Seam.observe((kind, address) -> {
                    if (--left[0] == 0) {
                        throw new StackOverflowError("struck");
                    }
                });
            });
        } catch (StackOverflowError e) {
            return true;
        } finally {
            Seam.observe(null);
        }
        return left[0] <= 0;
    }
}
