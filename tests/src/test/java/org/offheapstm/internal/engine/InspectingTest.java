package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Verification;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.memory.Memory;

/** A small region, and what verify says of it while one word in it is another. */
abstract class InspectingTest {
    static final ObjectType CELL = ObjectType.of("Cell", 8);
    static final ArrayType WORDS = ArrayType.of("Words", 8);

    Engine engine;
    long base;

    @BeforeEach
    void open() {
        engine = (Engine) Stm.open(StmOptions.DEFAULT.withCapacityBytes(4L << 20));
        base = engine.region.base();
    }

    @AfterEach
    void close() {
        engine.close();
    }

    long cell() {
        return engine.atomicLong(tx -> tx.allocate(CELL));
    }

    void free(long cell) {
        engine.atomic(tx -> tx.free(CELL, cell));
    }

    long header(long ref) {
        return base + Reference.offset(ref);
    }

    void assertFound(String kind) {
        Verification found = engine.verify();
        assertFalse(found.isSound(), found::toString);
        assertTrue(
                found.faults().stream().anyMatch(fault -> fault.contains(kind)),
                () -> kind + " is not in " + found);
        assertTrue(found.toString().contains("fault: " + found.faults().getFirst()));
    }

    /** What verify says while a word is another. */
    void assertFound(String kind, long address, long damaged) {
        long good = Memory.get(address);
        Memory.set(address, damaged);
        try {
            assertFound(kind);
        } finally {
            Memory.set(address, good);
        }
        assertSound();
    }

    Verification assertSound() {
        Verification found = engine.verify();
        assertTrue(found.isSound(), found::toString);
        assertTrue(found.wasQuiet());
        return found;
    }
}
