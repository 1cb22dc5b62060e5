package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.offheapstm.AbortCause;
import org.offheapstm.Transaction;

import java.util.ArrayList;
import java.util.List;

/**
 * Goal: a conflict that only a nested block knows of runs that block alone again, from where it
 * began, and no other does. Method: blocks write down their starts; another thread changes what one
 * of them has read, and what it reads next, so that it must extend its snapshot.
 */
final class NestedConflictTest extends EngineTest {
    private final List<String> starts = new ArrayList<>();

    /** Reads a cell, lets another thread change it and a second one, once, and reads the second. */
    private long readStale(Transaction tx, String name, long a, long b) {
        starts.add(name);
        long value = tx.getLong(CELL, a, 0);
        if (starts.stream().filter(name::equals).count() == 1) {
            setElsewhere(a, 10);
            setElsewhere(b, 20);
        }
        return value + tx.getLong(CELL, b, 0);
    }

    @Test
    void onlyTheNestedBlockRunsAgain() {
        long outer = cell(1);
        long a = cell(1);
        long b = cell(2);
        long sum = cell(0);
        stm.atomic(tx -> {
            starts.add("outer");
            tx.setLong(CELL, outer, 0, tx.getLong(CELL, outer, 0) + 1);
            long seen = tx.nested(inner -> {
                inner.setLong(CELL, outer, 0, inner.getLong(CELL, outer, 0) + 100);
                return readStale(inner, "inner", a, b);
            });
            tx.setLong(CELL, sum, 0, seen);
        });
        assertEquals(List.of("outer", "inner", "inner"), starts);
        assertEquals(30, get(sum));
        assertEquals(102, get(outer), "undone once, done once");
        assertNoConflicts();
    }

    /** What a block with a very long read set leaves behind does not keep others from that. */
    @Test
    void onlyTheNestedBlockRunsAgainAfterAVeryLongBlock() {
        long a = cell(1);
        long b = cell(2);
        stm.atomic(tx -> {
            for (int i = 0; i < 600_000; i++) {
                tx.getLong(CELL, i % 2 == 0 ? a : b, 0);
            }
        });
        stm.atomic(tx -> {
            starts.add("outer");
            tx.getLong(CELL, cell(0), 0);
            tx.nested(inner -> readStale(inner, "inner", a, b));
        });
        assertEquals(List.of("outer", "inner", "inner"), starts);
    }

    @Test
    void innermostBlockWhoseSurroundingsAreValidRunsAgain() {
        long a = cell(1);
        long b = cell(2);
        stm.atomic(tx -> {
            starts.add("outer");
            tx.nested(middle -> {
                starts.add("middle");
                long value = middle.getLong(CELL, a, 0);
                return middle.nested(inner -> value + readStale(inner, "inner", a, b));
            });
        });
        assertEquals(List.of("outer", "middle", "inner", "middle", "inner"), starts);
        assertNoConflicts();
    }

    @Test
    void staleOuterBlockRunsAgainAsAWhole() {
        long a = cell(1);
        long b = cell(2);
        stm.atomic(tx -> {
            starts.add("outer");
            long value = tx.getLong(CELL, a, 0);
            tx.nested(inner -> value + readStale(inner, "inner", a, b));
        });
        assertEquals(List.of("outer", "inner", "outer", "inner"), starts);
        assertOneConflict(AbortCause.READ_CONFLICT);
    }

    @Test
    void whatTheOuterBlockWroteAndIsStaleRunsItAgain() {
        long a = cell(1);
        long b = cell(2);
        stm.atomic(tx -> {
            starts.add("outer");
            tx.setLong(CELL, a, 0, 5);
            tx.nested(inner -> readStale(inner, "inner", a, b));
        });
        assertEquals(List.of("outer", "inner", "outer", "inner"), starts);
        assertOneConflict(AbortCause.WRITE_CONFLICT);
    }

    @Test
    void writeOfTheNestedBlockThatIsStaleRunsItAgain() {
        long a = cell(1);
        long b = cell(2);
        stm.atomic(tx -> {
            starts.add("outer");
            tx.nested(inner -> {
                inner.setLong(CELL, a, 0, 5);
                return readStale(inner, "inner", a, b);
            });
        });
        assertEquals(List.of("outer", "inner", "inner"), starts);
        assertEquals(5, get(a));
        assertNoConflicts();
    }

    @Test
    void firstAlternativeRunsAgainAndNotTheSecond() {
        long a = cell(1);
        long b = cell(2);
        long seen =
                stm.atomicLong(tx -> tx.orElse(first -> readStale(first, "first", a, b), second -> {
                    starts.add("second");
                    return 0L;
                }));
        assertEquals(30, seen);
        assertEquals(List.of("first", "first"), starts);
    }

    @Test
    void hooksAndAllocationsOfTheFirstRunAreUndone() {
        long a = cell(1);
        long b = cell(2);
        List<String> done = new ArrayList<>();
        List<Long> made = new ArrayList<>();
        stm.atomic(tx -> {
            tx.nested(inner -> {
                made.add(inner.allocate(CELL));
                inner.afterCommit(() -> done.add("commit"));
                inner.afterRollback(() -> done.add("rollback"));
                return readStale(inner, "inner", a, b);
            });
        });
        assertEquals(List.of("rollback", "commit"), done);
        assertEquals(
                List.of(false, true),
                List.of(exists(CELL, made.get(0)), exists(CELL, made.get(1))));
    }

    @Test
    void blockThatIsAlwaysStaleEndsAsAConflictOfTheWhole() {
        long a = cell(1);
        long b = cell(2);
        stm.atomic(tx -> {
            starts.add("outer");
            tx.nested(inner -> {
                starts.add("inner");
                long value = inner.getLong(CELL, a, 0);
                if (tx.attempt() == 1) {
                    setElsewhere(a, value + 1);
                    setElsewhere(b, value + 1);
                }
                return inner.getLong(CELL, b, 0);
            });
        });
        assertEquals(2, starts.stream().filter("outer"::equals).count());
        assertEquals(9, starts.stream().filter("inner"::equals).count());
        assertOneConflict(AbortCause.READ_CONFLICT);
    }
}
