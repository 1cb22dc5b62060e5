package org.offheapstm.internal.heap;

/** Told of runs that somebody holds for itself. */
@FunctionalInterface
public interface RunVisitor {
    /**
     * Takes consecutive runs.
     *
     * @param run the first
     * @param count how many
     */
    void visit(int run, int count);
}
