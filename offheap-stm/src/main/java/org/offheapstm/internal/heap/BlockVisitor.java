package org.offheapstm.internal.heap;

/** Told of the blocks of a list. */
@FunctionalInterface
public interface BlockVisitor {
    /**
     * Takes a block.
     *
     * @param block its offset
     * @return whether to go on
     */
    boolean visit(long block);
}
