package org.offheapstm.explore;

import static org.offheapstm.explore.Cells.CELL;
import static org.offheapstm.explore.Story.hold;

import org.offheapstm.Snapshot;
import org.offheapstm.Stm;
import org.offheapstm.Transaction;

import java.util.List;
import java.util.SplittableRandom;

/** Stories about snapshots: what they see stays as it was, whatever is written meanwhile. */
final class Instants {
    private Instants() {}

    /** Two cells whose sum is always 0 are read twice in a snapshot, beside transfers. */
    static Story sums(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 2);
        boolean merges = random.nextBoolean();
        Runnable transfer = () -> stm.atomic(tx -> {
            if (merges) {
                tx.addLong(CELL, cells.refs()[0], 0, 1);
            } else {
                cells.add(tx, 0, 1);
            }
            cells.add(tx, 1, -1);
        });
        Runnable reader = () -> {
            transfer.run();
            try (Snapshot snapshot = stm.openSnapshot()) {
                long first = snapshot.readOnlyLong(tx -> zeroSum(tx, cells));
                long second = snapshot.readOnlyLong(tx -> zeroSum(tx, cells));
                hold(first == second, () -> "seen one after the other: " + first + ", " + second);
                hold(first >= 1, "the thread's own commit was not seen");
            }
        };
        return new Story(List.of(() -> Story.repeat(2, transfer), reader), () -> {});
    }

    private static long zeroSum(Transaction tx, Cells cells) {
        long first = cells.get(tx, 0);
        long second = cells.get(tx, 1);
        hold(first + second == 0, () -> "seen in one instant: " + first + " and " + second);
        return first;
    }

    /** Who meets a newer version goes on in a snapshot, and never runs a third time. */
    static Story promoted(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 2);
        Runnable transfer = () -> stm.atomic(tx -> {
            cells.add(tx, 0, 1);
            cells.add(tx, 1, -1);
        });
        Runnable reader = () -> stm.readOnly(tx -> {
            hold(tx.attempt() <= 2, "a snapshot has lost");
            zeroSum(tx, cells);
        });
        return new Story(List.of(() -> Story.repeat(3, transfer), reader), () -> {});
    }

    /** What a snapshot finds through a root is there, though freed and its place used again. */
    static Story freed(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 1);
        stm.atomic(tx -> publish(tx, cells, 7));
        Runnable changer = () -> {
            for (int i = 8; i < 10; i++) {
                int value = i;
                stm.atomic(tx -> {
                    tx.free(CELL, cells.get(tx, 0));
                    cells.set(tx, 0, 0);
                });
                stm.atomic(tx -> publish(tx, cells, value));
            }
        };
        Runnable reader = () -> {
            try (Snapshot snapshot = stm.openSnapshot()) {
                Story.repeat(
                        2,
                        () -> snapshot.readOnly(tx -> {
                            long ref = cells.get(tx, 0);
                            long value = ref == 0 ? 0 : tx.getLong(CELL, ref, 0);
                            hold(
                                    ref == 0 || value == cells.tag(tx, 0),
                                    () -> "seen in another object: " + value);
                        }));
            }
        };
        return new Story(List.of(changer, reader), () -> {});
    }

    private static void publish(Transaction tx, Cells cells, long value) {
        long made = tx.allocate(CELL);
        tx.setLong(CELL, made, 0, value);
        cells.set(tx, 0, made);
        cells.setTag(tx, 0, value);
    }
}
