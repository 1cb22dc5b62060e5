package org.offheapstm.internal.engine;

import org.offheapstm.AbortCause;
import org.offheapstm.ArrayType;
import org.offheapstm.AtomicBlock;
import org.offheapstm.Merge;
import org.offheapstm.ObjectType;
import org.offheapstm.Stm;
import org.offheapstm.StmType;
import org.offheapstm.TxAction;
import org.offheapstm.TxFunction;
import org.offheapstm.TxLocal;
import org.offheapstm.internal.heap.BlockKinds;
import org.offheapstm.internal.heap.BlockKinds.Kind;
import org.offheapstm.internal.layout.Directory;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

import java.util.Objects;

/**
 * One running attempt of a transaction, as users see it: objects, arrays and control on top of
 * {@link ReadPath}. There is one per slot, used by one attempt after the other.
 *
 * <h2>Arrays</h2>
 *
 * The head of an array holds its length and its life; each stripe has a version of its own. An
 * access reads the head, by the protocol, then the stripe, then looks at the head once more: while
 * the head is fresh the stripe belongs to this array. So the head of the array used last is only
 * looked at. Allocating and freeing touch the head only. So a block can be handed out again while a
 * commit that locked a stripe before the free still stores into it: {@link #clearStripes} waits
 * until each stripe is not LOCKed. No commit can lock it for longer than to find out: its read set
 * holds the head, which has changed.
 */
final class Attempt extends WritePath {
    private static final boolean CLEAR_WAITS = !Seam.without("clearStripesWait");

    private final Scratch scratch = new Scratch(this);

    Attempt(Engine engine, int slot) {
        super(engine, slot);
    }

    // ---- words of objects

    @Override
    public long getLong(ObjectType type, long ref, int offset) {
        check(type, ref);
        checkOffset(type, offset);
        return read(type, ref, Header.BYTES + offset);
    }

    @Override
    public void getLongs(
            ObjectType type, long ref, int offset, long[] target, int from, int count) {
        check(type, ref);
        WordRange.check(type, offset, count, target, from);
        if (!readInPlace(type, ref, Header.BYTES + offset, target, from, count)) {
            for (int i = 0; i < count; i++) {
                target[from + i] = read(type, ref, Header.BYTES + offset + Long.BYTES * i);
            }
        }
    }

    @Override
    public void setLong(ObjectType type, long ref, int offset, long value) {
        checkRunning();
        checkOffset(type, offset);
        if (isLast(type, ref)) {
            writeLast(type, ref, type.payloadBytes(), offset, value);
        } else {
            checkWritable();
            checkRef(type, ref);
            write(type, ref, type.payloadBytes(), offset, value);
        }
    }

    @Override
    public void setLongs(
            ObjectType type, long ref, int offset, long[] source, int from, int count) {
        check(type, ref);
        checkWritable();
        WordRange.check(type, offset, count, source, from);
        int bytes = type.payloadBytes();
        for (int i = 0; i < count; i++) {
            int word = offset + Long.BYTES * i;
            if (isLast(type, ref)) {
                writeLast(type, ref, bytes, word, source[from + i]);
            } else {
                write(type, ref, bytes, word, source[from + i]);
            }
        }
    }

    @Override
    public void merge(ObjectType type, long ref, int offset, Merge merge, long operand) {
        check(type, ref);
        checkWritable();
        checkOffset(type, offset);
        mergeAt(type, ref, type.payloadBytes(), offset, merge, operand);
    }

    @Override
    public void getBytes(
            ObjectType type, long ref, int offset, byte[] target, int from, int length) {
        check(type, ref);
        ByteRange.check(type, offset, length, type.payloadBytes(), target, from);
        for (int done = 0; done < length; ) {
            int at = offset + done & -8;
            long word = read(type, ref, Header.BYTES + at);
            done += ByteRange.get(word, offset + done - at, target, from + done, length - done);
        }
    }

