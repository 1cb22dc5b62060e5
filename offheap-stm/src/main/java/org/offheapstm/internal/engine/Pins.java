package org.offheapstm.internal.engine;

import org.offheapstm.Pin;
import org.offheapstm.StmType;
import org.offheapstm.internal.memory.Seam;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/**
 * What Java code has pinned.
 *
 * <p><b>Beside a collection.</b> Who has pinned an object may link it to another and let go of it,
 * all after the instant that the collection looks at and before it asks for the pins. So a pin that
 * is closed meanwhile counts until the collection ends. Whoever closes one looks whether a
 * collection is going on; if he finds none, it begins later, and finds the link.
 */
final class Pins {
    private static final boolean KEEPS_CLOSED = !Seam.without("closedPins");

    private final Set<Held> held = ConcurrentHashMap.newKeySet();
    private volatile boolean collecting;

    private final class Held extends Pin {
        private final long ref;
        private volatile boolean closed;

        Held(long ref) {
            this.ref = ref;
        }

        @Override
        public long ref() {
            return ref;
        }

        @Override
        public void close() {
            closed = true; // Before the look, or the end of the collection might miss it.
            if (!collecting || !KEEPS_CLOSED) {
                held.remove(this);
            }
        }
    }

    /**
     * Pins an object that exists; in a transaction of this thread, if one runs, as it sees it, and
     * until its end if that is a rollback.
     */
    Pin pin(Engine engine, StmType type, long ref) {
        Held pin = new Held(ref);
        held.add(pin); // Before the look: from then on no collection that has begun misses it.
        boolean exists = false;
        try {
            engine.readOnly(tx -> {
                if (!tx.exists(type, ref)) {
                    throw Refusal.stale((Attempt) tx, type, ref);
                }
            });
            exists = true;
        } finally {
            if (!exists) {
                pin.close();
            }
        }
        Attempt running = engine.slots.current();
        if (running != null && running.isRunning()) {
            running.afterRollback(pin::close);
        }
        return pin;
    }

    /** A collection begins. */
    void hold() {
        collecting = true;
    }

    /** It has ended. */
    void letGo() {
        collecting = false;
        held.removeIf(pin -> pin.closed);
    }

    /** Shows what is pinned, or was at any time since {@link #hold}. */
    void forEach(LongConsumer visitor) {
        if (!held.isEmpty()) {
            held.forEach(pin -> visitor.accept(pin.ref));
        }
    }
}
