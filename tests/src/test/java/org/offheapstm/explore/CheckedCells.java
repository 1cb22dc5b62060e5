package org.offheapstm.explore;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;

/**
 * Two counters and a place for one thing, in a region: an object whose every method is a
 * transaction, so that Lincheck can say whether it is linearizable. It sees the region through the
 * field that the seam touches at each access.
 */
public final class CheckedCells {
    private static final StmOptions SMALL = StmOptions.DEFAULT
            .withName("checked")
            .withCapacityBytes(StmOptions.MIN_CAPACITY_BYTES)
            .withMaxRunning(8);
    private static final int PLACE = 2;

    /** Turns of a loop that are not yet a hang: the engine's loops of waiting have bounds below. */
    private static final int MANY_TURNS = 3_000;

    /** The engine of the instance before, which no thread uses any more. */
    private static Stm last;

    private final Cells cells;

    public CheckedCells() {
        if (last != null) {
            last.close();
        }
        last = Stm.open(SMALL);
        cells = Cells.make(last, 3);
    }

    @Operation
    public long moveOne() {
        return cells.stm().atomicLong(tx -> {
            cells.add(tx, 0, -1);
            cells.add(tx, 1, 1);
            return cells.get(tx, 1);
        });
    }

    @Operation
    public long sum() {
        return cells.stm().readOnlyLong(tx -> cells.get(tx, 0) + cells.get(tx, 1));
    }

    /** Puts the number of things moved into the place, if it is empty. */
    @Operation
    public boolean put() {
        return cells.stm().atomicLong(tx -> {
                    long found = cells.get(tx, PLACE);
                    if (found == 0) {
                        cells.set(tx, PLACE, 1 + cells.get(tx, 1));
                    }
                    return found;
                })
                == 0;
    }

    @Operation
    public long take() {
        return cells.stm().atomicLong(tx -> {
            long found = cells.get(tx, PLACE);
            cells.set(tx, PLACE, 0);
            return found;
        });
    }

    /**
     * Checks it, in a JVM of its own.
     *
     * @param arguments how many programs, how many schedules of each
     */
    public static void main(String... arguments) {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(0)
                .iterations(Integer.parseInt(arguments[0]))
                .invocationsPerIteration(Integer.parseInt(arguments[1]))
                .loopBound(MANY_TURNS)
                .check(CheckedCells.class);
    }
}