    @Override
    public void setBytes(
            ObjectType type, long ref, int offset, byte[] source, int from, int length) {
        check(type, ref);
        checkWritable();
        ByteRange.check(type, offset, length, type.payloadBytes(), source, from);
        for (int done = 0; done < length; ) {
            int at = offset + done & -8;
            int skip = offset + done - at;
            boolean whole = skip == 0 && length - done >= 8;
            long old = whole ? 0 : read(type, ref, Header.BYTES + at);
            long word = ByteRange.put(old, skip, source, from + done, length - done);
            write(type, ref, type.payloadBytes(), at, word);
            done += Math.min(8 - skip, length - done);
        }
    }

    @Override
    public void prefetch(long[] refs, int from, int count) {
        checkRunning();
        Objects.checkFromIndexSize(from, count, refs.length);
        touch(refs, from, from + count);
    }

    // ---- arrays

    @Override
    public long length(ArrayType type, long ref) {
        check(type, ref);
        return read(type, ref, LENGTH);
    }

    @Override
    public long getLong(ArrayType type, long ref, long index, int offset) {
        checkIndex(type, ref, index, offset, open(type, ref));
        long stripe = type.stripeOf(index);
        long header = Reference.offset(ref) + stripeOffset(type, stripe);
        int word = Header.BYTES + wordInStripe(type, index, stripe, offset);
        if (isBorn(type, ref)) {
            return Memory.get(base + header + word);
        }
        long value = read(type, Reference.of(header, 0), word);
        recheck(ref);
        return value;
    }

    @Override
    public void setLong(ArrayType type, long ref, long index, int offset, long value) {
        long length = open(type, ref);
        checkWritable();
        checkIndex(type, ref, index, offset, length);
        long stripe = type.stripeOf(index);
        long header = Reference.offset(ref) + stripeOffset(type, stripe);
        int word = wordInStripe(type, index, stripe, offset);
        if (isBorn(type, ref)) {
            long at = header + Header.BYTES + word;
            nesting.saveWord(at);
            Memory.set(base + at, value);
            return;
        }
        long key = Reference.of(header, 0);
        int bytes = stripeBytes(type, stripe, length);
        if (isLast(type, key)) {
            writeLast(type, key, bytes, word, value);
        } else {
            write(type, key, bytes, word, value);
        }
        recheck(ref);
    }

    @Override
    public void merge(ArrayType type, long ref, long index, int offset, Merge merge, long operand) {
        long length = open(type, ref);
        checkWritable();
        checkIndex(type, ref, index, offset, length);
        if (type.elementBytes() < 8) {
            throw new IllegalArgumentException(
                    "merge refused: array=" + type.name() + ", elementBytes=" + type.elementBytes()
                            + "; merge needs elements of 8 bytes or more");
        }
        long stripe = type.stripeOf(index);
        int word = wordInStripe(type, index, stripe, offset);
        long header = Reference.offset(ref) + stripeOffset(type, stripe);
        if (isBorn(type, ref)) {
            long at = header + Header.BYTES + word;
            nesting.saveWord(at);
            Memory.set(base + at, merge.apply(Memory.get(base + at), operand));
            return;
        }
        mergeAt(
                type,
                Reference.of(header, 0),
                stripeBytes(type, stripe, length),
                word,
                merge,
                operand);
        recheck(ref);
    }

    @Override
    public void getBytes(
            ArrayType type, long ref, long offset, byte[] target, int from, int length) {
        long bytes = Math.multiplyExact(length(type, ref), (long) type.elementBytes());
        ByteRange.check(type, offset, length, bytes, target, from);
        for (int done = 0; done < length; ) {
            long index = (offset + done) / type.elementBytes();
            int inElement = (int) ((offset + done) % type.elementBytes());
            long word = getLong(type, ref, index, type.elementBytes() < 8 ? 0 : inElement & -8);
            int skip = skip(type, offset + done, inElement);
            done += ByteRange.get(word, skip, target, from + done, length - done);
        }
    }

