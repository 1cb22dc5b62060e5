package org.offheapstm.explore;

import static org.offheapstm.explore.Story.hold;

import org.offheapstm.ObjectType;
import org.offheapstm.Stm;
import org.offheapstm.Transaction;

import java.util.Arrays;

/** Objects of two words, the material of the scenarios. */
record Cells(Stm stm, long[] refs) {
    static final ObjectType CELL = ObjectType.of("cell", 16);
    private static final int TAG = 8;

    static Cells make(Stm stm, int count) {
        return new Cells(stm, stm.atomicGet(tx -> {
            long[] refs = new long[count];
            for (int i = 0; i < count; i++) {
                refs[i] = tx.allocate(CELL);
            }
            return refs;
        }));
    }

    long get(Transaction tx, int cell) {
        return tx.getLong(CELL, refs[cell], 0);
    }

    void set(Transaction tx, int cell, long value) {
        tx.setLong(CELL, refs[cell], 0, value);
    }

    void add(Transaction tx, int cell, long delta) {
        set(tx, cell, get(tx, cell) + delta);
    }

    /** The other word of a cell. */
    long tag(Transaction tx, int cell) {
        return tx.getLong(CELL, refs[cell], TAG);
    }

    void setTag(Transaction tx, int cell, long value) {
        tx.setLong(CELL, refs[cell], TAG, value);
    }

    void holdEqual(Transaction tx, int one, int other) {
        long a = get(tx, one);
        long b = get(tx, other);
        hold(a == b, () -> "seen in one transaction: " + a + " and " + b);
    }

    long[] values() {
        return stm.readOnlyGet(tx -> {
            long[] values = new long[refs.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = get(tx, i);
            }
            return values;
        });
    }

    void holdValues(long... expected) {
        long[] found = values();
        hold(
                Arrays.equals(expected, found),
                () -> "expected " + Arrays.toString(expected) + ", found "
                        + Arrays.toString(found));
    }
}
