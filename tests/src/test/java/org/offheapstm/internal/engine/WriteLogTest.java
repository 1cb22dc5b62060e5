package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.offheapstm.RegionFullException;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.tests.Seed;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Goal: what was entered is found, what was cut off is not, however often. Method: a list as the
 * model, thousands of entries, cuts and clears in random order.
 */
final class WriteLogTest {
    /** So many that there is an index, and so few that it need not grow. */
    private static final int FEW = 100;

    private final Region region = new Region(512 * RunEntry.RUN_BYTES);
    private final WriteLog log = new WriteLog(region);

    @AfterEach
    void unmap() {
        region.unmap();
    }

    private long add(long object, int what) {
        log.reserve();
        return log.add(Reference.of(object, 3), 4, 5, 24, what);
    }

    @Test
    void entrySaysWhatWasEntered() {
        log.reserve();
        long entry = log.add(Reference.of(1_600, 0xFF_FFFFL), -7, 48, 1 << 13, LogEntry.MERGE);
        assertEquals(1_600, LogEntry.object(entry));
        assertEquals(-7, LogEntry.expected(entry));
        assertEquals(48, LogEntry.image(entry));
        assertEquals(1 << 13, LogEntry.bytes(entry));
        assertEquals(LogEntry.MERGE, LogEntry.what(entry));
        assertTrue(LogEntry.isGeneration(entry, 0xFF_FFFFL));
        assertEquals(1, log.merges());
        log.write(entry, 9, 96, 1 << 12);
        assertEquals(LogEntry.WRITE, LogEntry.what(entry));
        assertEquals(1_600, LogEntry.object(entry));
        assertEquals(9, LogEntry.expected(entry));
        assertEquals(96, LogEntry.image(entry));
        assertEquals(1 << 12, LogEntry.bytes(entry));
        assertEquals(0, log.merges());
        assertTrue(LogEntry.isGeneration(entry, 0xFF_FFFFL));
    }

    @Test
    void manyEntriesGrowTheLogAndItsIndex() {
        int many = 100_000;
        for (int i = 0; i < many; i++) {
            assertEquals(i, log.numberOf(add(16L * i + 16, LogEntry.WRITE)));
        }
        for (int i = 0; i < many; i++) {
            long entry = log.entry(i);
            assertEquals(entry, log.find(16L * i + 16));
            assertEquals(16L * i + 16, LogEntry.object(entry));
            assertEquals(24, LogEntry.bytes(entry));
        }
        assertEquals(LogEntry.NONE, log.find(8));
        long used = region.usedBytes();
        log.clear();
        assertTrue(region.usedBytes() < used, "a slot keeps the log of its largest transaction");
        assertEquals(LogEntry.NONE, log.find(16));
        assertEquals(add(16, LogEntry.WRITE), log.find(16));
        assertEquals(1, log.count());
    }

    @Test
    void moreEntriesThanTheLimitAreRefusedWithTheLimit() {
        int limit = (int) (4 * RunEntry.RUN_BYTES / LogEntry.BYTES);
        WriteLog limited = new WriteLog(region, limit);
        for (int i = 1; i <= limit; i++) {
            limited.reserve();
            limited.add(Reference.of(16L * i, 3), 4, 5, 24, LogEntry.WRITE);
        }
        RegionFullException refused =
                assertThrows(RegionFullException.class, () -> limited.reserve());
        assertTrue(refused.getMessage().contains("limit=" + limit), refused.getMessage());
        assertEquals(limited.entry(limit - 1), limited.find(16L * limit));
        limited.clear();
        limited.reserve();
    }

    @Test
    void countsFollowTheEntries() {
        long born = add(16, LogEntry.NEW);
        long merged = add(32, LogEntry.MERGE);
        add(48, LogEntry.WRITE);
        assertEquals(List.of(1, 0, 1), counts());
        log.become(born, LogEntry.DROPPED);
        assertEquals(List.of(0, 1, 1), counts());
        long tail = LogEntry.field(merged, 2);
        log.write(merged, 1, 1, 8);
        assertEquals(List.of(0, 1, 0), counts());
        log.restore(merged, 2, tail);
        assertEquals(List.of(0, 1, 1), counts());
        log.truncate(log.entry(1));
        assertEquals(List.of(0, 1, 0), counts());
        log.clear();
        assertEquals(List.of(0, 0, 0), counts());
    }

    private List<Integer> counts() {
        return List.of(log.births(), log.deaths(), log.merges());
    }

    @Test
    @Timeout(30)
    void randomCutsAgainstAModel() {
        Seed seed = Seed.of(WriteLogTest.class);
        Random random = new Random(seed.value());
        List<Long> model = new ArrayList<>();
        for (int step = 0; step < 200_000; step++) {
            long object = 16L * (1 + random.nextInt(400));
            int choice = random.nextInt(20);
            if (choice == 0) {
                int cut = random.nextInt(model.size() + 1);
                model.subList(cut, model.size()).clear();
                log.truncate(log.entry(cut));
            } else if (choice == 1 && random.nextInt(10) == 0) {
                model.clear();
                log.clear();
            } else if (!model.contains(object)) {
                model.add(object);
                add(object, LogEntry.WRITE);
            }
            assertEquals(model.size(), log.count());
            int expected = model.indexOf(object);
            long found = expected < 0 ? LogEntry.NONE : log.entry(expected);
            assertEquals(found, log.find(object), seed::toString);
            assertTrue(model.stream().allMatch(log::mayHave), seed::toString);
        }
    }

    /** After 2^32 clears the stamps begin again: cells that have one of old must not count. */
    @Test
    void stampsThatBeginAgainFindNothingOfOld() throws ReflectiveOperationException {
        Field stamp = WriteLog.class.getDeclaredField("stamp");
        stamp.setAccessible(true);
        int first = stamp.getInt(log);
        addAll(1);
        stamp.setInt(log, -1);
        log.clear();
        assertEquals(first, stamp.getInt(log), "it begins again");
        addAll(1 + FEW);
        assertTrue(
                IntStream.rangeClosed(1, FEW).anyMatch(i -> !log.mayHave(16L * i)),
                "all cells of old count");
        for (int i = 1; i <= FEW; i++) {
            assertEquals(LogEntry.NONE, log.find(16L * i));
            assertEquals(log.entry(i - 1), log.find(16L * (FEW + i)));
        }
    }

    private void addAll(int from) {
        for (int i = from; i < from + FEW; i++) {
            add(16L * i, LogEntry.WRITE);
        }
    }

    @Test
    @Timeout(30)
    void entriesAddedAndCutForEver() {
        for (int i = 0; i < 100_000; i++) {
            add(16L * (1 + i % 5_000), LogEntry.WRITE);
            log.truncate(log.first());
            if (i % 1_000 == 0) {
                log.clear();
            }
        }
        assertEquals(LogEntry.NONE, log.find(16));
    }
}
