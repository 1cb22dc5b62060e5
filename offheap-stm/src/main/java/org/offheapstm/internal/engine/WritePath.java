package org.offheapstm.internal.engine;

import org.offheapstm.AbortCause;
import org.offheapstm.Merge;
import org.offheapstm.StmType;
import org.offheapstm.internal.heap.Region;
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
    private static final long NO_KEY = -1;

    /** What the last write went to, and where its private payload is. */
    private long lastKey = NO_KEY;

    private long lastImage;

    WritePath(Engine engine, int slot) {
        super(engine, slot);
    }

    // ---- writing

    /**
     * Writes a word of the private payload.
     *
     * @param key the reference, or the complement of a stripe's offset: what the last write is
     *     remembered by
     * @param bytes of payload
     * @param word offset of the word from the start of the payload
     */
    final void write(StmType type, long object, long key, int bytes, long word, long value) {
        if (key == lastKey && nesting.depth() == 0) {
            Memory.set(base + lastImage + word, value);
            return;
        }
        long image = imageOf(type, object, key < 0 ? 0 : Reference.generation(key), bytes);
        nesting.saveWord(image + word);
        Memory.set(base + image + word, value);
        lastKey = key;
        lastImage = image;
    }

    /** Offset of the private payload of an object, made if there is none. */
    private long imageOf(StmType type, long object, long generation, int bytes) {
        if ((filter >>> WriteLog.filterBit(object) & 1) != 0) {
            int entry = find(object);
            if (entry >= 0) {
                return imageOfEntry(type, entry, generation, bytes);
            }
        }
        return openForWrite(type, object, generation, bytes);
    }

    private long imageOfEntry(StmType type, int entry, long generation, int bytes) {
        int what = log.what(entry);
        checkOwnLife(type, entry, what, generation);
        if (what == WriteLog.MERGE) {
            materialize(type, entry, generation);
        } else if (what == WriteLog.OWN) {
            long image = images.take(bytes);
            Memory.copy(base + log.object(entry) + Header.BYTES, base + image, bytes);
            nesting.saveEntry(entry);
            log.write(entry, log.expected(entry), image, bytes);
        }
        return log.image(entry);
    }

    private long openForWrite(StmType type, long object, long generation, int bytes) {
        long address = base + object;
        log.reserve();
        long image = images.take(bytes);
        while (true) {
            long header = Memory.getAcquire(address);
            if (!Header.isOlder(header, bound) && (header & Header.OWN_MASK) != self) {
                header = escalated ? own(object) : settle(object);
            }
            long life = Memory.get(address + Header.LIFE);
            Memory.copy(address + Header.BYTES, base + image, bytes);
            if (isUnchanged(address, header)) {
                checkLife(type, object, generation, header, life);
                if (escalated) {
                    int entry = log.find(object);
                    nesting.saveEntry(entry);
                    log.write(entry, log.expected(entry), image, bytes);
                    return image;
                }
                if ((header & Header.OWNED) != 0 && OWNED_CHECK) {
                    throw lose(AbortCause.OWNED, object, header);
                }
                enter(object, generation, header, image, bytes, WriteLog.WRITE);
                unrecord(object);
                return image;
            }
        }
    }

    final int enter(long object, long generation, long expected, long image, int bytes, int what) {
        filter |= 1L << WriteLog.filterBit(object);
        int entry = log.add(object, generation, expected, image, bytes, what);
        step("write");
        return entry;
    }

    /** Opens an object in order to free it. */
    final void openToFree(StmType type, long object, long generation) {
        int entry = find(object);
        if (entry < 0) {
            openForWrite(type, object, generation, 0);
            entry = log.find(object);
        } else {
            checkOwnLife(type, entry, log.what(entry), generation);
            if (log.what(entry) == WriteLog.MERGE) {
                materialize(type, entry, generation);
            }
        }
        nesting.saveEntry(entry);
        log.become(entry, log.what(entry) == WriteLog.NEW ? WriteLog.DROPPED : WriteLog.FREE);
        lastKey = NO_KEY;
    }

    /** Gives back the block of an allocation that will not be published. */
    final void giveBack(int entry) {
        long block = log.object(entry);
        int run = Region.runOf(block);
        if (region.isSpan(run)) {
            engine.spans.retire(run);
        } else {
            nursery.giveBack(engine.kinds.byNumber(region.kind(run)), block);
        }
    }

    /** After publishing: gives back the blocks of freed objects. */
    final void giveBackFreed() {
        for (int entry = 0; entry < log.count(); entry++) {
            int what = log.what(entry);
            if (what == WriteLog.FREE || what == WriteLog.DROPPED) {
                long block = log.object(entry);
                int run = Region.runOf(block);
                if (region.isSpan(run)) {
                    engine.spans.retire(run);
                } else {
                    nursery.free(engine.kinds.byNumber(region.kind(run)), block);
                }
            }
        }
    }

    /** Notes a merge, to be done under the lock. */
    final void mergeAt(
            StmType type,
            long object,
            long generation,
            int bytes,
            long word,
            Merge merge,
            long operand) {
        int entry = find(object);
        if (entry >= 0 && log.what(entry) != WriteLog.MERGE || escalated) {
            long at = imageOf(type, object, generation, bytes) + word;
            nesting.saveWord(at);
            Memory.set(base + at, merge.apply(Memory.get(base + at), operand));
            return;
        }
        if (entry < 0) {
            // Exists in the snapshot; whether it still does at commit is seen under the lock.
            long header = settle(object);
            checkLife(type, object, generation, header, Memory.get(base + object + Header.LIFE));
            log.reserve();
            long at = images.take(MergeChain.BYTES);
            MergeChain.start(base, at, word, merge, operand);
            enter(object, generation, 0, at, bytes, WriteLog.MERGE);
            return;
        }
        checkOwnLife(type, entry, WriteLog.MERGE, generation);
        long chain = log.image(entry);
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
    final void materialize(StmType type, int entry, long generation) {
        long object = log.object(entry);
        int bytes = log.bytes(entry);
        long address = base + object;
        long image = images.take(bytes);
        while (true) {
            long header = settle(object);
            long life = Memory.get(address + Header.LIFE);
            Memory.copy(address + Header.BYTES, base + image, bytes);
            if (isUnchanged(address, header)) {
                checkLife(type, object, generation, header, life);
                if ((header & Header.OWNED) != 0 && OWNED_CHECK) {
                    throw lose(AbortCause.OWNED, object, header);
                }
                MergeChain.apply(base, log.image(entry), base + image);
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

    @Override
    final void forgetLastWrite() {
        lastKey = NO_KEY;
    }
}
