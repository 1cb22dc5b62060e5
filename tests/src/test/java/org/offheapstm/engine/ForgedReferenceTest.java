package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.tests.Seed;

import java.util.Random;

/**
 * Goal: a number that was never handed out as a reference names nothing. Method: random numbers,
 * real references with a bit flipped or moved by units and runs, and those of another engine.
 */
final class ForgedReferenceTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);
    private static final ObjectType ODD = ObjectType.of("Odd", 40);

    /**
     * Random references, and the real ones with bits flipped, are refused, or name the one object
     * that has exactly this reference.
     */
    @Test
    void forgedReferencesNameNothing() {
        Seed seed = Seed.of(ForgedReferenceTest.class);
        Random random = new Random(seed.value());
        long[] real = {
            cell(1),
            stm.atomicLong(tx -> tx.allocate(WORDS, 3)),
            stm.atomicLong(tx -> tx.allocate(ODD)),
            0
        };
        real[3] = stm.atomicLong(tx -> tx.allocate(WORDS, 20_000));
        for (int i = 0; i < 30_000; i++) {
            long forged = forge(random, real);
            boolean isReal = forged == real[0]
                    || forged == real[1]
                    || forged == real[2]
                    || forged == real[3];
            boolean found = stm.readOnlyLong(tx -> (tx.exists(CELL, forged) ? 1 : 0)
                            + (tx.exists(WORDS, forged) ? 1 : 0)
                            + (tx.exists(ODD, forged) ? 1 : 0))
                    != 0;
            assertEquals(isReal, found, () -> "ref=" + Long.toHexString(forged) + " " + seed);
            if (!isReal && i % 8 == 0) {
                assertThrows(
                        StaleReferenceException.class,
                        () -> stm.readOnlyLong(tx -> tx.getLong(ODD, forged, 32)));
            }
        }
    }

    private static long forge(Random random, long[] real) {
        long ref = real[random.nextInt(real.length)];
        return switch (random.nextInt(5)) {
            case 0 -> random.nextLong();
            case 1 -> ref ^ 1L << random.nextInt(64);
            case 2 -> ref + ((long) random.nextInt(9_000) - 4_500 << 24); // another unit
            case 3 -> ref + ((long) random.nextInt(40) - 20 << 36); // another run
            default -> (long) random.nextInt(1 << 16) << 24 | random.nextInt(4);
        };
    }

    @Test
    void referenceOfAnotherEngineNamesNothingOfAnotherType() {
        try (Stm second = Stm.open(options())) {
            long odd = second.atomicLong(tx -> tx.allocate(ODD));
            assertThrows(
                    StaleReferenceException.class,
                    () -> stm.atomicLong(tx -> tx.getLong(ODD, odd, 0)));
            assertFalse(exists(ODD, odd));
        }
    }
}
