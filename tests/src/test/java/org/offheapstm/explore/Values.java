package org.offheapstm.explore;

import static org.offheapstm.explore.Cells.CELL;
import static org.offheapstm.explore.Story.hold;
import static org.offheapstm.explore.Story.repeat;

import org.offheapstm.Merge;
import org.offheapstm.Stm;
import org.offheapstm.TxAction;

import java.util.List;
import java.util.SplittableRandom;

/** Stories about what is read and written. */
final class Values {
    private Values() {}

    /** Two cells that are always equal; a writer changes both, a reader compares them. */
    static Story pairs(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 2);
        int rounds = random.nextInt(1, 4);
        int first = random.nextInt(2);
        boolean readOnly = random.nextBoolean();
        Runnable reader = () -> {
            if (readOnly) {
                stm.readOnly(tx -> cells.holdEqual(tx, first, 1 - first));
            } else {
                stm.atomic(tx -> cells.holdEqual(tx, first, 1 - first));
            }
        };
        return new Story(
                List.of(() -> repeat(rounds, () -> addToBoth(stm, cells)), () -> repeat(2, reader)),
                () -> cells.holdValues(rounds, rounds));
    }

    private static void addToBoth(Stm stm, Cells cells) {
        stm.atomic(tx -> {
            cells.add(tx, 0, 1);
            cells.add(tx, 1, 1);
        });
    }

    /** A cell whose words are always equal; a writer sets both together, a reader gets them so. */
    static Story words(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 1);
        int rounds = random.nextInt(1, 4);
        boolean readOnly = random.nextBoolean();
        long[] read = new long[2];
        TxAction<RuntimeException> compare = tx -> {
            tx.getLongs(CELL, cells.refs()[0], 0, read, 0, 2);
            hold(read[0] == read[1], () -> "seen together: " + read[0] + " and " + read[1]);
        };
        Runnable reader = () -> {
            if (readOnly) {
                stm.readOnly(compare);
            } else {
                stm.atomic(compare);
            }
        };
        Runnable writer = () -> stm.atomic(tx -> {
            long next = cells.get(tx, 0) + 1;
            tx.setLongs(CELL, cells.refs()[0], 0, new long[] {next, next}, 0, 2);
        });
        return new Story(
                List.of(() -> repeat(rounds, writer), () -> repeat(2, reader)),
                () -> cells.holdValues(rounds));
    }

    /**
     * A reader that meets something newer than its snapshot between two cells that are always
     * equal; others change them, and advance the clock.
     */
    static Story extension(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 3);
        boolean writes = random.nextBoolean();
        Runnable reader = () -> stm.atomic(tx -> {
            if (writes) {
                cells.setTag(tx, 1, 1);
            }
            long one = cells.get(tx, 1);
            cells.get(tx, 2);
            long other = cells.get(tx, 0);
            hold(one == other, "seen in one transaction: " + one + " and " + other);
        });
        Runnable writer = () -> {
            stm.atomic(tx -> cells.add(tx, 2, 1));
            addToBoth(stm, cells);
        };
        Runnable ticker = () -> stm.atomic(tx -> cells.get(tx, 0));
        return new Story(List.of(reader, writer, ticker), () -> cells.holdValues(1, 1, 1));
    }

    /** Each of two threads takes the only unit if neither cell has it. */
    static Story skew(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 2);
        boolean ownsBoth = random.nextBoolean();
        Runnable zero = () -> {
            if (ownsBoth) {
                stm.atomic(tx -> {
                    cells.add(tx, 0, 0);
                    cells.add(tx, 1, 0);
                });
            }
            takeUnit(stm, cells, 0);
        };
        return new Story(List.of(zero, () -> takeUnit(stm, cells, 1)), () -> {
            long[] values = cells.values();
            hold(values[0] + values[1] == 1, "units taken: " + (values[0] + values[1]));
        });
    }

    private static void takeUnit(Stm stm, Cells cells, int me) {
        stm.atomic(tx -> {
            if (cells.get(tx, 0) + cells.get(tx, 1) == 0) {
                cells.set(tx, me, 1);
            }
        });
    }

    static Story lostUpdate(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 1);
        int rounds = random.nextInt(1, 4);
        Runnable adder = () -> repeat(rounds, () -> stm.atomic(tx -> cells.add(tx, 0, 1)));
        return new Story(List.of(adder, adder), () -> cells.holdValues(2L * rounds));
    }

    /** Two commits of a pair by one thread, so that the clock rests; and one reader, who ticks. */
    static Story clockBeforeLock(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 2);
        return new Story(
                List.of(
                        () -> repeat(2, () -> addToBoth(stm, cells)),
                        () -> stm.atomic(tx -> cells.holdEqual(tx, 1, 0))),
                () -> cells.holdValues(2, 2));
    }

    /** Each of two threads reads a cell and then merges one into it. */
    static Story readAndMerge(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 1);
        long[] read = new long[2];
        return new Story(
                List.of(() -> readAndMerge(cells, read, 0), () -> readAndMerge(cells, read, 1)),
                () -> {
                    cells.holdValues(2);
                    hold(read[0] != read[1], "both read " + read[0]);
                });
    }

    private static void readAndMerge(Cells cells, long[] read, int me) {
        cells.stm().atomic(tx -> {
            read[me] = cells.get(tx, 0);
            tx.merge(CELL, cells.refs()[0], 0, Merge.ADD_LONG, 1);
        });
    }
}
