package org.offheapstm.internal.engine;

import org.offheapstm.TxFunction;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.memory.Memory;

import java.util.Arrays;

/**
 * Closed nested blocks: what is needed to undo the inner block alone.
 *
 * <p>A block is undone by (1) restoring, newest first, the private words and log entries that it
 * changed, from an undo list that is kept only while a nested block runs; (2) giving back what it
 * allocated; (3) cutting the write log back to where it was; (4) dropping its hooks; (5) forgetting
 * its private copies. What it has <em>read</em> stays in the read set, and what it has written
 * counts as read from then on: the outer block may act on what it learned, if only that the inner
 * one failed.
 *
 * <p><b>A conflict</b> of which only the inner block knows, since all that the outer one had read
 * and written is as it was, runs the inner block alone again: it is undone in the same way, but for
 * its reads, which go too, as nobody has learned anything from them. The innermost block whose
 * surroundings are still valid is the one; after {@link #MAX_RUNS} runs the whole attempt has lost.
 *
 * <p>An escalated attempt goes on owning what the inner block owned: the entries stay, as OWN. So
 * its allocations stay too, as DROPPED, and come back when the attempt ends, however it ends.
 */
final class Nesting {
    private static final int FIRST_UNDO = 64;

    /** How often a nested block runs before its conflict is that of the whole attempt. */
    private static final int MAX_RUNS = 8;

    private final Attempt attempt;
    private int depth;

    /**
     * Pairs: offset of a word and its value; or the complement of 4 x number of a log entry +
     * field, and its value.
     */
    private long[] undo = new long[FIRST_UNDO];

    private int undoCount;

    /** Whether an undo has begun and not ended: it may have met an Error. */
    private boolean undoing;

    Nesting(Attempt attempt) {
        this.attempt = attempt;
    }

    int depth() {
        return depth;
    }

    /**
     * Runs a nested block; if it throws, undoes it first. If it loses, runs it again, unless the
     * whole attempt has lost.
     */
    <T, X extends Exception> T run(TxFunction<T, X> body) throws X {
        int undoMark = undoCount;
        int logMark = attempt.log.count();
        Hooks.Mark hooksMark = attempt.hooks.mark();
        int span = attempt.images.span();
        long top = attempt.images.top();
        int seal = attempt.sealReads();
        depth++;
        try {
            for (int runs = 1; ; runs++) {
                try {
                    T result = body.apply(attempt);
                    attempt.checkNotDoomed();
                    return result;
                } catch (Throwable t) {
                    boolean lost = attempt.signal() == Signal.CONFLICT;
                    if (lost && (runs == MAX_RUNS || !attempt.isStale())) {
                        throw t;
                    }
                    boolean halfUndone = undoing;
                    undoing = true;
                    undoTo(undoMark, logMark, hooksMark);
                    attempt.images.rewind(span, top);
                    undoing = halfUndone;
                    if (!lost) {
                        throw t;
                    }
                    attempt.goOnFrom(seal);
                }
            }
        } finally {
            if (--depth == 0) {
                undoCount = 0;
            }
        }
    }

    private void undoTo(int undoMark, int logMark, Hooks.Mark hooksMark) {
        WriteLog log = attempt.log;
        while (undoCount > undoMark) {
            long what = undo[undoCount - 2];
            long old = undo[undoCount - 1];
            if (what >= 0) {
                Memory.set(attempt.base + what, old);
            } else {
                log.restore(log.entry((int) (~what >>> 2)), (int) ~what & 3, old);
            }
            undoCount -= 2;
        }
        abandon(logMark);
        attempt.hooks.undoTo(hooksMark);
        attempt.forgetLast();
    }

    /** Gives up the log entries from this one on, newest first. */
    private void abandon(int mark) {
        WriteLog log = attempt.log;
        long oldest = log.entry(mark);
        for (long entry = log.end(); entry != oldest; ) {
            entry -= LogEntry.BYTES;
            int what = LogEntry.what(entry);
            if (attempt.isEscalated()) {
                log.become(entry, isAllocation(what) ? LogEntry.DROPPED : LogEntry.OWN);
            } else {
                if (what == LogEntry.WRITE || what == LogEntry.FREE) {
                    attempt.record(LogEntry.object(entry));
                }
                cutOff(entry, what);
            }
        }
    }

    private static boolean isAllocation(int what) {
        return what == LogEntry.NEW || what == LogEntry.DROPPED;
    }

    /**
     * Takes the newest entry off the log, and gives back what it has allocated: in this order,
     * since after an Error it is done again, and a block that is lost does less harm than one that
     * is handed out twice.
     */
    private void cutOff(long entry, int what) {
        attempt.log.truncate(entry);
        if (isAllocation(what)) {
            attempt.giveBack(entry);
        }
    }

    /**
     * The attempt ends without committing: takes its entries off the log, newest first. It may be
     * asked again if an Error ended it; what is owned is let go only if it is owned still.
     */
    void abandonAll() {
        WriteLog log = attempt.log;
        while (!log.isEmpty()) {
            long entry = log.end() - LogEntry.BYTES;
            int what = LogEntry.what(entry);
            if (attempt.isEscalated() && !isAllocation(what)) {
                disown(entry, attempt.base, attempt.slot);
            }
            cutOff(entry, what);
        }
    }

    /** The attempt has ended. */
    void forget() {
        undoing = false;
    }

    /** Lets go of an object that an escalated attempt owns, if it owns it still. */
    static void disown(long entry, long base, int slot) {
        long expected = LogEntry.expected(entry);
        Memory.compareAndSet(base + LogEntry.object(entry), Header.owned(expected, slot), expected);
    }

    /** Whether a nested block was left half undone, by an Error. */
    boolean isHalfUndone() {
        return undoing;
    }

    /** Remembers a private word, if a nested block runs. */
    void saveWord(long offset) {
        if (depth != 0) {
            push(offset, Memory.get(attempt.base + offset));
        }
    }

    /** Remembers a log entry, if a nested block runs. */
    void saveEntry(long entry) {
        if (depth != 0) {
            long number = attempt.log.numberOf(entry);
            for (int field = 1; field < LogEntry.FIELDS; field++) {
                push(~(4 * number + field), LogEntry.field(entry, field));
            }
        }
    }

    private void push(long what, long value) {
        if (undoCount == undo.length) {
            undo = Arrays.copyOf(undo, 2 * undoCount);
        }
        undo[undoCount] = what;
        undo[undoCount + 1] = value;
        undoCount += 2;
    }
}
