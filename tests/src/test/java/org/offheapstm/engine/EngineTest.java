package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.offheapstm.AbortCause;
import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.StmType;

import java.util.ArrayList;
import java.util.List;

/** A fresh engine for each test, two other threads, and cells of one and of three words. */
abstract class EngineTest {
    static final ObjectType CELL = ObjectType.of("Cell", 8);
    static final ObjectType TRIPLE = ObjectType.of("Triple", 24);

    Stm stm;
    final Elsewhere other = new Elsewhere("other");
    final Elsewhere third = new Elsewhere("third");

    @BeforeEach
    void open() {
        stm = Stm.open(options());
    }

    /** The options of the engine. */
    StmOptions options() {
        return StmOptions.DEFAULT.withCapacityBytes(64L << 20).withMaxRunning(16);
    }

    @AfterEach
    void close() {
        other.close();
        third.close();
        stm.close();
    }

    long cell(long value) {
        return stm.atomicLong(tx -> {
            long made = tx.allocate(CELL);
            tx.setLong(CELL, made, 0, value);
            return made;
        });
    }

    /** Many cells, made together; each has its number as its value. */
    List<Long> cells(int count) {
        return stm.atomicGet(tx -> {
            List<Long> made = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                made.add(tx.allocate(CELL));
                tx.setLong(CELL, made.get(i), 0, i);
            }
            return made;
        });
    }

    /** An array, with a value in its last element. */
    long array(ArrayType type, long length, long value) {
        return stm.atomicLong(tx -> {
            long made = tx.allocate(type, length);
            if (length != 0) {
                tx.setLong(type, made, length - 1, 0, value);
            }
            return made;
        });
    }

    long get(long cell) {
        return stm.atomicLong(tx -> tx.getLong(CELL, cell, 0));
    }

    void set(long cell, long value) {
        stm.atomic(tx -> tx.setLong(CELL, cell, 0, value));
    }

    /** Sets a cell in a transaction of another thread, now. */
    void setElsewhere(long cell, long value) {
        other.run(() -> set(cell, value));
    }

    /** Reads a cell in a transaction of another thread, now. */
    long getElsewhere(long cell) {
        return other.get(() -> get(cell));
    }

    boolean exists(StmType type, long ref) {
        return stm.readOnlyLong(tx -> tx.exists(type, ref) ? 1 : 0) == 1;
    }

    long aborts(AbortCause cause) {
        return stm.statistics().aborts().get(cause);
    }

    void assertNoConflicts() {
        assertEquals(0, stm.statistics().conflicts(), () -> "aborts: " + stm.statistics());
    }

    void assertOneConflict(AbortCause cause) {
        assertEquals(1, aborts(cause), () -> "aborts: " + stm.statistics());
        assertEquals(1, stm.statistics().conflicts(), () -> "aborts: " + stm.statistics());
    }
}
