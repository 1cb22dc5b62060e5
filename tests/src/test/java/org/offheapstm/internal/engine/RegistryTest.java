package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.NativeBlock;

/** Goal: what the registry says stays true when others register next. Method: in this order. */
final class RegistryTest {
    private final NativeBlock control = NativeBlock.take(Control.bytes(2));
    private final Registry registry = new Registry(control.address());

    private long seen;

    private long enter() {
        long view = registry.claim();
        enter(view);
        return view;
    }

    private void enter(long view) {
        registry.announce(view);
        seen = registry.enter(view);
    }

    private void leave(long view) {
        registry.vacate(view);
        registry.discount();
    }

    @BeforeEach
    void start() {
        Memory.setVolatile(control.address() + Control.CLOCK, 5);
    }

    @AfterEach
    void end() {
        control.free();
    }

    /**
     * Who reclaims asks first and takes then; who registers between the two needs all versions
     * after the one that it sees.
     */
    @Test
    void oldestHoldsForWhoRegistersNext() {
        long oldest = registry.oldest();
        long next = enter();
        assertTrue(oldest <= seen, oldest + " > " + seen);
        assertEquals(5, oldest, "all that has committed is seen by all who come");
        leave(next);
        assertEquals(6, registry.oldest());
    }

    @Test
    void oldestIsThatOfTheOldest() {
        long first = enter();
        long second = Registry.viewOf(1);
        enter(second);
        assertEquals(5, registry.oldest());
        leave(first);
        assertEquals(6, registry.oldest());
        long third = enter(); // In the place of the first.
        assertEquals(6, registry.oldest());
        leave(second);
        assertEquals(7, registry.oldest());
        leave(third);
        assertEquals(0, registry.count());
    }

    @Test
    void newestBeforeIsOfThoseThatDoNotSeeTheVersion() {
        assertEquals(-1, registry.newestBefore(100));
        enter();
        enter();
        enter();
        assertEquals(-1, registry.newestBefore(5));
        assertEquals(5, registry.newestBefore(6));
        assertEquals(6, registry.newestBefore(7));
        assertEquals(7, registry.newestBefore(100));
        assertEquals(3, registry.count());
    }

    @Test
    void endedOneNeedsNothing() {
        long first = enter();
        long second = enter();
        assertEquals(first, registry.viewSeeing(registry.oldestLive()));
        assertTrue(registry.end(first, 5));
        assertTrue(registry.isEnded(first));
        assertFalse(registry.isEnded(second));
        assertFalse(registry.end(first, 5), "twice");
        assertEquals(6, registry.oldest());
        assertEquals(-1, registry.newestBefore(6));
        assertEquals(6, registry.oldestLive());
        assertEquals(1, registry.count());
        leave(second);
        assertEquals(-1, registry.oldestLive());
        assertEquals(Registry.NONE, registry.viewSeeing(registry.oldestLive()));
        leave(first);
        assertFalse(registry.isUsed());
    }

    @Test
    void whoHasLeftIsNotEndedNorIsTheNextInItsPlace() {
        long first = enter();
        leave(first);
        assertFalse(registry.end(first, 5));
        assertEquals(first, enter());
        assertFalse(registry.end(first, 5));
        assertFalse(registry.isEnded(first));
    }
}
