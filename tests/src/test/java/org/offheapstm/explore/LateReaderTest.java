package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;

/**
 * Goal: who reads a freed large array is told that it is stale, also if it stood still between two
 * loads for any time; never what is at its place now. Method: the reader is stopped at the seam,
 * at each access in turn, while somebody else makes use of all memory there is.
 */
final class LateReaderTest {
    private static String read(String without, String... schedule) throws IOException {
        try (Isolation engine = new Isolation(true, without)) {
            return engine.run(LateReader.class, schedule);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "afterHiding"})
    void freedArrayIsStaleWhereverItsReaderStands(String schedule) throws IOException {
        assertNull(read("", schedule));
    }

    @Test
    void placeUsedAgainBesideAReaderIsSeen() throws IOException {
        assertSeen(read("hiddenSpanQuiescence"));
    }

    @Test
    void placeThatKeepsItsRunEntryIsSeen() throws IOException {
        assertSeen(read("spanHiding", "afterHiding"));
    }

    private static void assertSeen(String told) {
        assertEquals("length=" + (1L << 50), told == null ? null : told.replaceFirst("^.*: ", ""));
    }
}
