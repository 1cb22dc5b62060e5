package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

    private long enter() {
        long view = registry.claim();
        registry.enter(view);
        return view;
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
        assertTrue(oldest <= registry.seen(next), oldest + " > " + registry.seen(next));
        assertEquals(5, oldest, "all that has committed is seen by all who come");
        registry.leave(next);
        assertEquals(6, registry.oldest());
    }

    @Test
    void oldestIsThatOfTheOldest() {
        long first = enter();
        long second = Registry.viewOf(1);
        registry.enter(second);
        assertEquals(5, registry.oldest());
        registry.leave(first);
        assertEquals(6, registry.oldest());
        long third = enter(); // In the place of the first.
        assertEquals(6, registry.oldest());
        registry.leave(second);
        assertEquals(7, registry.oldest());
        registry.leave(third);
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
}
