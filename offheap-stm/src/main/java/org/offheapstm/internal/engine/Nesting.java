package org.offheapstm.internal.engine;

import org.offheapstm.TxFunction;
import org.offheapstm.internal.memory.Memory;

import java.util.Arrays;

/**
 * Closed nested blocks: what is needed to undo the inner block alone.
 *
 * <p>A block is undone by (1) restoring, newest first, the private words and log entries that it
 * changed, from an undo list that is kept only while a nested block runs; (2) giving back what it
 * allocated; (3) cutting the write log back to where it was; (4) dropping its hooks. What it has
 * <em>read</em> stays in the read set, and what it has written counts as read from then on: the
 * outer block may act on what it learned, if only that the inner one failed.
 *
 * <p>An escalated attempt goes on owning what the inner block owned: the entries stay, as OWN. So
 * its allocations stay too, as DROPPED, and come back when the attempt ends, however it ends.
 */
final class Nesting {
    private static final int FIRST_UNDO = 64;

    private final Attempt attempt;
    private int depth;

    /**
     * Pairs: offset of a word and its value; or the complement of 4 x entry + field, and its value.
     */
    private long[] undo = new long[FIRST_UNDO];

    private int undoCount;

    Nesting(Attempt attempt) {
        this.attempt = attempt;
    }

    int depth() {
        return depth;
    }

    /** Runs a nested block; if it throws, undoes it first, unless the whole attempt has lost. */
    <T, X extends Exception> T run(TxFunction<T, X> body) throws X {
        int undoMark = undoCount;
        int logMark = attempt.log.count();
        Hooks.Mark hooksMark = attempt.hooks.mark();
        depth++;
        try {
            T result = body.apply(attempt);
            attempt.checkNotDoomed();
            return result;
        } catch (Throwable t) {
            if (t != Signal.CONFLICT) {
                undoTo(undoMark, logMark, hooksMark);
            }
            throw t;
        } finally {
            if (--depth == 0) {
                undoCount = 0;
            }
        }
    }

    private void undoTo(int undoMark, int logMark, Hooks.Mark hooksMark) {
        WriteLog log = attempt.log;
        while (undoCount > undoMark) {
            undoCount -= 2;
            long what = undo[undoCount];
            if (what >= 0) {
                Memory.set(attempt.base + what, undo[undoCount + 1]);
            } else {
                log.restore((int) (~what >>> 2), (int) ~what & 3, undo[undoCount + 1]);
            }
        }
        abandon(logMark);
        attempt.hooks.undoTo(hooksMark);
        attempt.forgetLastWrite();
    }

    /** Gives up the log entries from this one on. */
    private void abandon(int mark) {
        WriteLog log = attempt.log;
        for (int entry = log.count() - 1; entry >= mark; entry--) {
            int what = log.what(entry);
            boolean allocated = what == WriteLog.NEW || what == WriteLog.DROPPED;
            if (attempt.isEscalated()) {
                log.become(entry, allocated ? WriteLog.DROPPED : WriteLog.OWN);
            } else if (allocated) {
                attempt.giveBack(entry);
            } else if (what != WriteLog.MERGE) {
                attempt.record(log.object(entry));
            }
        }
        if (!attempt.isEscalated()) {
            log.truncate(mark);
        }
    }

    /**
     * The attempt ends without committing. Each entry is cut off before it is undone: should the
     * stack overflow, a second call goes on from there, and no block comes back twice.
     */
    void abandonAll() {
        WriteLog log = attempt.log;
        for (int entry = log.count() - 1; entry >= 0; entry--) {
            int what = log.what(entry);
            log.truncate(entry);
            if (what == WriteLog.NEW || what == WriteLog.DROPPED) {
                attempt.giveBack(entry);
            } else if (attempt.isEscalated()) {
                Memory.setRelease(attempt.base + log.object(entry), log.expected(entry));
            }
        }
    }

    /** Remembers a private word, if a nested block runs. */
    void saveWord(long offset) {
        if (depth != 0) {
            push(offset, Memory.get(attempt.base + offset));
        }
    }

    /** Remembers a log entry, if a nested block runs. */
    void saveEntry(int entry) {
        if (depth != 0) {
            for (int field = 1; field < 4; field++) {
                push(~(4L * entry + field), attempt.log.field(entry, field));
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
