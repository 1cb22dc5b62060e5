package org.offheapstm.explore;

import static org.offheapstm.explore.Story.hold;
import static org.offheapstm.explore.Story.repeat;
import static org.offheapstm.internal.engine.EngineLimits.LOSSES_BEFORE_ESCALATION;

import org.offheapstm.Stm;
import org.offheapstm.internal.memory.Seam;

import java.util.List;
import java.util.SplittableRandom;

/** Stories about transactions that wait, and transactions that cannot lose. */
final class Waits {
    private Waits() {}

    /** A place for one thing: who puts waits until it is empty, who takes until it is full. */
    static Story takeAndPut(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 1);
        int rounds = random.nextInt(1, 3);
        Runnable put = () -> stm.atomic(tx -> {
            if (cells.get(tx, 0) != 0) {
                throw tx.retry();
            }
            cells.set(tx, 0, 1);
        });
        Runnable take = () -> stm.atomic(tx -> {
            if (cells.get(tx, 0) == 0) {
                throw tx.retry();
            }
            cells.set(tx, 0, 0);
        });
        return new Story(
                List.of(
                        () -> repeat(rounds, put),
                        () -> repeat(rounds, put),
                        () -> repeat(2 * rounds, take)),
                () -> cells.holdValues(0));
    }

    /** An escalated transaction among others. */
    static Story escalated(Stm stm, SplittableRandom random) {
        return pairOfPairs(stm, random, LOSSES_BEFORE_ESCALATION, 0);
    }

    /** Two that want to escalate. */
    static Story twoEscalated(Stm stm, SplittableRandom random) {
        return pairOfPairs(stm, random, LOSSES_BEFORE_ESCALATION, LOSSES_BEFORE_ESCALATION);
    }

    /**
     * Two cells that are always equal. Between a write of the one, which the same slot has written
     * before, and a read of the other, one escalated transaction changes both and another owns the
     * first.
     */
    static Story twoOwners(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 2);
        Runnable addToBoth = () -> stm.atomic(tx -> {
            cells.add(tx, 0, 1);
            cells.add(tx, 1, 1);
        });
        Runnable writer = () -> {
            addToBoth.run();
            stm.atomic(tx -> {
                long one = cells.get(tx, 0);
                cells.setTag(tx, 0, 1);
                long other = cells.get(tx, 1);
                hold(one == other, () -> "seen in one transaction: " + one + " and " + other);
            });
        };
        int[] left = {0, LOSSES_BEFORE_ESCALATION, LOSSES_BEFORE_ESCALATION};
        Seam.Aborts aborts = step -> step.equals("begin") && left[me()]-- > 0;
        return new Story(
                List.of(writer, addToBoth, addToBoth), () -> cells.holdValues(3, 3), aborts);
    }

    /** Two threads change two cells, in opposite orders, after so many forced losses each. */
    private static Story pairOfPairs(Stm stm, SplittableRandom random, int... losses) {
        Cells cells = Cells.make(stm, 2);
        int rounds = random.nextInt(1, 3);
        int[] left = new int[2];
        Seam.Aborts aborts = step -> step.equals("begin") && left[me()]-- > 0;
        Runnable[] threads = new Runnable[2];
        for (int i = 0; i < 2; i++) {
            int me = i;
            threads[i] = () -> repeat(rounds, () -> {
                left[me] = losses[me];
                stm.atomic(tx -> {
                    cells.add(tx, me, 1);
                    cells.add(tx, 1 - me, 1);
                    cells.holdEqual(tx, 0, 1);
                });
            });
        }
        return new Story(
                List.of(threads), () -> cells.holdValues(2L * rounds, 2L * rounds), aborts);
    }

    /** The number of this thread in the run; the thread that prepares it counts as the first. */
    private static int me() {
        String name = Thread.currentThread().getName();
        return name.startsWith("thread ") ? Integer.parseInt(name.substring(7)) : 0;
    }
}
