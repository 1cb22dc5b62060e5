package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.MisuseException;
import org.offheapstm.Pin;
import org.offheapstm.Snapshot;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Verification;
import org.offheapstm.engine.Elsewhere;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

/**
 * Goal: verify says what is wrong with a region, whatever it is, and never fails itself. Method:
 * one word is changed, the report is looked at, the word is changed back.
 */
final class InspectionTest extends InspectingTest {
    private final Elsewhere other = new Elsewhere("other");

    @AfterEach
    void leave() {
        other.close();
    }

    @Test
    void soundRegionIsCounted() {
        long[] cells = {cell(), cell(), cell()};
        engine.atomicLong(tx -> tx.allocate(WORDS, 100));
        long span = engine.atomicLong(tx -> tx.allocate(WORDS, 100_000));
        free(cells[1]);
        Verification found = assertSound();
        assertEquals(4, found.objects());
        assertTrue(found.toString().contains("sound"), found::toString);
        engine.atomic(tx -> tx.free(WORDS, span));
        assertEquals(3, assertSound().objects());
    }

    // ---- headers

    @Test
    void versionOfTheFutureIsFound() {
        long cell = cell();
        long clock = Memory.get(engine.control.address() + Control.CLOCK);
        assertFound("version=", header(cell), Header.clean(clock + 1, 1));
    }

    @Test
    void slotThatDoesNotExistIsFound() {
        assertFound("slot=", header(cell()), Header.clean(1, 1000));
    }

    @Test
    void lockOfNobodyIsFound() {
        long cell = cell();
        assertFound("held by slot", header(cell), Memory.get(header(cell)) | Header.LOCK);
        assertFound("held by slot", header(cell), Memory.get(header(cell)) | Header.OWNED);
    }

    @Test
    void generationThatFellIsFound() {
        assertFound("generation=", header(cell()) + Header.LIFE, 0);
    }

    // ---- lists of free blocks

    @Test
    void lostBlockIsFound() {
        long cell = cell();
        free(cell());
        assertFound("lost, free and in no list", header(cell), Header.FREED);
    }

    @Test
    void objectInAListIsFound() {
        long cell = cell();
        free(cell);
        assertFound("an object, but in a list", header(cell), Header.clean(1, 2));
    }

    @Test
    void brokenLinksAreFound() {
        long[] cells = {cell(), cell(), cell()};
        free(cells[0]);
        free(cells[1]);
        long link = header(cells[1]) + Header.BYTES; // to cells[0]
        assertFound("in a list already", link, Reference.offset(cells[1]));
        assertFound("is no place for one", link, 1L << 60);
        assertFound("is no place for one", link, Reference.offset(cells[0]) + 4);
        assertFound("is none of this type", link, Reference.offset(cells[0]) + Reference.UNIT);
        assertFound("is none of this type", link, engine.region.capacityBytes() - 64);
        assertFound("differs from its count by 1", link, 0);
    }

    // ---- arrays

    @Test
    void impossibleLengthIsFound() {
        for (long length : new long[] {3, 100_000}) {
            long array = engine.atomicLong(tx -> tx.allocate(WORDS, length));
            assertFound("length=", header(array) + Header.BYTES, 1L << 50);
            assertFound("length=", header(array) + Header.BYTES, -1);
        }
    }

    @Test
    void freedStripeIsFound() {
        long array = engine.atomicLong(tx -> tx.allocate(WORDS, 3));
        assertFound("a stripe that is freed", header(array) + Header.BYTES + 16, Header.FREED);
    }

    // ---- before-images

    @Test
    void brokenImagesAreFound() {
        long cell = cell();
        try (Snapshot snapshot = engine.openSnapshot()) {
            engine.atomic(tx -> tx.setLong(CELL, cell, 0, 1));
            assertEquals(0, snapshot.readOnlyLong(tx -> tx.getLong(CELL, cell, 0)));
            long life = Memory.get(header(cell) + Header.LIFE);
            long image = base + Reference.offset(life);
            assertSound();
            long outside = Reference.of(engine.region.capacityBytes(), cell);
            long elsewhere = Reference.of(Reference.offset(cell), Reference.generation(cell));
            assertFound("is no place for one", header(cell) + Header.LIFE, outside);
            assertFound("is no place for one", header(cell) + Header.LIFE, elsewhere);
            assertFound("is of object=", image, Header.clean(1L << 40, 1));
            assertFound("is of object=", image + 16, Reference.of(64, 0));
        }
    }

    // ---- the run table

