package org.offheapstm.internal.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.StmOptions;

import java.util.Random;

/**
 * Goal: every word says what its diagram says. Method: masks bit by bit, block starts for every
 * size and place, references over the corners of their ranges and at random.
 */
final class LayoutTest {
    private static final long MAX_VERSION = Header.VERSION_MASK >>> Header.VERSION_SHIFT;
    private static final int MAX_SLOT = (int) Header.SLOT_MASK;

    @Test
    void fieldsOfAHeaderAreDisjointAndFillIt() {
        long[] fields = {
            Header.LOCK, Header.OWNED, Header.FREED, Header.VERSION_MASK, Header.SLOT_MASK
        };
        long all = 0;
        for (long field : fields) {
            assertEquals(0, all & field);
            all |= field;
        }
        assertEquals(-1L, all);
    }

    @Test
    void cleanWordsCompareByVersion() {
        for (long version : new long[] {0, 1, 2, 1_000_000, MAX_VERSION - 1}) {
            for (int slot : new int[] {0, 1, MAX_SLOT}) {
                long word = Header.clean(version, slot);
                assertEquals(version, Header.version(word));
                assertEquals(slot, Header.slot(word));
                assertFalse(Header.isOlder(word, Header.bound(version)));
                assertTrue(Header.isOlder(word, Header.bound(version + 1)));
                assertEquals(Header.bound(version) | slot, word);
            }
        }
    }

    @Test
    void exceptionalWordsAreNeverOlder() {
        for (long version : new long[] {0, 1, MAX_VERSION}) {
            long word = Header.clean(version, 5);
            long[] exceptional = {
                Header.locked(word, 7),
                Header.owned(word, 7),
                word | Header.FREED,
                Header.locked(word | Header.FREED, 7)
            };
            for (long each : exceptional) {
                assertFalse(Header.isOlder(each, Header.bound(MAX_VERSION)));
                assertEquals(version, Header.version(each));
                assertTrue(each != Header.clean(version, Header.slot(each)), "taken as clean");
            }
            assertEquals(7, Header.slot(Header.locked(word, 7)));
            assertEquals(7, Header.slot(Header.owned(word, 7)));
        }
    }

    @Test
    void livesCompareByGeneration() {
        long ref = Reference.of(1L << 20, 77);
        assertTrue(Header.isLife(77, ref));
        assertTrue(Header.isLife(77 | 1L << 40, ref), "the upper bits are not the generation's");
        assertFalse(Header.isLife(76, ref));
        assertFalse(Header.isLife(0, ref));
    }

    @Test
    void referencesComeBack() {
        Random random = new Random(1);
        long maxOffset = (1L << 44) - Reference.UNIT;
        for (int i = 0; i < 100_000; i++) {
            long offset = i == 0 ? maxOffset : random.nextLong(1L << 40) * Reference.UNIT;
            long generation = i == 0 ? Header.GENERATION_MASK : random.nextLong(1, 1 << 24);
            long ref = Reference.of(offset, generation);
            assertEquals(offset, Reference.offset(ref));
            assertEquals(generation, Reference.generation(ref));
            assertEquals(offset >>> RunEntry.RUN_SHIFT, Reference.run(ref));
            assertEquals(offset % RunEntry.RUN_BYTES / Reference.UNIT, Reference.unitInRun(ref));
            assertEquals(offset / Reference.UNIT % 8 == 0, Reference.isUnitMultiple(ref, 7));
            assertTrue(Long.compareUnsigned(
                                    Reference.ofRun((int) Math.min(1 << 27, Reference.run(ref))),
                                    ref)
                            <= 0
                    || Reference.run(ref) > 1 << 27);
        }
        assertEquals("null", Reference.describe(0));
        assertEquals("0x20#3", Reference.describe(Reference.of(32, 3)));
    }

    @Test
    void blockStartsAreExactForEverySizeAndPlace() {
        for (int units = 2; units <= RunEntry.UNITS_PER_RUN; units++) {
            long entry = RunEntry.of(9, units);
            assertEquals(9, RunEntry.type(entry));
            for (int unit = 0; unit < RunEntry.UNITS_PER_RUN; unit++) {
                if (RunEntry.isBlockStart(entry, unit) != (unit % units == 0)) {
                    throw new AssertionError("units=" + units + " unit=" + unit);
                }
            }
        }
    }

    @Test
    void noKindOfRunPassesForAType() {
        long[] kinds = {
            RunEntry.FREE,
            RunEntry.TABLE,
            RunEntry.BODY,
            RunEntry.ARENA,
            RunEntry.CLAIMED,
            RunEntry.HISTORY
        };
        for (long kind : kinds) {
            assertTrue(RunEntry.type(kind) <= 0);
        }
    }

    @Test
    void slotsHaveLinesOfTheirOwnBehindTheSharedWords() {
        assertTrue(Control.openedView(0) >= Control.REQUESTS + 8L * Control.REQUEST_COUNT);
        assertTrue(Control.view(0) > Control.openedView(Control.MAX_OPENED - 1));
        int most = Control.VIEW_COUNT - Control.MAX_OPENED;
        assertTrue(most > 3 * StmOptions.MAX_RUNNING / 2 + 1, "a view for each slot there can be");
        for (int slot = 1; slot < most; slot++) {
            assertTrue(Control.view(slot) + 8 <= Control.slot(1));
            assertTrue(Control.slot(slot + 1) - Control.slot(slot) >= 128);
            assertTrue(Control.slot(slot) + 8 <= Control.bytes(slot));
        }
    }
}
