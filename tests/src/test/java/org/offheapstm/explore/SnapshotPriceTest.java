package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;

/**
 * Goal: a commit pays one load for snapshots while there is none, and while there are, one look at
 * their views per version. Method: all its accesses to the
 * words that transactions share, seen at the seam.
 */
final class SnapshotPriceTest {
    private static final Isolation ENGINE = new Isolation(true, "");
    private static final String CHEAP = "READ CLOCK, READ CLOCK, READ WAITERS, READ LIVE";

    @AfterAll
    static void close() throws IOException {
        ENGINE.close();
    }

    @Test
    void commitWithoutASnapshotLoadsTheirCountOnce() {
        assertEquals(CHEAP, ENGINE.run(SnapshotPrice.class));
    }

    /** Or the trace is blind to the price. */
    @Test
    void firstCommitAfterASnapshotLooksAtTheViews() {
        String seen = ENGINE.run(SnapshotPrice.class, "0");
        assertTrue(seen.contains("READ a view"), seen);
    }

    @Test
    void laterCommitsOfTheSameVersionDoNot() {
        assertEquals(CHEAP, ENGINE.run(SnapshotPrice.class, "50"));
    }
}
