package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;

/**
 * Goal: who loses his processor while he opens a snapshot makes nobody pass the limit, and opens it
 * all the same, as of a later moment.
 */
final class EndedEntryTest {
    private static final Isolation ENGINE = new Isolation(true, "");

    /** A slot is taken, a view claimed and announced, a mark, a count; pending; the tick; S. */
    private static final int LEAST_STORES = 8;

    private static final int MOST_STORES = 20;

    @AfterAll
    static void close() throws IOException {
        ENGINE.close();
    }

    @Test
    void writersKeepToTheLimit() {
        String found = null;
        int stores = 0;
        while (found == null && stores < MOST_STORES) {
            found = interruptedAt(stores + 1);
            stores += found == null ? 1 : 0;
        }
        assertEquals("open", found, "after store " + stores);
        assertTrue(stores >= LEAST_STORES, "stores " + stores);
    }

    private static String interruptedAt(int store) {
        return ENGINE.run(EndedEntry.class, Integer.toString(store));
    }
}
