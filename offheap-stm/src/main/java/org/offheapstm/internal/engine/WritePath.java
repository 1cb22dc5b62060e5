package org.offheapstm.internal.engine;

import org.offheapstm.AbortCause;
import org.offheapstm.Merge;
import org.offheapstm.StmType;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.BeforeImage;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

/**
 * How an attempt writes: it copies the payload of an object once into the slot's image area and
 * writes there; new objects are born in the slot's nursery and written in place, under FREED. No
 * shared word is touched before {@link Commit}, but by an escalated attempt.
 */
abstract sealed class WritePath extends ReadPath permits Attempt {
    private static final boolean OWNED_CHECK = !Seam.without("ownedCheck");

    WritePath(Engine engine, int slot) {
        super(engine, slot);
    }

    // ---- writing

    /**
     * Writes a word of the private payload of the object used last.
     *
     * @param ref the reference that {@link #isLast}
     * @param word offset of the word from the start of the payload
     */
    final void writeLast(StmType type, long ref, int bytes, long word, long value) {
        long image = lastImage;
        if (image == READ) {
            image = openLast(type, ref, bytes);
        }
        nesting.saveWord(image + word);
        Memory.set(base + image + word, value);
    }

    /**
     * Makes the private payload of an object that was read last: what the read has checked is not
     * checked again. If it changes meanwhile the commit finds another header than the one it was
     * read under; so a payload of one word, which is about to be overwritten, is not looked at.
     */
    private long openLast(StmType type, long ref, int bytes) {
        checkWritable();
        long object = Reference.offset(ref);
        long header = lastHeader;
        log.reserve();
        long image = images.take(bytes);
        if (bytes > Long.BYTES) {
            Memory.copy(base + object + Header.BYTES, base + image, bytes);
            if (!isUnchanged(base, object, header)) {
                return openForWrite(type, ref, bytes);
            }
        }
        log.add(ref, header, image, bytes, LogEntry.WRITE);
        lastImage = image;
        step("write");
        return image;
    }

    /**
     * Writes a word of the private payload.
     *
     * @param key the reference, with generation 0 for a stripe
     * @param bytes of payload
     * @param word offset of the word from the start of the payload
     */
    final void write(StmType type, long key, int bytes, long word, long value) {
        long image = imageOf(type, key, bytes);
        nesting.saveWord(image + word);
        Memory.set(base + image + word, value);
        last(type, key, 0, image);
    }

    /** Offset of the private payload of an object, made if there is none. */
    private long imageOf(StmType type, long key, int bytes) {
        long entry = find(Reference.offset(key));
        return entry == LogEntry.NONE
                ? openForWrite(type, key, bytes)
                : imageOfEntry(type, entry, key, bytes);
    }

    private long imageOfEntry(StmType type, long entry, long key, int bytes) {
        int what = LogEntry.what(entry);
        checkOwnLife(type, entry, what, key);
        if (what == LogEntry.MERGE) {
            materialize(type, entry, key);
        } else if (what == LogEntry.OWN) {
            long image = images.take(bytes);
            Memory.copy(base + LogEntry.object(entry) + Header.BYTES, base + image, bytes);
            nesting.saveEntry(entry);
            log.write(entry, LogEntry.expected(entry), image, bytes);
        }
        return LogEntry.image(entry);
    }

    private long openForWrite(StmType type, long key, int bytes) {
        long object = Reference.offset(key);
        long address = base + object;
        log.reserve();
        long image = images.take(bytes);
        while (true) {
            long header = Memory.getAcquire(address);
            if (!isFresh(header)) {
                header = escalated ? own(object) : settle(object);
            }
            long life = Memory.get(address + Header.LIFE);
            Memory.copy(address + Header.BYTES, base + image, bytes);
            if (isUnchanged(base, object, header)) {
                checkLife(type, key, header, life);
                if (escalated) {
                    long entry = log.find(object);
                    nesting.saveEntry(entry);
                    log.write(entry, LogEntry.expected(entry), image, bytes);
                    return image;
                }
                if ((header & Header.OWNED) != 0 && OWNED_CHECK) {
                    throw lose(AbortCause.OWNED, object, header);
                }
                enter(key, header, image, bytes, LogEntry.WRITE);
                return image;
            }
        }
    }

    final long enter(long key, long expected, long image, int bytes, int what) {
        forgetLast();
        long entry = log.add(key, expected, image, bytes, what);
        step("write");
        return entry;
    }

