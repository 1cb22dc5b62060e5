package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.offheapstm.ArrayType;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;

/**
 * Goal: a reference of one engine is refused by another, though an object of the same type lies at
 * the same place there. Method: two engines that have done the same.
 */
final class ForeignReferenceTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);

    private static void assertRefused(Runnable use) {
        StaleReferenceException refused = assertThrows(StaleReferenceException.class, use::run);
        assertTrue(refused.getMessage().contains("in another engine"), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5_000, 50_000})
    void foreignReferenceIsRefusedWhereAnObjectOfItsTypeLies(int length) {
        try (Stm foreign = Stm.open(StmOptions.DEFAULT.withCapacityBytes(16L << 20))) {
            long cell = cell(1);
            long array = stm.atomicLong(tx -> tx.allocate(WORDS, length));
            long otherCell = foreign.atomicLong(tx -> tx.allocate(CELL));
            long otherArray = foreign.atomicLong(tx -> tx.allocate(WORDS, length));
            assertEquals(cell >>> 24, otherCell >>> 24, "not the same place");
            assertEquals(array >>> 24, otherArray >>> 24, "not the same place");

            assertRefused(() -> stm.readOnlyLong(tx -> tx.getLong(CELL, otherCell, 0)));
            assertRefused(() -> stm.atomic(tx -> tx.setLong(CELL, otherCell, 0, 2)));
            assertRefused(() -> stm.atomic(tx -> tx.addLong(CELL, otherCell, 0, 2)));
            assertRefused(() -> stm.atomic(tx -> tx.free(CELL, otherCell)));
            assertFalse(exists(CELL, otherCell));
            assertRefused(() -> stm.readOnlyLong(tx -> tx.length(WORDS, otherArray)));
            assertRefused(() -> stm.readOnlyLong(tx -> tx.getLong(WORDS, otherArray, 0, 0)));
            assertRefused(() -> stm.atomic(tx -> tx.setLong(WORDS, otherArray, 0, 0, 2)));
            assertRefused(() -> stm.atomic(tx -> tx.free(WORDS, otherArray)));
            assertFalse(exists(WORDS, otherArray));
            assertEquals(1, get(cell));
        }
    }
}
