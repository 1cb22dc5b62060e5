package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;

/**
 * Goal: a StackOverflowError inside the engine leaves each block whole or undone, no header locked,
 * no attempt running, wherever it strikes. Method: it is thrown at the seam, at each access in
 * turn.
 */
final class FullStackTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "staysFull",
                "escalated",
                "escalated,staysFull",
                "keeps",
                "keeps,staysFull",
                "reads",
                "reads,staysFull"
            })
    @Timeout(60)
    void blockIsWholeOrUndoneWhereverTheStackEnds(String how) throws IOException {
        try (Isolation engine = new Isolation(true, "")) {
            assertNull(engine.run(FullStack.class, how.split(",")));
        }
    }
}
