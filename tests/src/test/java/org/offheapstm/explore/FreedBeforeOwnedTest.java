package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

import java.io.IOException;

/**
 * Goal: an attempt that cannot lose leaves alone what was freed between its look and its hold.
 * Method: the other thread is let in at just that access, seen at the seam.
 */
final class FreedBeforeOwnedTest {
    @Test
    void objectFreedBeforeItIsOwnedStaysFreed() throws IOException {
        try (Isolation engine = new Isolation(true, "")) {
            assertNull(engine.run(FreedBeforeOwned.class));
        }
    }
}
