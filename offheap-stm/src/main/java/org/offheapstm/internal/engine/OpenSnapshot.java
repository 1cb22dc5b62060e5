package org.offheapstm.internal.engine;

import org.offheapstm.AtomicBlock;
import org.offheapstm.MisuseException;
import org.offheapstm.Snapshot;
import org.offheapstm.StmType;
import org.offheapstm.TxAction;
import org.offheapstm.TxFunction;
import org.offheapstm.TxLongFunction;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A snapshot that a user has opened: a registered one that several attempts may read.
 *
 * <p>It stays registered until it is closed and the last attempt that reads it has ended: what they
 * may still need is kept.
 */
final class OpenSnapshot extends Snapshot {
    /** How many may be open in an engine; the other places are for attempts. */
    static final int MAX_OPEN = 256;

    private static final AtomicBlock BLOCK = AtomicBlock.named("snapshot");
    private static final Cleaner CLEANER = Cleaner.create();
    private static final Logger LOGGER = System.getLogger("org.offheapstm");

    private final Engine engine;
    final Registration registration;
    private final Cleaner.Cleanable cleanable;

    /**
     * What is left of a snapshot that nobody can reach: its place, and who uses it. Attempts know
     * this and not the snapshot, so that a slot in which it was read last does not keep it.
     *
     * <pre>
     *  users   attempts that read it, + 1 until it is closed; at 0 the place is given back
     * </pre>
     */
    static final class Registration implements Runnable {
        private final Engine engine;
        private final int place;
        private final Throwable opening = new Throwable("opened here");
        private final AtomicInteger users = new AtomicInteger(1);
        private volatile boolean isClosed;

        Registration(Engine engine, int place) {
            this.engine = engine;
            this.place = place;
        }

        /** An attempt begins to read; returns the place. */
        int enter() {
            while (true) {
                int now = users.get(); // Before the look: closing changes it.
                if (isClosed) {
                    throw new MisuseException("snapshot refused: it is closed; open another");
                }
                if (users.compareAndSet(now, now + 1)) {
                    return place;
                }
            }
        }

        /** An attempt has ended, or it was closed. */
        void leave() {
            if (users.decrementAndGet() == 0) {
                engine.registry.leave(place);
                engine.openSnapshots.decrementAndGet();
            }
        }

        synchronized boolean close() {
            boolean closes = !isClosed;
            if (closes) {
                isClosed = true;
                leave();
            }
            return closes;
        }

        @Override
        public void run() {
            if (close()) {
                LOGGER.log(
                        Level.WARNING,
                        "snapshot leaked: name=" + engine.options.name()
                                + "; close it, best by try-with-resources",
                        opening);
            }
        }
    }

    /** Opens one, in a transaction of this thread. */
    OpenSnapshot(Engine engine) {
        this.engine = engine;
        if (engine.openSnapshots.incrementAndGet() > MAX_OPEN) {
            engine.openSnapshots.decrementAndGet();
            throw new MisuseException("snapshot refused: name=" + engine.options.name() + ", open="
                    + MAX_OPEN + "; close some");
        }
        registration = new Registration(engine, engine.registry.enter());
        cleanable = CLEANER.register(this, registration);
    }

    /** Refuses to read a snapshot in a transaction that reads the present. */
    static void refuseInside(Snapshot at, AtomicBlock block) {
        if (at != null) {
            throw new MisuseException("snapshot refused: a transaction runs in this thread, block="
                    + block.name() + "; read the snapshot before or after it");
        }
    }

    @Override
    public <X extends Exception> void readOnly(TxAction<X> body) throws X {
        try {
            engine.run(BLOCK, body, true, this);
        } finally {
            Reference.reachabilityFence(this); // Or it could be found leaked while it is read.
        }
    }

    @Override
    public <T, X extends Exception> T readOnlyGet(TxFunction<T, X> body) throws X {
        try {
            return engine.run(BLOCK, body, true, this);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public <X extends Exception> long readOnlyLong(TxLongFunction<X> body) throws X {
        try {
            return engine.runLong(BLOCK, body, true, this);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public <X extends Exception> void forEach(StmType type, Visitor<X> visitor) throws X {
        readOnly(tx -> Census.forEach((Attempt) tx, type, visitor));
    }

    @Override
    public <X extends Exception> void forEachChange(
            Snapshot older, StmType type, ChangeVisitor<X> visitor) throws X {
        if (!(older instanceof OpenSnapshot other) || other.engine != engine) {
            throw new MisuseException("comparison refused: the snapshots are of different engines");
        }
        long seen = engine.registry.seen(registration.enter());
        try {
            long seenBefore = engine.registry.seen(other.registration.enter());
            try {
                if (seenBefore > seen) {
                    throw new MisuseException("comparison refused: the other snapshot is younger;"
                            + " ask it for the changes since this one");
                }
                readOnly(tx -> Census.forEachChange((Attempt) tx, seenBefore, type, visitor));
            } finally {
                other.registration.leave();
            }
        } finally {
            registration.leave();
        }
    }

    @Override
    public void close() {
        if (registration.close()) {
            cleanable.clean();
            engine.reclaimSoon();
        }
    }
}
