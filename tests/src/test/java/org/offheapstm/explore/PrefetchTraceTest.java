package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;

/** Goal: a prefetch loads the headers that it was asked for, and nothing else. */
final class PrefetchTraceTest {
    private static final Isolation ENGINE = new Isolation(true, "");

    @AfterAll
    static void close() throws IOException {
        ENGINE.close();
    }

    @Test
    void headersOfTheRangeAreLoadedOnce() {
        assertEquals("READ header 1, READ header 2", ENGINE.run(PrefetchTrace.class));
    }
}
