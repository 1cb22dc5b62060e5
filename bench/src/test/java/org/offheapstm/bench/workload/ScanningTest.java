package org.offheapstm.bench.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.offheapstm.bench.contender.Contender;
import org.offheapstm.bench.contender.Words;

/** Goal: a scan is over all objects, and sees all of the writer's updates. */
final class ScanningTest {
    @ParameterizedTest
    @EnumSource(
            value = Contender.class,
            names = {"PLAIN", "GLOBAL_LOCK", "STAMPED_LOCK", "SCALA_STM", "OFFHEAP_STM"})
    void bothReadersSumUpWhatTheWriterHasWritten(Contender contender) {
        try (Scanning scanning = new Scanning(contender)) {
            long before = 100_000 * Words.INITIAL;
            assertEquals(3 * before, scanning.scanner().run(3));
            assertEquals(3 * before, scanning.unsynchronised().run(3));
            scanning.writer().run(1_000);
            assertEquals(before + 1_000, scanning.scanner().run(1));
            assertEquals(before + 1_000, scanning.unsynchronised().run(1));
        }
    }
}
