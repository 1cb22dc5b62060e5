package org.offheapstm.internal.engine;

import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.StmType;
import org.offheapstm.internal.heap.BlockKinds;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * The objects of an attempt that shall live on only if something leads to them: at the end of the
 * body, what is about to be published is searched for references to them, and the references in
 * those that were found are followed. The others are dropped from the log: their blocks go back to
 * the nursery without ever having been published, and no version is given for them.
 *
 * <p>Why the user has to ask for it: the engine sees every reference in the region, but not those
 * that Java variables hold, so of an ordinary new object it must assume that somebody keeps one.
 *
 * <p>Searched are the words where the types have references, of objects that were written or made,
 * each once; so it costs what the transaction has written, and only if it has made scratch objects.
 * Nothing but them can be dropped, so that a word which is no reference does no harm.
 */
final class Scratch {
    private static final int FIRST = 16;

    private final Attempt attempt;

    /** References, in order of allocation; sorted at the end. */
    private long[] refs = new long[FIRST];

    private int count;

    /** The attempt that they are of. */
    private long number;

    private boolean[] reached = new boolean[FIRST];
    private int[] stack = new int[FIRST];
    private int depth;

    /** Made once, so that a commit makes no garbage. */
    private final LongConsumer seeing = this::see;

    Scratch(Attempt attempt) {
        this.attempt = attempt;
    }

    /** Notes a new object. */
    void add(long ref, long attemptNumber) {
        if (number != attemptNumber) {
            number = attemptNumber;
            count = 0;
        }
        if (count == refs.length) {
            refs = Arrays.copyOf(refs, 2 * count);
            reached = new boolean[2 * count];
            stack = new int[2 * count];
        }
        refs[count++] = ref;
    }

    /** Drops what nothing leads to; the body has ended. */
    void settle(long attemptNumber) {
        if (number != attemptNumber || count == 0) {
            return;
        }
        Arrays.sort(refs, 0, count);
        Arrays.fill(reached, 0, count, false);
        depth = 0;
        WriteLog log = attempt.log;
        for (long entry = log.first(); entry != log.end(); entry += LogEntry.BYTES) {
            int what = LogEntry.what(entry);
            if (what == LogEntry.WRITE) {
                searchImage(entry);
            } else if (what == LogEntry.NEW && indexOf(LogEntry.ref(entry)) < 0) {
                search(LogEntry.ref(entry));
            }
        }
        attempt.engine.upkeep.pins.forEach(seeing);
        while (depth != 0) {
            search(refs[stack[--depth]]);
        }
        for (int i = 0; i < count; i++) {
            if (!reached[i]) {
                drop(refs[i]);
            }
        }
        count = 0;
    }

    private void drop(long ref) {
        WriteLog log = attempt.log;
        long entry = log.mayHave(Reference.offset(ref))
                ? log.find(Reference.offset(ref))
                : LogEntry.NONE;
        // None if a nested block was undone; and perhaps its place has another object then.
        if (entry != LogEntry.NONE
                && LogEntry.what(entry) == LogEntry.NEW
                && LogEntry.ref(entry) == ref) {
            log.become(entry, LogEntry.DROPPED);
        }
    }

    private int indexOf(long ref) {
        return Arrays.binarySearch(refs, 0, count, ref);
    }

    private void see(long word) {
        int index = word == 0 ? -1 : indexOf(word);
        if (index >= 0 && !reached[index]) {
            reached[index] = true;
            stack[depth++] = index;
        }
    }

    /** Looks through the private copy of an object, or of a stripe. */
    private void searchImage(long entry) {
        int run = Region.runOf(LogEntry.object(entry));
        while (entryOf(run) == RunEntry.BODY) {
            run--; // A stripe of a large array, whose type is told by the first of its runs.
        }
        StmType type = StmType.byId(RunEntry.type(entryOf(run)));
        if (type == null) {
            return; // The directory; what it leads to is no scratch.
        }
        long payload = attempt.base + LogEntry.image(entry);
        if (type instanceof ArrayType array) {
            searchElements(array, payload, LogEntry.bytes(entry) / array.elementBytes());
        } else {
            searchWords(type, payload);
        }
    }

    private long entryOf(int run) {
        return Memory.getAcquire(attempt.region.entryAddress(run));
    }

    /** Looks through a new object. */
    private void search(long ref) {
        StmType type = attempt.engine.typeOf(ref);
        long payload = attempt.base + Reference.offset(ref) + Header.BYTES;
        if (type instanceof ObjectType) {
            searchWords(type, payload);
            return;
        }
        ArrayType array = (ArrayType) type;
        long length = Memory.get(payload);
        long stripe = payload - Header.BYTES + BlockKinds.ARRAY_HEAD_BYTES;
        for (long left = length; left > 0; left -= array.elementsPerStripe()) {
            searchElements(array, stripe + Header.BYTES, Math.min(left, array.elementsPerStripe()));
            stripe += BlockKinds.stripeBytes(array);
        }
    }

    private void searchElements(ArrayType type, long payload, long elements) {
        for (long i = 0; i < elements; i++) {
            searchWords(type, payload + i * type.elementBytes());
        }
    }

    private void searchWords(StmType type, long payload) {
        int references = type.referenceCount();
        for (int i = 0; i < references; i++) {
            see(Memory.get(payload + type.referenceOffset(i)));
        }
    }
}
