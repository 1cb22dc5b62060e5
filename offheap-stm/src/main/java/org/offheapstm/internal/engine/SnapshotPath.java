package org.offheapstm.internal.engine;

import org.offheapstm.AbortCause;
import org.offheapstm.StmType;
import org.offheapstm.internal.layout.BeforeImage;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

/**
 * How an attempt reads what has changed since its registered snapshot; what has not changed it
 * reads as any attempt does. See {@link Registry} for why this is exact, and for what happens when
 * the snapshot is ended meanwhile.
 */
abstract sealed class SnapshotPath extends ReadSet permits ReadPath {
    private static final boolean FREED_CHECK = !Seam.without("freedCheck");
    private static final boolean SNAPSHOT_WAITS = !Seam.without("snapshotLockWait");

    SnapshotPath(Engine engine, int slot) {
        super(engine, slot);
    }

    /**
     * Reads a word as of the registered snapshot: in place if the object has not changed since,
     * else in the before-image, if the snapshot has not been ended. Waits for a commit that holds
     * an object of the snapshot's time, since its version may yet be one that the snapshot sees.
     */
    final long readThen(StmType type, long key, int word) {
        long object = Reference.offset(key);
        long address = base + object;
        for (int spins = 0; ; spins++) {
            long header = Memory.getAcquire(address);
            long life = Memory.getAcquire(address + Header.LIFE);
            if (!isSeen(header, bound)) {
                metNewer = true;
                long image = imageOf(life, key);
                long value = image == BeforeImage.NONE
                        ? 0
                        : Memory.get(base + image + BeforeImage.BYTES - Header.BYTES + word);
                checkNotEnded();
                if (image == BeforeImage.NONE) {
                    throw Refusal.stale((Attempt) this, type, key);
                }
                return value;
            }
            if ((header & Header.LOCK) == 0 || !SNAPSHOT_WAITS) {
                long value = Memory.get(address + word);
                if (isUnchanged(base, object, header)) {
                    checkLife(type, key, header, life);
                    return value;
                }
            }
            Engine.pause(spins);
        }
    }

    /** Whether a registered snapshot sees the version of a header, whatever else it says. */
    static boolean isSeen(long header, long bound) {
        return Header.isOlder(header & ~(Header.LOCK | Header.OWNED | Header.FREED), bound);
    }

    /** The before-image for the registered snapshot, if this word 1 is of the generation. */
    private long imageOf(long life, long key) {
        return Header.isLife(life, key)
                ? engine.registry.find(registered, base, life, bound)
                : BeforeImage.NONE;
    }

    /** Whether an object of this generation exists in the registered snapshot. */
    final boolean wasAlive(long key) {
        long object = Reference.offset(key);
        long address = base + object;
        for (int spins = 0; ; spins++) {
            long header = Memory.getAcquire(address);
            long life = Memory.getAcquire(address + Header.LIFE);
            if (!isSeen(header, bound)) {
                metNewer = true;
                boolean wasAlive = imageOf(life, key) != BeforeImage.NONE;
                checkNotEnded();
                return wasAlive;
            }
            if ((header & Header.LOCK) == 0 && isUnchanged(base, object, header)) {
                return (header & Header.FREED) == 0 && Header.isLife(life, key);
            }
            Engine.pause(spins);
        }
    }

    /**
     * Refuses to go on in a snapshot that was ended, after a load from what was kept for it: an
     * opened one ends in an exception, that of a transaction makes it run again on another.
     */
    final void checkNotEnded() {
        if (progress.at != null) {
            progress.at.checkNotEnded();
        } else if (engine.registry.isEnded(registered)) {
            throw lose(AbortCause.SNAPSHOT_ENDED, 0, 0);
        }
    }

    final void checkLife(StmType type, long key, long header, long life) {
        boolean freed = (header & Header.FREED) != 0 && FREED_CHECK;
        if (freed || !Header.isLife(life, key)) {
            if (recording) {
                // A caught refusal is something that the attempt has learned.
                record(Reference.offset(key));
            }
            throw Refusal.stale((Attempt) this, type, key);
        }
    }
}
