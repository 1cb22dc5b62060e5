package org.offheapstm.internal.engine;

import org.offheapstm.Transaction;
import org.offheapstm.TxAction;
import org.offheapstm.TxLocal;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What users have attached to an attempt: actions before commit, after commit and after rollback,
 * and transaction-local values. Empty, and free, unless used.
 *
 * <p>A value set again is appended, so that undoing a nested block is cutting the lists back. An
 * action registered for rollback by a nested block that was undone runs when the attempt ends,
 * however it ends.
 */
final class Hooks {
    private final List<TxAction<RuntimeException>> before = new ArrayList<>();
    private final List<Runnable> commit = new ArrayList<>();
    private final List<Runnable> rollback = new ArrayList<>();
    private final List<Runnable> undone = new ArrayList<>();
    private final List<Object> locals = new ArrayList<>();
    private boolean used;

    boolean anyBeforeCommit() {
        return used && !before.isEmpty();
    }

    void beforeCommit(TxAction<RuntimeException> action) {
        before.add(Objects.requireNonNull(action, "action"));
        used = true;
    }

    void afterCommit(Runnable action) {
        commit.add(Objects.requireNonNull(action, "action"));
        used = true;
    }

    void afterRollback(Runnable action) {
        rollback.add(Objects.requireNonNull(action, "action"));
        used = true;
    }

    /** Runs the actions before commit, also those that they add. */
    void runBeforeCommit(Transaction tx) {
        for (int i = 0; i < before.size(); i++) {
            before.get(i).run(tx);
        }
        before.clear();
    }

    Object local(TxLocal<?> key) {
        for (int i = locals.size() - 2; i >= 0; i -= 2) {
            if (locals.get(i) == key) {
                return locals.get(i + 1);
            }
        }
        return null;
    }

    void setLocal(TxLocal<?> key, Object value) {
        used = true;
        locals.add(key);
        locals.add(value);
    }

    /** The sizes of the lists, for {@link #undoTo}. */
    record Mark(int before, int commit, int rollback, int locals) {
        static final Mark EMPTY = new Mark(0, 0, 0, 0);
    }

    Mark mark() {
        return used
                ? new Mark(before.size(), commit.size(), rollback.size(), locals.size())
                : Mark.EMPTY;
    }

    /** Forgets what a nested block has attached since the mark. */
    void undoTo(Mark mark) {
        if (used) {
            undone.addAll(rollback.subList(mark.rollback, rollback.size()));
            cut(rollback, mark.rollback);
            cut(commit, mark.commit);
            cut(before, mark.before);
            cut(locals, mark.locals);
        }
    }

    private static void cut(List<?> list, int size) {
        list.subList(size, list.size()).clear();
    }

    /** Whether anything was attached. */
    boolean areUsed() {
        return used;
    }

    /**
     * Takes the actions to run now that the attempt has ended, and forgets everything, also if
     * there is no memory for the list: the next transaction in this slot must not run them.
     */
    List<Runnable> end(boolean committed) {
        try {
            List<Runnable> due = new ArrayList<>(undone);
            due.addAll(committed ? commit : rollback);
            return due;
        } finally {
            before.clear();
            commit.clear();
            rollback.clear();
            undone.clear();
            locals.clear();
            used = false;
        }
    }

    /** Runs all actions; the first exception is thrown after the last one. */
    static void run(List<Runnable> actions) {
        Throwable first = null;
        for (Runnable action : actions) {
            try {
                action.run();
            } catch (Throwable t) { // Why: some languages throw checked exceptions undeclared.
                first = first == null ? t : suppress(first, t);
            }
        }
        if (first != null) {
            throw Contention.<RuntimeException>sneak(first);
        }
    }

    /** Adds an exception to another, which it may be itself. */
    @SuppressWarnings("ReferenceEquality")
    static Throwable suppress(Throwable first, Throwable more) {
        if (first != more) {
            first.addSuppressed(more);
        }
        return first;
    }
}
