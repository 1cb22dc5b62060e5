package org.offheapstm.explore;

import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.memory.Seam;

import java.util.Arrays;
import java.util.StringJoiner;

/**
 * What a prefetch accesses, in order, seen at the seam. Meant to be run in an {@link Isolation}.
 */
final class PrefetchTrace {
    private static final int CELLS = 4;

    private PrefetchTrace() {}

    /**
     * Traces a prefetch of some cells with references to nothing between them.
     *
     * @return the accesses; those to headers by the number of the cell
     */
    static String run(String... arguments) {
        try (Stm stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(8L << 20))) {
            Insides insides = Insides.of(stm);
            long[] cells = Cells.make(stm, CELLS).refs();
            long[] refs = {cells[0], -1, cells[1], cells[2], Long.MIN_VALUE, cells[3]};
            StringJoiner seen = new StringJoiner(", ");
            stm.atomic(tx -> {
                Seam.observe((access, address) ->
                        seen.add(access + " " + name(insides, cells, address)));
                tx.prefetch(refs, 1, 4);
                Seam.observe(null);
            });
            return seen.toString();
        }
    }

    private static String name(Insides insides, long[] cells, long address) {
        long offset = address - insides.region().base();
        int cell = Arrays.stream(cells).map(Reference::offset).boxed().toList().indexOf(offset);
        return cell < 0 ? "something else, at " + offset : "header " + cell;
    }
}
