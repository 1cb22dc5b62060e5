package org.offheapstm.internal.engine;

import org.offheapstm.Pin;
import org.offheapstm.StmType;
import org.offheapstm.internal.memory.Seam;

import java.util.function.LongConsumer;

/**
 * What Java code has pinned.
 *
 * <p><b>Beside a collection.</b> Who has pinned an object may link it to another and let go of it,
 * all after the instant that the collection looks at and before it asks for the pins. So a pin that
 * is closed meanwhile counts until the collection ends. Whoever closes one looks whether a
 * collection is going on; if he finds none, it begins later, and finds the link.
 *
 * <p><b>The list</b> is linked both ways, the newest pin first, and changed under the monitor. It
 * is gone through without: commits with {@link Scratch} objects do so, and make no garbage. Who
 * stands on a pin that is taken out goes on from there to older ones, so that he misses none that
 * is in the list all the time.
 */
final class Pins {
    private static final boolean KEEPS_CLOSED = !Seam.without("closedPins");

    /** The newest, or null. */
    private volatile Held newest;

    private volatile boolean collecting;

    private final class Held extends Pin {
        private final long ref;
        private volatile boolean closed;

        // ---- its place in the list
        private volatile Held older;
        private Held newer;
        private boolean listed;

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
                remove(this);
            }
        }
    }

    private synchronized void add(Held pin) {
        pin.older = newest;
        if (newest != null) {
            newest.newer = pin;
        }
        pin.listed = true;
        newest = pin;
    }

    /** Takes a pin out, but for its way to older ones. */
    private synchronized void remove(Held pin) {
        if (!pin.listed) {
            return;
        }
        pin.listed = false;
        if (pin.newer == null) {
            newest = pin.older;
        } else {
            pin.newer.older = pin.older;
        }
        if (pin.older != null) {
            pin.older.newer = pin.newer;
        }
        pin.newer = null;
    }

    /**
     * Pins an object that exists; in a transaction of this thread, if one runs, as it sees it, and
     * until its end if that is a rollback.
     */
    Pin pin(Engine engine, StmType type, long ref) {
        Held pin = new Held(ref);
        add(pin); // Before the look: from then on no collection that has begun misses it.
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
        for (Held pin = newest; pin != null; pin = pin.older) {
            if (pin.closed) {
                remove(pin);
            }
        }
    }

    /** Shows what is pinned, or was at any time since {@link #hold}. */
    void forEach(LongConsumer visitor) {
        for (Held pin = newest; pin != null; pin = pin.older) {
            visitor.accept(pin.ref);
        }
    }
}
