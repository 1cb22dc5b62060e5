package org.offheapstm.internal.engine;

import org.offheapstm.Collected;
import org.offheapstm.Collector;
import org.offheapstm.Verification;

import java.util.concurrent.atomic.AtomicBoolean;

/** What is done to a region as a whole, one at a time, beside or between transactions. */
final class Upkeep {
    private final Engine engine;
    final Pins pins = new Pins();
    private final AtomicBoolean collecting = new AtomicBoolean();

    Upkeep(Engine engine) {
        this.engine = engine;
    }

    // ---- collections

    Collector collector() {
        engine.refuseInside("collection");
        if (!collecting.compareAndSet(false, true)) {
            throw Refusal.collecting(engine.options.name());
        }
        return new Collection(engine);
    }

    /** Collects, after the collection that may go on. */
    Collected collect() {
        engine.refuseInside("collection");
        Standstill.awaitUntil(
                () -> engine.isClosed() || collecting.compareAndSet(false, true), Long.MAX_VALUE);
        engine.checkOpen();
        try (Collection collection = new Collection(engine)) {
            return collection.run();
        }
    }

    /** A collection has ended. */
    void collected() {
        pins.letGo();
        collecting.set(false);
    }

    // ---- checks

    Verification verify() {
        engine.refuseInside("verification");
        engine.standstill.take();
        try {
            return engine.readOnlyGet(tx -> Inspection.beside((Attempt) tx));
        } finally {
            engine.standstill.release();
        }
    }
}
