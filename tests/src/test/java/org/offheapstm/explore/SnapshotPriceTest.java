package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;

/**
 * Goal: a commit pays one load for snapshots while there is none. Method: all its accesses to the
 * words that transactions share, seen at the seam.
 */
final class SnapshotPriceTest {
    private static final Isolation ENGINE = new Isolation(true, "");

    @AfterAll
    static void close() throws IOException {
        ENGINE.close();
    }

    @Test
    void commitWithoutASnapshotLoadsTheirCountOnce() {
        assertEquals(
                "READ CLOCK, READ CLOCK, READ WAITERS, READ LIVE", ENGINE.run(SnapshotPrice.class));
    }

    /** Or the trace is blind to the price. */
    @Test
    void commitBesideASnapshotPaysMore() {
        String seen = ENGINE.run(SnapshotPrice.class, "snapshot");
        assertTrue(seen.contains("READ a view"), seen);
    }
}