    /** Opens an object in order to free it. */
    final void openToFree(StmType type, long ref) {
        long object = Reference.offset(ref);
        long entry = find(object);
        if (entry == LogEntry.NONE) {
            openForWrite(type, ref, 0);
            entry = log.find(object);
        } else {
            checkOwnLife(type, entry, LogEntry.what(entry), ref);
            if (LogEntry.what(entry) == LogEntry.MERGE) {
                materialize(type, entry, ref);
            }
        }
        nesting.saveEntry(entry);
        log.become(entry, LogEntry.what(entry) == LogEntry.NEW ? LogEntry.DROPPED : LogEntry.FREE);
        forgetLast();
        forgetLastArray();
    }

    /** Gives back the block of an allocation that will not be published. */
    final void giveBack(long entry) {
        long block = LogEntry.object(entry);
        int run = Region.runOf(block);
        if (region.isSpan(run)) {
            engine.spans.retire(run);
        } else {
            nursery.giveBack(engine.kinds.byNumber(region.kind(run)), block);
        }
    }

    /**
     * After publishing: gives back the blocks of freed objects, or leaves them to {@link Limbo} if
     * a snapshot may look at them. One that has no before-image was born after all snapshots that
     * do not see it freed: so none that lives needs its place, however often such are made and
     * freed beside it.
     *
     * @param version of the commit
     */
    final void giveBackFreed(long version) {
        boolean isSeen = engine.registry.isUsed();
        for (long entry = log.first(); entry != log.end(); entry += LogEntry.BYTES) {
            int what = LogEntry.what(entry);
            if (what == LogEntry.FREE || what == LogEntry.DROPPED) {
                LogEntry.what(
                        entry, LogEntry.OWN); // First: an Error may end this, and it be redone.
                if (what == LogEntry.FREE && isSeen && hasImage(LogEntry.object(entry))) {
                    engine.limbo.add(LogEntry.object(entry), version);
                } else {
                    reuse(LogEntry.object(entry));
                }
            }
        }
        engine.limbo.drain((Attempt) this);
    }

    /** Whether a before-image of an object has been kept in this life of its block. */
    final boolean hasImage(long object) {
        return Reference.offset(Memory.get(base + object + Header.LIFE)) != BeforeImage.NONE;
    }

    /** Gives a block back that nobody needs any more. */
    final void reuse(long block) {
        int run = Region.runOf(block);
        if (region.isSpan(run)) {
            engine.spans.retire(run);
        } else {
            nursery.free(engine.kinds.byNumber(region.kind(run)), block);
        }
    }

    /** Notes a merge, to be done under the lock. */
    final void mergeAt(StmType type, long key, int bytes, long word, Merge merge, long operand) {
        long object = Reference.offset(key);
        long entry = find(object);
        if (entry != LogEntry.NONE && LogEntry.what(entry) != LogEntry.MERGE || escalated) {
            long at = imageOf(type, key, bytes) + word;
            nesting.saveWord(at);
            Memory.set(base + at, merge.apply(Memory.get(base + at), operand));
            return;
        }
        if (entry == LogEntry.NONE) {
            // Exists in the snapshot; whether it still does at commit is seen under the lock.
            long header;
            long life;
            do {
                header = settle(object);
                life = Memory.get(base + object + Header.LIFE);
            } while (!isUnchanged(base, object, header));
            checkLife(type, key, header, life);
            log.reserve();
            long at = images.take(MergeChain.BYTES);
            MergeChain.start(base, at, word, merge, operand);
            enter(key, 0, at, bytes, LogEntry.MERGE);
            return;
        }
        checkOwnLife(type, entry, LogEntry.MERGE, key);
        long chain = LogEntry.image(entry);
        long last = MergeChain.lastOperand(base, chain, word, merge);
        if (last != 0) {
            nesting.saveWord(last);
            Memory.set(base + last, merge.apply(Memory.get(base + last), operand));
        } else {
            MergeChain.append(
                    base, nesting, chain, images.take(MergeChain.BYTES), word, merge, operand);
        }
    }

    /** Turns merges into an ordinary read and write. */
    @Override
    final void materialize(StmType type, long entry, long key) {
        long object = LogEntry.object(entry);
        int bytes = LogEntry.bytes(entry);
        long address = base + object;
        long image = images.take(bytes);
        while (true) {
            long header = settle(object);
            long life = Memory.get(address + Header.LIFE);
            Memory.copy(address + Header.BYTES, base + image, bytes);
            if (isUnchanged(base, object, header)) {
                checkLife(type, key, header, life);
                if ((header & Header.OWNED) != 0 && OWNED_CHECK) {
                    throw lose(AbortCause.OWNED, object, header);
                }
                MergeChain.applyPrivately(base, LogEntry.image(entry), base + image);
                if (nesting.depth() != 0) {
                    // If the nested block is undone this is a merge again, or nothing; but what it
                    // has read stays read.
                    record(object);
                }
                nesting.saveEntry(entry);
                log.write(entry, header, image, bytes);
                return;
            }
        }
    }
}
