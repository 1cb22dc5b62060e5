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

    // ---- what an entry of the log is
    private static final byte OTHER = 0;
    private static final byte UNREACHED = 1;
    private static final byte REACHED = 2;

    private final Attempt attempt;

    /** References, in order of allocation. */
    private long[] refs = new long[FIRST];

    private int count;

    /** The attempt that they are of. */
    private long number;

    /** For each entry of the log, by its number. */
    private byte[] marks = new byte[FIRST];

    /** Numbers of entries that have been reached and not searched yet. */
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
        }
        refs[count++] = ref;
    }

    /** Drops what nothing leads to; the body has ended. */
    void settle(long attemptNumber) {
        if (number != attemptNumber || count == 0) {
            return;
        }
        WriteLog log = attempt.log;
        int entries = log.count();
        mark(entries);
        for (int entry = 0; entry < entries; entry++) {
            searchEntry(log.entry(entry), marks[entry]);
        }
        attempt.engine.upkeep.pins.forEach(seeing);
        while (depth != 0) {
            search(LogEntry.ref(log.entry(stack[--depth])));
        }
        for (int entry = 0; entry < entries; entry++) {
            if (marks[entry] == UNREACHED) {
                log.become(log.entry(entry), LogEntry.DROPPED);
            }
        }
        count = 0;
    }

    /** Marks the entries of scratch objects, but of those that a nested block has undone. */
    private void mark(int entries) {
        if (entries > marks.length) {
            marks = new byte[2 * entries];
            stack = new int[2 * entries];
        }
        Arrays.fill(marks, 0, entries, OTHER);
        depth = 0;
        for (int i = 0; i < count; i++) {
            int entry = birthOf(refs[i]);
            if (entry >= 0) {
                marks[entry] = UNREACHED;
            }
        }
    }

    /** The number of the entry of an object that was made here; -1 for any other word. */
    private int birthOf(long word) {
        WriteLog log = attempt.log;
        long object = Reference.offset(word);
        long entry = log.mayHave(object) ? log.find(object) : LogEntry.NONE;
        return entry != LogEntry.NONE
                        && LogEntry.what(entry) == LogEntry.NEW
                        && LogEntry.ref(entry) == word
                ? log.numberOf(entry)
                : -1;
    }

    private void see(long word) {
        int entry = birthOf(word);
        if (entry >= 0 && marks[entry] == UNREACHED) {
            marks[entry] = REACHED;
            stack[depth++] = entry;
        }
    }

    private void searchEntry(long entry, byte mark) {
        int what = LogEntry.what(entry);
        if (what == LogEntry.WRITE) {
            searchImage(entry);
        } else if (what == LogEntry.NEW && mark == OTHER) {
            search(LogEntry.ref(entry));
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
        long length = array.referenceCount() == 0 ? 0 : Memory.get(payload);
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
