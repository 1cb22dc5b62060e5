package org.offheapstm.explore;

import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Verification;
import org.offheapstm.engine.Elsewhere;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.memory.Seam;

/**
 * An object that is freed by another thread just before an attempt that cannot lose comes to own
 * it. Meant to be run in an {@link Isolation}.
 */
final class FreedBeforeOwned {
    private FreedBeforeOwned() {}

    /** Returns what was wrong, or null. */
    static String run(String... arguments) {
        Thread me = Thread.currentThread();
        try (Stm stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(8L << 20));
                Elsewhere other = new Elsewhere("other")) {
            Cells cells = Cells.make(stm, 2);
            long freed = cells.refs()[0];
            long header = Insides.of(stm).region().base() + Reference.offset(freed);
            int[] tries = {0};
            Seam.observe((access, address) -> {
                if (access == Seam.Access.UPDATE && address == header && tries[0]++ == 0) {
                    other.run(() -> stm.atomic(tx -> tx.free(Cells.CELL, freed)));
                }
            });
            Seam.forceAborts(step -> step.equals("begin") && Thread.currentThread() == me);
            String told = stm.atomicGet(tx -> {
                try {
                    return "read: " + cells.get(tx, 0);
                } catch (StaleReferenceException expected) {
                    cells.set(tx, 1, 1);
                    return null;
                }
            });
            Seam.observe(null);
            Seam.forceAborts(null);
            Verification found = stm.verify();
            return told != null
                    ? told
                    : tries[0] != 1 || stm.statistics().escalations() != 1
                            ? "tries=" + tries[0] + ", " + stm.statistics()
                            : found.isSound() ? null : found.toString();
        } finally {
            Seam.observe(null);
            Seam.forceAborts(null);
        }
    }
}
