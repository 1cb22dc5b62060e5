package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.offheapstm.Collector;
import org.offheapstm.MisuseException;

/** Goal: a collection that is used wrongly says so, and goes on. Method: each misuse, by hand. */
final class CollectorMisuseTest extends EngineTest {
    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void stepOfNothingIsRefused(int words) {
        try (Collector collector = stm.collector()) {
            assertThrows(IllegalArgumentException.class, () -> collector.step(words));
            assertFalse(collector.step(1));
        }
    }

    @Test
    void secondCollectionIsRefusedWhileOneGoesOn() {
        try (Collector collector = stm.collector()) {
            assertThrows(MisuseException.class, stm::collector);
            assertFalse(collector.step(1));
        }
        stm.collector().close();
    }
}