    @Override
    public void setBytes(
            ArrayType type, long ref, long offset, byte[] source, int from, int length) {
        checkWritable();
        long elements = length(type, ref);
        ByteRange.check(
                type,
                offset,
                length,
                Math.multiplyExact(elements, (long) type.elementBytes()),
                source,
                from);
        for (int done = 0; done < length; ) {
            long index = (offset + done) / type.elementBytes();
            int inElement = (int) ((offset + done) % type.elementBytes());
            int inWord = type.elementBytes() < 8 ? 0 : inElement & -8;
            int skip = skip(type, offset + done, inElement);
            boolean whole = skip == 0 && length - done >= 8;
            long old = whole ? 0 : getLong(type, ref, index, inWord);
            setLong(
                    type,
                    ref,
                    index,
                    inWord,
                    ByteRange.put(old, skip, source, from + done, length - done));
            done += Math.min(8 - skip, length - done);
        }
    }

    /**
     * The place of a byte of an array in its word: stripes start at word boundaries and hold whole
     * words.
     */
    private static int skip(ArrayType type, long at, int inElement) {
        return (int) (type.elementBytes() < 8 ? at & 7 : inElement & 7);
    }

    private static void checkIndex(ArrayType type, long ref, long index, int offset, long length) {
        int bytes = Math.max(8, type.elementBytes());
        if (Long.compareUnsigned(index, length) >= 0
                || (offset & 7) != 0
                || Integer.compareUnsigned(offset, bytes) >= 0) {
            throw Refusal.index(type, ref, index, offset, length);
        }
    }

    private static long stripeOffset(ArrayType type, long stripe) {
        return BlockKinds.ARRAY_HEAD_BYTES + stripe * BlockKinds.stripeBytes(type);
    }

    private static int wordInStripe(ArrayType type, long index, long stripe, int offset) {
        return (int) ((index - stripe * type.elementsPerStripe()) * type.elementBytes() + offset)
                & -8;
    }

    private static int stripeBytes(ArrayType type, long stripe, long length) {
        long elements =
                Math.min(type.elementsPerStripe(), length - stripe * type.elementsPerStripe());
        return (int) (elements * type.elementBytes() + 7) & -8;
    }

    // ---- the directory of roots

    static final ArrayType DIRECTORY =
            ArrayType.of("offheapstm.Directory", Directory.PAYLOAD_BYTES);

    /** Reads a bucket of the directory, by its offset in the payload. */
    long bucket(int offset) {
        checkRunning();
        return read(DIRECTORY, Reference.of(region.directory(), 0), Header.BYTES + offset);
    }

    /** Writes a bucket of the directory. */
    void bucket(int offset, long root) {
        long key = Reference.of(region.directory(), 0);
        write(DIRECTORY, key, Directory.PAYLOAD_BYTES, offset, root);
    }

    // ---- life of objects

    @Override
    public long allocate(ObjectType type) {
        checkRunning();
        checkWritable();
        checkNotDoomed();
        log.reserve();
        Kind kind = engine.kinds.of(type);
        long object = nursery.allocate(kind);
        Memory.zero(base + object + Header.BYTES, kind.blockBytes() - Header.BYTES);
        long ref = born(object, type.payloadBytes());
        last(type, ref, 0, object + Header.BYTES);
        return ref;
    }

    @Override
    public long allocate(ArrayType type, long length) {
        checkRunning();
        checkWritable();
        checkNotDoomed();
        long maximum = region.capacityBytes() / type.elementBytes();
        if (length < 0 || length > maximum) {
            throw Refusal.length(type, length, maximum);
        }
        log.reserve();
        long bytes = BlockKinds.arrayBytes(type, length);
        long array = bytes <= BlockKinds.MAX_BLOCK_BYTES
                ? nursery.allocate(engine.kinds.of(type, bytes))
                : engine.spans.allocate(type, bytes);
        long ref = born(array, 0);
        clearStripes(type, array, length);
        Memory.set(base + array + LENGTH, length);
        return ref;
    }

    @Override
    public long allocateScratch(ObjectType type) {
        long ref = allocate(type);
        scratch.add(ref, number());
        return ref;
    }

