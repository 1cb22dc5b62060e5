package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;

/**
 * Goal: a snapshot or a collection whose closing an Error strikes is closed by a second call, by
 * the next block, or by the next collection: nothing stays registered or kept, nobody keeps the
 * turn to collect. Method: the seam throws, at each access in turn.
 */
final class StruckCloseTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "runs",
                "runs,staysFull",
                "snapshot",
                "snapshot,staysFull",
                "lastReader",
                "lastReader,staysFull",
                "comparison",
                "comparison,staysFull",
                "collector",
                "collector,staysFull",
                "steps",
                "steps,staysFull",
                "collect",
                "collect,staysFull",
                "collectElsewhere",
                "collectElsewhere,staysFull"
            })
    @Timeout(60)
    void closingIsFinishedWhereverAnErrorStrikes(String how) throws IOException {
        try (Isolation engine = new Isolation(true, "")) {
            assertNull(engine.run(StruckClose.class, how.split(",")));
        }
    }

    /** Goal: its view, which the next may have, is not given back again. Method: as there. */
    @Test
    @Timeout(60)
    void snapshotThatTwoCloseIsGivenBackOnce() throws IOException {
        try (Isolation engine = new Isolation(true, "")) {
            assertNull(engine.run(StruckClose.class, "snapshot", "byTwo"));
        }
    }
}
