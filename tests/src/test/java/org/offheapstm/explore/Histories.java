package org.offheapstm.explore;

import static org.offheapstm.explore.Cells.CELL;
import static org.offheapstm.explore.Story.hold;

import org.offheapstm.Merge;
import org.offheapstm.Stm;
import org.offheapstm.Transaction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random transactions, and the question whether what they saw and left can come from running them
 * one after the other: in some order that keeps those that did not overlap as they were.
 */
final class Histories {
    private static final int CELLS = 3;

    private enum Kind {
        READ,
        WRITE,
        ADD,
        MERGE
    }

    private record Operation(Kind kind, int cell, long value) {}

    /** A transaction: what it does, what it read in the attempt that committed, and when. */
    private static final class Entry {
        final List<Operation> operations = new ArrayList<>();
        final long[] seen;
        int began;
        int ended;

        Entry(SplittableRandom random, long salt) {
            int count = random.nextInt(1, 5);
            for (int i = 0; i < count; i++) {
                Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
                operations.add(new Operation(kind, random.nextInt(CELLS), salt << i));
            }
            seen = new long[count];
        }

        void run(Cells cells, Transaction tx) {
            for (int i = 0; i < seen.length; i++) {
                Operation each = operations.get(i);
                seen[i] = switch (each.kind) {
                    case READ -> cells.get(tx, each.cell);
                    case WRITE -> {
                        cells.set(tx, each.cell, each.value);
                        yield 0;
                    }
                    case ADD -> {
                        cells.add(tx, each.cell, each.value);
                        yield 0;
                    }
                    case MERGE -> {
                        tx.merge(CELL, cells.refs()[each.cell], 0, Merge.ADD_LONG, each.value);
                        yield 0;
                    }
                };
            }
        }

        /** Whether it would have seen the same in this state, which it then changes. */
        boolean matches(long[] state) {
            for (int i = 0; i < seen.length; i++) {
                Operation each = operations.get(i);
                switch (each.kind) {
                    case READ -> {
                        if (state[each.cell] != seen[i]) {
                            return false;
                        }
                    }
                    case WRITE -> state[each.cell] = each.value;
                    case ADD, MERGE -> state[each.cell] += each.value;
                }
            }
            return true;
        }

        @Override
        public String toString() {
            return operations + " saw " + Arrays.toString(seen) + " in " + began + ".." + ended;
        }
    }

    private Histories() {}

    /** As {@link #serial}, with aborts forced at random; often enough that some escalate. */
    static Story serialWithAborts(Stm stm, SplittableRandom random) {
        Story story = serial(stm, random);
        int of = random.nextInt(1, 5);
        SplittableRandom coin = random.split();
        return new Story(
                story.threads(), story.afterwards(), step -> me() && coin.nextInt(of + 1) == 0);
    }

    private static boolean me() {
        return Thread.currentThread().getName().startsWith("thread");
    }

    static Story serial(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, CELLS);
        List<Entry> all = new ArrayList<>();
        List<Runnable> threads = new ArrayList<>();
        int[] time = new int[1]; // One thread runs at a time.
        for (int thread = random.nextInt(2, 4); thread > 0; thread--) {
            List<Entry> own = new ArrayList<>();
            for (int count = random.nextInt(1, 3); count > 0; count--) {
                own.add(new Entry(random, 1L << 5 * all.size()));
                all.add(own.getLast());
            }
            threads.add(() -> own.forEach(entry -> {
                entry.began = time[0]++;
                stm.atomic(tx -> entry.run(cells, tx));
                entry.ended = time[0]++;
            }));
        }
        return new Story(threads, () -> {
            long[] found = cells.values();
            hold(
                    isSerial(all, new boolean[all.size()], 0, new long[CELLS], found),
                    "no order of " + all + " leaves " + Arrays.toString(found));
        });
    }

    private static boolean isSerial(
            List<Entry> all, boolean[] placed, int count, long[] state, long[] end) {
        if (count == all.size()) {
            return Arrays.equals(state, end);
        }
        for (int i = 0; i < placed.length; i++) {
            Entry entry = all.get(i);
            if (!placed[i] && mayBeNext(all, placed, entry)) {
                long[] after = state.clone();
                placed[i] = true;
                if (entry.matches(after) && isSerial(all, placed, count + 1, after, end)) {
                    return true;
                }
                placed[i] = false;
            }
        }
        return false;
    }

    private static boolean mayBeNext(List<Entry> all, boolean[] placed, Entry entry) {
        for (int i = 0; i < placed.length; i++) {
            if (!placed[i] && all.get(i).ended < entry.began) {
                return false;
            }
        }
        return true;
    }
}