    @Test
    void wrongRunEntriesAreFound() {
        long cell = cell();
        int run = Region.runOf(Reference.offset(cell));
        long entry = engine.region.entryAddress(run);
        int last = engine.region.runs() - 1;
        assertFound("differs from that of kind", entry, RunEntry.of(WORDS.id(), 2));
        assertFound("differs from that of kind", entry + 8, 1000L << Integer.SIZE);
        assertFound("is none of a span", entry + 8, (long) Region.SPAN << Integer.SIZE);
        assertFound("means nothing", entry, -99 & 0xFFFF_FFFFL);
        assertFound("lost", entry, RunEntry.ARENA);
        assertFound("lost", entry, RunEntry.CLAIMED);
        assertFound("the table has runs", entry, RunEntry.TABLE);
        assertFound("the table has runs", engine.region.entryAddress(0), RunEntry.FREE);
        assertFound("no first run", engine.region.entryAddress(last), RunEntry.BODY);
    }

    // ---- what is reached

    @Test
    void whatRootsAndPinsLeadToIsCounted() {
        long leaf = cell();
        long holder = cell();
        engine.atomic(tx -> tx.setLong(CELL, holder, 0, leaf));
        cell();
        assertEquals(0, assertSound().reached());
        engine.atomic(tx -> engine.roots().set(tx, CELL, "holder", holder));
        assertEquals(3, assertSound().reached(), "with the root's own object");
        try (Pin pin = engine.pin(CELL, cell())) {
            assertEquals(4, assertSound().reached());
            assertTrue(pin.ref() != 0);
        }
        assertEquals(3, assertSound().reached());
        assertEquals(5, assertSound().objects());
        engine.atomic(tx -> tx.free(CELL, holder));
        assertFound("root holder: leads to no object");
        engine.atomic(tx -> engine.roots().remove(tx, "holder"));
    }

    @Test
    void pinsMayBeClosedInAnyOrder() {
        Pin[] pins = new Pin[5];
        Arrays.setAll(pins, i -> engine.pin(CELL, cell()));
        int left = pins.length;
        for (int i : new int[] {2, 4, 0, 1, 3}) {
            pins[i].close();
            pins[i].close();
            assertEquals(--left, assertSound().reached());
        }
        try (Pin again = engine.pin(CELL, pins[0].ref())) {
            assertEquals(1, assertSound().reached());
            assertTrue(again.ref() != 0);
        }
    }

    // ---- beside others

    /** The one that runs waits for one that cannot begin: verify goes without. */
    @Test
    void runningTransactionsAreNotWaitedForLong() {
        long cell = cell();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Future<Void> standing = other.start(() -> engine.atomic(tx -> {
            tx.allocate(CELL);
            inside.countDown();
            leave.await();
        }));
        Elsewhere.await(inside);
        Verification found = engine.verify();
        assertFalse(found.wasQuiet());
        assertTrue(found.isSound(), found::toString);
        assertTrue(found.toString().contains("not all was looked at"), found::toString);
        Memory.set(header(cell) + Header.LIFE, 0);
        assertFound("generation=");
        Memory.set(header(cell) + Header.LIFE, Reference.generation(cell));
        leave.countDown();
        Elsewhere.await(standing);
        assertEquals(2, assertSound().objects());
    }

    @Test
    void verifyIsRefusedInside() {
        engine.atomic(tx -> assertThrows(MisuseException.class, engine::verify));
    }

    /** The rule for all tests: see {@link Seam#closing}. */
    @Test
    void damagedRegionFailsItsTestWhenItIsClosed() {
        long cell = cell();
        long good = Memory.get(header(cell));
        Memory.set(header(cell), Header.FREED);
        assertThrows(AssertionError.class, engine::close);
        Memory.set(header(cell), good);
    }

    @Test
    void rootThatLeadsToNothingFailsItsTestWhenTheEngineIsClosed() {
        long cell = cell();
        engine.atomic(tx -> engine.roots().set(tx, CELL, "lost", cell));
        free(cell);
        AssertionError told = assertThrows(AssertionError.class, engine::close);
        assertTrue(told.getMessage().contains("root lost: leads to no object"), told::getMessage);
        engine.atomic(tx -> engine.roots().remove(tx, "lost"));
    }

    /** Whoever runs may wait for the end of the engine: its structure is looked at after them. */
    @Test
    void damageUnderARunningTransactionFailsItsTestToo() {
        Engine second = (Engine) Stm.open(StmOptions.DEFAULT.withCapacityBytes(4L << 20));
        CountDownLatch inside = new CountDownLatch(1);
        Future<Void> standing = other.start(() -> second.readOnly(tx -> {
            inside.countDown();
            while (!second.isClosed()) {
                Thread.onSpinWait();
            }
        }));
        long cell = second.atomicLong(tx -> tx.allocate(CELL));
        Memory.set(second.region.base() + Reference.offset(cell), Header.FREED);
        Elsewhere.await(inside);
        assertThrows(AssertionError.class, second::close);
        Elsewhere.await(standing);
    }
}
