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

    /** As {@link #sums}, in two snapshots, of which the second needs what the first does not. */
    static Story two(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 2);
        Runnable transfer = () -> stm.atomic(tx -> {
            cells.add(tx, 0, 1);
            cells.add(tx, 1, -1);
        });
        Runnable reader = () -> {
            try (Snapshot older = stm.openSnapshot()) {
                long first = older.readOnlyLong(tx -> zeroSum(tx, cells));
                try (Snapshot newer = stm.openSnapshot()) {
                    long second = newer.readOnlyLong(tx -> zeroSum(tx, cells));
                    hold(first <= second, () -> "gone back: " + first + ", " + second);
                }
                hold(older.readOnlyLong(tx -> zeroSum(tx, cells)) == first, "it has moved");
            }
        };
        return new Story(List.of(() -> Story.repeat(3, transfer), reader), () -> {});
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
        Runnable reader = () -> {
            try (Snapshot snapshot = stm.openSnapshot()) {
                Story.repeat(2, () -> snapshot.readOnly(tx -> followed(tx, cells)));
            }
        };
        return new Story(List.of(() -> replace(stm, cells), reader), () -> {});
    }

    /**
     * The same, while an older snapshot leaves, and who closes it gives back what nobody needs any
     * more, and uses it.
     */
    static Story givenBack(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 1);
        stm.atomic(tx -> publish(tx, cells, 7));
        long needed = stm.atomicLong(tx -> tx.allocate(CELL));
        Snapshot older = stm.openSnapshot();
        stm.atomic(tx -> tx.free(CELL, needed));
        Runnable writer = () -> stm.atomic(tx -> {
            tx.free(CELL, cells.get(tx, 0));
            cells.set(tx, 0, 0);
        });
        Runnable reader = () -> {
            try (Snapshot snapshot = stm.openSnapshot()) {
                Story.repeat(2, () -> snapshot.readOnly(tx -> followed(tx, cells)));
            }
        };
        Runnable closer = () -> {
            older.close();
            Story.repeat(2, () -> stm.atomic(tx -> tx.setLong(CELL, tx.allocate(CELL), 0, 8)));
        };
        return new Story(List.of(writer, reader, closer), () -> {});
    }

    private static void replace(Stm stm, Cells cells) {
        for (int i = 8; i < 10; i++) {
            int value = i;
            stm.atomic(tx -> {
                tx.free(CELL, cells.get(tx, 0));
                cells.set(tx, 0, 0);
            });
            stm.atomic(tx -> publish(tx, cells, value));
        }
    }

    /** The value of what the root refers to; 0 if it is null. */
    private static long followed(Transaction tx, Cells cells) {
        long ref = cells.get(tx, 0);
        long value = ref == 0 ? 0 : tx.getLong(CELL, ref, 0);
        hold(ref == 0 || value == cells.tag(tx, 0), () -> "seen in another object: " + value);
        return value;
    }

    /**
     * All at once: transfers, an object that is replaced, a block that is promoted, and a snapshot
     * that two threads read, of which one opens another and compares the two.
     */
    static Story mix(Stm stm, SplittableRandom random) {
        Cells pair = Cells.make(stm, 2);
        Cells root = Cells.make(stm, 1);
        stm.atomic(tx -> publish(tx, root, 7));
        Snapshot shared = stm.openSnapshot();
        Runnable holdShared = () -> shared.readOnly(tx -> {
            hold(zeroSum(tx, pair) == 0, "the shared snapshot has moved");
            hold(followed(tx, root) == 7, "the shared snapshot has lost its object");
        });
        Runnable writer = () -> Story.repeat(
                2,
                () -> stm.atomic(tx -> {
                    tx.addLong(CELL, pair.refs()[0], 0, 1);
                    pair.add(tx, 1, -1);
                }));
        Runnable promoted = () -> {
            stm.readOnly(tx -> {
                zeroSum(tx, pair);
                followed(tx, root);
            });
            holdShared.run();
        };
        Runnable opener = () -> {
            try (Snapshot own = stm.openSnapshot()) {
                holdShared.run();
                long first = own.readOnlyLong(tx -> zeroSum(tx, pair));
                long value = own.readOnlyLong(tx -> followed(tx, root));
                hold(own.readOnlyLong(tx -> zeroSum(tx, pair)) == first, "it has moved");
                hold(own.readOnlyLong(tx -> followed(tx, root)) == value, "it has moved");
            }
        };
        return new Story(
                List.of(writer, () -> replace(stm, root), promoted, opener), shared::close);
    }

    private static void publish(Transaction tx, Cells cells, long value) {
        long made = tx.allocate(CELL);
        tx.setLong(CELL, made, 0, value);
        cells.set(tx, 0, made);
        cells.setTag(tx, 0, value);
    }
}
