package org.offheapstm.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Goal: hints are found in both ways of a set, and kept when the sets double. */
final class HintsTest {
    private static final long SET = 1L << BytesKey.LENGTH_BITS;

    private final Hints hints = new Hints(null);

    @Test
    void bothWaysOfASetAreFound() {
        hints.put(5 * SET, 1);
        hints.put(5 * SET + Hints.FIRST_SETS * SET, 2);
        assertEquals(1, hints.get(5 * SET));
        assertEquals(2, hints.get(5 * SET + Hints.FIRST_SETS * SET));
        assertEquals(0, hints.get(5 * SET + 2 * Hints.FIRST_SETS * SET));
        assertEquals(0, hints.get(6 * SET));
    }

    @Test
    void hintIsReplacedInItsPlace() {
        hints.put(7 * SET, 1);
        hints.put(7 * SET + Hints.FIRST_SETS * SET, 2);
        hints.put(7 * SET, 3);
        hints.put(7 * SET + Hints.FIRST_SETS * SET, 4);
        assertEquals(3, hints.get(7 * SET));
        assertEquals(4, hints.get(7 * SET + Hints.FIRST_SETS * SET));
    }

    /** All ways of all sets are taken, then one set alone is asked for more until they double. */
    @Test
    void hintsAreKeptWhenTheSetsDouble() {
        for (int way = 0; way < 2; way++) {
            for (int set = 0; set < Hints.FIRST_SETS; set++) {
                hints.put(code(set, way), hint(set, way));
            }
        }
        int last = 2;
        for (; last < 2 + 2 * Hints.FIRST_SETS; last++) {
            hints.put(code(0, last), hint(0, last));
        }
        assertEquals(hint(0, last - 1), hints.get(code(0, last - 1)));
        for (int way = 0; way < 2; way++) {
            for (int set = 1; set < Hints.FIRST_SETS; set++) {
                assertEquals(hint(set, way), hints.get(code(set, way)));
            }
        }
        for (int way = 2; way < 4; way++) { // There is room for two more now.
            hints.put(code(1, way), hint(1, way));
        }
        for (int way = 0; way < 4; way++) {
            assertEquals(hint(1, way), hints.get(code(1, way)));
        }
    }

    private static long code(int set, int way) {
        return (set + (long) way * Hints.FIRST_SETS) * SET;
    }

    private static long hint(int set, int way) {
        return 1 + set + 1_000L * way;
    }
}
