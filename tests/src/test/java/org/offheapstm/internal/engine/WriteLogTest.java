package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.tests.Seed;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Goal: what was entered is found, what was cut off is not, however often. Method: a list as the
 * model, thousands of entries, cuts and clears in random order.
 */
final class WriteLogTest {
    private final Region region = new Region(512 * RunEntry.RUN_BYTES);
    private final WriteLog log = new WriteLog(region);

    @AfterEach
    void unmap() {
        region.unmap();
    }

    private int add(long object, int what) {
        log.reserve();
        return log.add(object, 3, 4, 5, 24, what);
    }

    @Test
    void entrySaysWhatWasEntered() {
        log.reserve();
        int entry = log.add(1_600, 0xFF_FFFFL, -7, 48, 1 << 13, WriteLog.MERGE);
        assertEquals(1_600, log.object(entry));
        assertEquals(-7, log.expected(entry));
        assertEquals(48, log.image(entry));
        assertEquals(1 << 13, log.bytes(entry));
        assertEquals(WriteLog.MERGE, log.what(entry));
        assertTrue(log.isGeneration(entry, 0xFF_FFFFL));
        assertEquals(1, log.merges());
        log.write(entry, 9, 96, 1 << 12);
        assertEquals(WriteLog.WRITE, log.what(entry));
        assertEquals(1 << 12, log.bytes(entry));
        assertEquals(0, log.merges());
        assertTrue(log.isGeneration(entry, 0xFF_FFFFL));
    }

    @Test
    void manyEntriesGrowTheLogAndItsIndex() {
        int many = 100_000;
        for (int i = 0; i < many; i++) {
            assertEquals(i, add(16L * i + 16, WriteLog.WRITE));
        }
        for (int i = 0; i < many; i++) {
            assertEquals(i, log.find(16L * i + 16));
            assertEquals(16L * i + 16, log.object(i));
            assertEquals(24, log.bytes(i));
        }
        assertEquals(-1, log.find(8));
        long used = region.usedBytes();
        log.clear();
        assertTrue(region.usedBytes() < used, "a slot keeps the log of its largest transaction");
        assertEquals(-1, log.find(16));
        assertEquals(0, add(16, WriteLog.WRITE));
        assertEquals(0, log.find(16));
    }

    @Test
    void countsFollowTheEntries() {
        int born = add(16, WriteLog.NEW);
        int merged = add(32, WriteLog.MERGE);
        add(48, WriteLog.WRITE);
        assertEquals(List.of(1, 0, 1), counts());
        log.become(born, WriteLog.DROPPED);
        assertEquals(List.of(0, 1, 1), counts());
        long tail = log.field(merged, 3);
        log.write(merged, 1, 1, 8);
        assertEquals(List.of(0, 1, 0), counts());
        log.restore(merged, 3, tail);
        assertEquals(List.of(0, 1, 1), counts());
        log.truncate(1);
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
                log.truncate(cut);
            } else if (choice == 1 && random.nextInt(10) == 0) {
                model.clear();
                log.clear();
            } else if (!model.contains(object)) {
                model.add(object);
                add(object, WriteLog.WRITE);
            }
            assertEquals(model.size(), log.count());
            assertEquals(model.indexOf(object), log.find(object), seed::toString);
            long filter = log.filter();
            assertTrue(model.stream().allMatch(o -> (filter >>> WriteLog.filterBit(o) & 1) != 0));
        }
    }

    @Test
    @Timeout(30)
    void entriesAddedAndCutForEver() {
        for (int i = 0; i < 100_000; i++) {
            add(16L * (1 + i % 5_000), WriteLog.WRITE);
            log.truncate(0);
            if (i % 1_000 == 0) {
                log.clear();
            }
        }
        assertEquals(-1, log.find(16));
    }
}
