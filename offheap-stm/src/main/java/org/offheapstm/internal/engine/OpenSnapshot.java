package org.offheapstm.internal.engine;

import org.offheapstm.AtomicBlock;
import org.offheapstm.MisuseException;
import org.offheapstm.Snapshot;
import org.offheapstm.Stm;
import org.offheapstm.StmType;
import org.offheapstm.TxAction;
import org.offheapstm.TxFunction;
import org.offheapstm.TxLongFunction;
import org.offheapstm.internal.layout.Control;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A snapshot that a user has opened: a registered one that several attempts may read.
 *
 * <p>It stays registered until it is closed and the last attempt that reads it has ended: what they
 * may still need is kept.
 */
final class OpenSnapshot extends Snapshot {
    private static final String PACKAGE = OpenSnapshot.class.getPackageName();
    private static final AtomicBlock BLOCK = AtomicBlock.named("snapshot");

    private final Engine engine;
    final Registration registration;
    private final Cleaner.Cleanable cleanable;

    /**
     * What is left of a snapshot that nobody can reach: its view, and who uses it. Attempts know
     * this and not the snapshot, so that a slot in which it was read last does not keep it.
     *
     * <pre>
     *  users   attempts that read it, + 1 until it is closed; at 0 the view is given back
     * </pre>
     */
    static final class Registration implements Runnable {
        private final Engine engine;
        final long view;

        /** The newest version that it sees. */
        final long seen;

        final long openerThread = Thread.currentThread().threadId();
        private final Throwable opening = new Throwable("opened here");
        private final long openedNanos = System.nanoTime();
        private final AtomicInteger users = new AtomicInteger(1);
        private volatile boolean isClosed;

        // ---- if it is ended, or somebody has been about to end it
        private volatile String limit = "";
        private volatile long endedNanos;

        Registration(Engine engine, long view, long seen) {
            this.engine = engine;
            this.view = view;
            this.seen = seen;
        }

        /** Notes which limit was reached. */
        void isBeingEnded(String reached) {
            endedNanos = System.nanoTime();
            limit = reached;
        }

        String limit() {
            return limit;
        }

        long endedAgeNanos() {
            return limit.isEmpty() ? ageNanos() : endedNanos - openedNanos;
        }

        /** As {@link SnapshotPath#checkNotEnded}. */
        void checkNotEnded() {
            if (engine.registry.isEnded(view)) {
                throw Refusal.snapshotEnded(engine, this);
            }
        }

        long ageNanos() {
            return System.nanoTime() - openedNanos;
        }

        /** The method that opened it. */
        String opener() {
            return Arrays.stream(opening.getStackTrace())
                    .filter(frame -> !frame.getClassName().startsWith(PACKAGE)
                            && !frame.getClassName().equals(Stm.class.getName()))
                    .findFirst()
                    .map(StackTraceElement::toString)
                    .orElse("an unknown method");
        }

        /** An attempt begins to read; returns the view. */
        long enter() {
            while (true) {
                int now = users.get(); // Before the look: closing changes it.
                if (isClosed) {
                    throw new MisuseException("snapshot refused: it is closed; open another");
                }
                checkNotEnded();
                if (users.compareAndSet(now, now + 1)) {
                    return view;
                }
            }
        }

        /**
         * An attempt has ended, or it was closed.
         *
         * @return whether nobody uses it any more
         */
        boolean leave() {
            boolean isLast = users.decrementAndGet() == 0;
            if (isLast) {
                engine.openSnapshots.remove(this);
                engine.registry.leave(view);
            }
            return isLast;
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
                Leaks.report("snapshot", engine, opening);
                engine.reclaimSoon();
            }
        }
    }

    /** Opens one, in a transaction of this thread. */
    OpenSnapshot(Engine engine) {
        this.engine = engine;
        long view = engine.registry.claim();
        if (view == Registry.NONE) {
            throw new MisuseException("snapshot refused: name=" + engine.options.name() + ", open="
                    + Control.MAX_OPENED + "; close some");
        }
        boolean opened = false;
        try {
            registration = new Registration(engine, view, engine.registry.enter(view));
            engine.openSnapshots.add(registration);
            cleanable = Leaks.watch(this, registration);
            opened = true;
        } finally {
            if (!opened) {
                engine.registry.leave(view);
            }
        }
    }

    /** The newest version that it sees. */
    long seen() {
        return registration.seen;
    }

    /** Whether it was ended, to make room. */
    boolean isEnded() {
        return engine.registry.isEnded(registration.view);
    }

    void checkNotEnded() {
        registration.checkNotEnded();
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
        Objects.requireNonNull(visitor, "visitor");
        readOnly(tx -> Census.forEach((Attempt) tx, type, visitor));
    }

    @Override
    public <X extends Exception> void forEachChange(
            Snapshot older, StmType type, ChangeVisitor<X> visitor) throws X {
        Objects.requireNonNull(older, "older");
        Objects.requireNonNull(visitor, "visitor");
        if (!(older instanceof OpenSnapshot other) || other.engine != engine) {
            throw new MisuseException("comparison refused: the snapshots are of different engines");
        }
        registration.enter();
        try {
            other.registration.enter();
            try {
                if (other.registration.seen > registration.seen) {
                    throw new MisuseException("comparison refused: the other snapshot is younger;"
                            + " ask it for the changes since this one");
                }
                readOnly(tx ->
                        Census.forEachChange((Attempt) tx, other.registration, type, visitor));
            } finally {
                leave(other.registration);
            }
        } finally {
            leave(registration);
        }
    }

    private void leave(Registration left) {
        if (left.leave()) {
            engine.reclaimSoon();
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
