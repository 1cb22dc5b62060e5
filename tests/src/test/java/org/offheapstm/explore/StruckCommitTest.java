package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;

/**
 * Goal: a commit that an Error of the machine strikes takes place as a whole or not at all, and not
 * twice (in the model redoAddend). Method: the seam throws, at each access in turn.
 */
final class StruckCommitTest {
    @ParameterizedTest
    @ValueSource(strings = {"write", "merge"})
    void struckCommitIsWholeOrAbsent(String kind) throws IOException {
        try (Isolation engine = new Isolation(true, "")) {
            assertNull(engine.run(StruckCommit.class, kind));
        }
    }
}
