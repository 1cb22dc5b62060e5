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
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

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
     *  users   attempts that read it, + CLOSED; at CLOSED alone nobody comes any more, and the
     *          view and what was kept are given back
     * </pre>
     *
     * <p>An Error can strike in each step of closing it. So each can be repeated, and is noted only
     * after it was done; {@link #release} goes on where it was. Who does that: a second {@link
     * #close}; the attempt that was the last to read it, whose end is repeated; whoever opens the
     * next snapshot or finds no room for before-images, since it stays in the engine's list to the
     * end; the garbage collector. Nobody
     * who could {@link #enter} lacks the stack to {@link #leave}, which takes less.
     */
    static final class Registration implements Runnable {
        private static final int CLOSED = Integer.MIN_VALUE;
        private static final AtomicIntegerFieldUpdater<Registration> RELEASING =
                AtomicIntegerFieldUpdater.newUpdater(Registration.class, "releasing");

        private final Engine engine;

        /** None before it has one, and after it was given back. */
        long view = Registry.NONE;

        /** The newest version that it sees. */
        long seen;

        final long openerThread = Thread.currentThread().threadId();
        private final Throwable opening = new Throwable("opened here");
        private final long openedNanos = System.nanoTime();
        private final AtomicInteger users = new AtomicInteger();

        /** Whether its user has it, who should close it. */
        private volatile boolean handedOut;

        /**
         * 1 while somebody is giving it back: others go by, since that may take a while. A field,
         * so that to let go is a store and not a call, which an Error could strike.
         */
        private volatile int releasing;

        /** Whether the registry counts it. */
        private boolean counted;

        /** Whether it is in the engine's list. */
        private volatile boolean listed;

        // ---- if it is ended, or somebody has been about to end it
        private volatile String limit = "";
        private volatile long endedNanos;

        Registration(Engine engine) {
            this.engine = engine;
        }

        /** Registers a snapshot of this moment, in a transaction of this thread. */
        private void open() {
            engine.openSnapshots.forEach(each -> each.release(null)); // Left by Errors.
            listed = true;
            engine.openSnapshots.add(this);
            view = engine.registry.claim();
            if (view == Registry.NONE) {
                throw new MisuseException("snapshot refused: name=" + engine.options.name()
                        + ", open=" + Control.MAX_OPENED + "; close some");
            }
            engine.registry.announce(view);
            counted = true;
            seen = engine.registry.enter(view);
        }

        /** Whether this is its view; not of one that was closed, whose view another may have. */
        boolean has(long asked) {
            return view == asked && asked != Registry.NONE && users.get() != CLOSED;
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
                int now = users.get();
                if (now < 0) {
                    throw new MisuseException("snapshot refused: it is closed; open another");
                }
                checkNotEnded();
                if (users.compareAndSet(now, now + 1)) {
                    return view;
                }
            }
        }

        /** An attempt has ended, and is to {@link #release} it: it may have been the last. */
        void leave() {
            users.decrementAndGet();
        }

        /**
         * Gives back all that it has, if it was closed and nobody reads it.
         *
         * @param ending an attempt that ends, and must not begin another; null if there is none
         */
        void release(Attempt ending) {
            if (!isLeft() || !RELEASING.compareAndSet(this, 0, 1)) {
                return;
            }
            try {
                giveBack();
                if (ending == null) {
                    engine.reclaimSoon();
                } else {
                    engine.reclaim(ending);
                    engine.historyLimit.departed();
                }
                engine.openSnapshots.remove(this); // Last: until then the next to open goes on.
                listed = false;
            } finally {
                releasing = 0;
            }
        }

        /** Whether it is to be given back; asked by each who has read it. */
        private boolean isLeft() {
            return users.get() == CLOSED && listed;
        }

        private void giveBack() {
            if (view != Registry.NONE) {
                engine.registry.vacate(view);
                view = Registry.NONE; // The next in its place is none of its business.
            }
            if (counted) {
                engine.registry.discount();
                counted = false;
            }
        }

        void close() {
            for (int now = users.get(); now >= 0; now = users.get()) {
                users.compareAndSet(now, now | CLOSED);
            }
            release(null);
        }

        @Override
        public void run() {
            boolean isLeaked = handedOut && users.get() >= 0;
            close();
            if (isLeaked) {
                Leaks.report("snapshot", engine, opening);
            }
        }
    }

    /** Opens one, in a transaction of this thread. */
    OpenSnapshot(Engine engine) {
        this.engine = engine;
        registration = new Registration(engine);
        cleanable = Leaks.watch(this, registration); // First: it sees to what an Error leaves.
        try {
            registration.open();
            registration.handedOut = true;
        } finally {
            if (!registration.handedOut) {
                close();
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
    public <X extends Exception> void forEach(StmType type, int part, int parts, Visitor<X> visitor)
            throws X {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(visitor, "visitor");
        Part asked = new Part(part, parts);
        readOnly(tx -> Census.forEach((Attempt) tx, type, asked, visitor));
    }

    @Override
    public <X extends Exception> void forEachChange(
            Snapshot older, StmType type, int part, int parts, ChangeVisitor<X> visitor) throws X {
        Objects.requireNonNull(older, "older");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(visitor, "visitor");
        Part asked = new Part(part, parts);
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
                readOnly(tx -> Census.forEachChange(
                        (Attempt) tx, other.registration, type, asked, visitor));
            } finally {
                leave(other.registration);
            }
        } finally {
            leave(registration);
        }
    }

    private static void leave(Registration left) {
        left.leave();
        left.release(null);
    }

    @Override
    public void close() {
        registration.close();
        cleanable.clean(); // Last: until then the garbage collector sees to what an Error leaves.
    }
}
