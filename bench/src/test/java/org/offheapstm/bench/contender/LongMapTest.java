package org.offheapstm.bench.contender;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: every map holds its keys and takes new values. Method: one thread, all keys. */
final class LongMapTest {
    private static final int KEYS = 1 << 10;

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {
                "CAS",
                "STRUCT_HANDLE",
                "STRUCT_VIEW",
                "STM_BY_LOCKS",
                "STM_IN_HARDWARE",
                "STM_REFUSED",
                "STM_PREFETCHING"
            })
    void eachKeyHasTheValueThatWasPutLast(Contender contender) {
        try (LongMap map = contender.map(KEYS)) {
            LongMap.Actor actor = map.actor();
            for (long key = 0; key < KEYS; key++) {
                assertEquals(Words.INITIAL, actor.get(key), () -> "before any put");
                actor.put(key, key);
                actor.put(key, -key);
            }
            LongMap.Actor other = map.actor();
            for (long key = 0; key < KEYS; key++) {
                assertEquals(-key, other.get(key));
            }
        }
    }
}
