package org.offheapstm.explore;

import org.offheapstm.HistoryPolicy;
import org.offheapstm.Snapshot;
import org.offheapstm.SnapshotEndedException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.internal.memory.Seam;
import org.offheapstm.internal.memory.Seam.Access;

/**
 * Somebody loses his processor while he opens a snapshot, at one of its accesses, and others write
 * meanwhile more than the limit allows to be kept for him. Meant to be run in an {@link Isolation}.
 */
final class EndedEntry {
    private static final int CELLS = 4_000;
    private static final int ROUNDS = 3;

    private final Stm stm;
    private final Cells cells;
    private final Insides insides;
    private int left;
    private long mostKept;

    private EndedEntry(Stm stm, int left) {
        this.stm = stm;
        this.left = left;
        cells = Cells.make(stm, CELLS);
        insides = Insides.of(stm);
    }

    /**
     * Opens a snapshot, and holds it against what was written before.
     *
     * @param arguments at which store to a word of all he is interrupted, from 1
     * @return what is wrong; "open" if the snapshot was open before that
     */
    static String run(String... arguments) throws Exception {
        StmOptions options = StmOptions.DEFAULT
                .withCapacityBytes(16L << 20)
                .withHistoryLimit(StmOptions.MIN_HISTORY_LIMIT_BYTES, HistoryPolicy.END_OLDEST);
        try (Stm stm = Stm.open(options)) {
            return new EndedEntry(stm, Integer.parseInt(arguments[0])).open();
        }
    }

    private String open() throws Exception {
        Seam.observe((access, address) -> {
            if (access != Access.READ && insides.isControl(address) && --left == 0) {
                Seam.observe(null);
                writeElsewhere();
            }
        });
        try (Snapshot snapshot = stm.openSnapshot()) {
            Seam.observe(null);
            if (left > 0) {
                return "open";
            }
            long seen = snapshot.readOnlyLong(tx -> cells.get(tx, 0));
            stm.atomic(tx -> cells.add(tx, 0, 1));
            long seenAgain = snapshot.readOnlyLong(tx -> cells.get(tx, 0));
            return seen == ROUNDS && seenAgain == ROUNDS && mostKept <= limit()
                    ? null
                    : "saw " + seen + ", then " + seenAgain + ", of " + ROUNDS + "; kept "
                            + mostKept + ", limit " + limit();
        } catch (SnapshotEndedException late) {
            return "open"; // And was ended.
        }
    }

    private static long limit() {
        return StmOptions.MIN_HISTORY_LIMIT_BYTES;
    }

    private void writeElsewhere() {
        try {
            Thread writer = Thread.ofPlatform().start(() -> write(ROUNDS));
            writer.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void write(int rounds) {
        for (int round = 0; round < rounds; round++) {
            for (int cell = 0; cell < CELLS; cell++) {
                int number = cell;
                stm.atomic(tx -> cells.add(tx, number, 1));
            }
            mostKept = Math.max(mostKept, insides.budget().countedBytes());
        }
    }
}
