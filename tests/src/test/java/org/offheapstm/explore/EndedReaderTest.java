package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;

/**
 * Goal: a reader of a snapshot that was ended is told so, also if it stood still between two loads
 * for any time; never what is at the place of a before-image now. Method: the reader is stopped at
 * the seam, at each access in turn, while somebody else gets all back and writes over it.
 */
final class EndedReaderTest {
    private static String read(String without, String what) throws IOException {
        try (Isolation engine = new Isolation(true, without)) {
            return engine.run(EndedReader.class, what);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"object", "array"})
    void endedSnapshotIsToldWhereverItsReaderStands(String what) throws IOException {
        assertNull(read("", what));
    }

    @Test
    void imageWrittenOverIsSeen() throws IOException {
        assertSeen(read("endedCheck", "object"));
    }

    @Test
    void placeOfAnArrayUsedAgainIsSeen() throws IOException {
        assertSeen(read("stripeHeadRecheck", "array"));
    }

    private static void assertSeen(String told) {
        assertNotNull(told);
        assertTrue(told.startsWith("at access"), told);
    }
}
