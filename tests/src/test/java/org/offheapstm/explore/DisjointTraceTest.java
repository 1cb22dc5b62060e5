package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;

/**
 * Goal: commits of disjoint transactions write no word in common, so they scale; after warm-up,
 * each writes its slot, the areas of its slot, and its objects. Method: all writes of 1,000 commits
 * of two threads, seen at the seam.
 */
final class DisjointTraceTest {
    private static final Isolation ENGINE = new Isolation(true, "");

    @AfterAll
    static void close() throws IOException {
        ENGINE.close();
    }

    @Test
    void disjointCommitsWriteNothingInCommon() {
        assertNull(ENGINE.run(DisjointTrace.class));
    }

    @Test
    void oneObjectInCommonIsNamed() {
        String found = ENGINE.run(DisjointTrace.class, "share");
        assertNotNull(found);
        assertTrue(found.startsWith("both wrote "), found);
    }
}