    @Override
    public long allocateScratch(ArrayType type, long length) {
        long ref = allocate(type, length);
        scratch.add(ref, number());
        return ref;
    }

    @Override
    void dropScratch() {
        scratch.settle(number());
    }

    private long born(long object, int bytes) {
        long generation = Memory.get(base + object + Header.LIFE) & Header.GENERATION_MASK;
        long header = Memory.get(base + object);
        long ref = Reference.of(object, generation);
        enter(ref, header, object + Header.BYTES, bytes, LogEntry.NEW);
        return ref;
    }

    private static boolean isLocked(long address) {
        return (Memory.getAcquire(address) & Header.LOCK) != 0;
    }

    private void clearStripes(ArrayType type, long array, long length) {
        long stripes = length == 0 ? 0 : type.stripeOf(length - 1) + 1;
        for (long stripe = 0; stripe < stripes; stripe++) {
            long address = base + array + stripeOffset(type, stripe);
            for (int spins = 0; CLEAR_WAITS && isLocked(address); spins++) {
                Engine.pause(spins);
            }
            Memory.set(address + Header.LIFE, 0); // No image of an earlier life.
            Memory.zero(address + Header.BYTES, stripeBytes(type, stripe, length));
        }
    }

    @Override
    public void free(StmType type, long ref) {
        if (type instanceof ObjectType single) {
            check(single, ref);
        } else {
            check((ArrayType) type, ref);
        }
        checkWritable();
        openToFree(type, ref);
    }

    @Override
    public boolean exists(StmType type, long ref) {
        checkRunning();
        boolean passes = type instanceof ObjectType single
                ? passesFor(single, ref)
                : passesFor((ArrayType) type, ref);
        return passes && isAlive(ref);
    }

    // ---- control

    @Override
    public <T, X extends Exception> T nested(TxFunction<T, X> body) throws X {
        checkRunning();
        return nesting.run(body);
    }

    @Override
    public Error retry() {
        checkRunning();
        checkNotDoomed();
        progress.lost(AbortCause.RETRY, 0, 0, 0);
        throw doom(Signal.RETRY);
    }

    @Override
    public void retryFor(long timeoutNanos) {
        checkRunning();
        checkNotDoomed();
        if (progress.waitUntil(timeoutNanos)) {
            retry();
        }
    }

    @Override
    public <T, X extends Exception> T orElse(TxFunction<T, X> first, TxFunction<T, X> second)
            throws X {
        return orElse(0, first, second);
    }

    @Override
    public <T, X extends Exception> T orElse(
            long timeoutNanos, TxFunction<T, X> first, TxFunction<T, X> second) throws X {
        checkRunning();
        Objects.requireNonNull(second, "second"); // Now, and not only once the first retries.
        try {
            return nesting.run(first);
        } catch (Signal signal) {
            // This attempt's own retry, and not that of a transaction of another engine around it.
            if (signal() != Signal.RETRY || timeoutNanos > 0 && progress.waitUntil(timeoutNanos)) {
                throw signal;
            }
        }
        heal();
        return nesting.run(second);
    }

    @Override
    public void beforeCommit(TxAction<RuntimeException> action) {
        checkRunning();
        hooks.beforeCommit(action);
    }

    @Override
    public void afterCommit(Runnable action) {
        checkRunning();
        hooks.afterCommit(action);
    }

    @Override
    public void afterRollback(Runnable action) {
        checkRunning();
        hooks.afterRollback(action);
    }

    @Override
    protected Object local(TxLocal<?> key) {
        checkRunning();
        return hooks.local(key);
    }

    @Override
    protected void setLocal(TxLocal<?> key, Object value) {
        checkRunning();
        hooks.setLocal(key, value);
    }

    // ---- about the transaction

    @Override
    public Stm stm() {
        return engine;
    }

    @Override
    public AtomicBlock block() {
        return block;
    }

    @Override
    public int attempt() {
        return progress.attempts;
    }

    @Override
    public boolean isReadOnly() {
        return readOnly;
    }
}
