package org.offheapstm.collection;

import org.offheapstm.ObjectType;
import org.offheapstm.Stm;
import org.offheapstm.Transaction;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The one hashing structure of this room: a map from distinct 64-bit <em>codes</em> to words. Maps
 * turn their keys into codes, spread evenly whatever the keys are.
 *
 * <pre>
 *  node   | child 0 | ... | child 15 | leaf 0 | ... | leaf 15 |    root only: | seed | size |
 *
 *  code   63..60          59..56             ...     19..13
 *         cell of the root, of a node of level 1     tag in the leaf
 * </pre>
 *
 * <p><b>Cells.</b> Cell i of a node is a reference to a child, a node of the next level, or else to
 * a leaf, or neither. They have words of their own, so that a search reads one word of a node that
 * it passes. A leaf stands in an aligned block of 1, 2, 4, 8 or 16 cells of one node and holds the
 * codes of all of them, in any order.
 *
 * <p><b>Growth.</b> The transaction that finds a leaf full splits that leaf alone: the codes of the
 * upper half of its cells move to a new one. A leaf of one cell is pushed down first, into a node
 * of its own. Nothing is ever resized or rehashed as a whole, and no word counts, points to, or
 * paces the growth; what a search reads is the root, about log16(n / 6) - 1 nodes, and a leaf, and
 * of these only what lies around the code is ever written. 16 levels use up all bits of a code, and
 * codes are distinct, so a leaf of the last level cannot overflow.
 *
 * <p><b>Shrinking.</b> Removing leaves the leaf, even empty, for codes to come, since taking it out
 * writes a node that others read. {@link #clear} gives everything back.
 *
 * <p><b>Order.</b> Leaves are in the order of their codes, so the code after a leaf's last one is a
 * cursor that stays good whatever splits meanwhile.
 *
 * <p>Sources: extendible hashing (Fagin, Nievergelt, Pippenger, Strong 1979), whose directory
 * doubles as a whole: here it is a trie, after Bagwell (2001) and Prokopec (2012), so it grows
 * where it must. Nodes have 16 cells, not more, because a split conflicts with all who pass through
 * the node that it writes.
 */
final class HashTrie {
    private static final int BITS = 4;
    private static final int CELLS = 1 << BITS;

    private static final int FIRST_LEAF = 8 * CELLS;
    private static final int NODE_BYTES = 2 * FIRST_LEAF;
    private static final int SEED = NODE_BYTES;
    private static final int SIZE = NODE_BYTES + 8;
    private static final int ROOT_BYTES = NODE_BYTES + 16;

    private static final ObjectType NODE = ObjectType.of("HashTrie.Node", NODE_BYTES, cells());

    /** The seed of a root, which never changes; equal references mean other roots elsewhere. */
    private record Seed(Stm stm, long value) {}

    final Leaves leaves;
    private final ObjectType rootType;
    private final long root;
    private Seed seed = new Seed(null, 0);

    /**
     * A view of a trie.
     *
     * @param rootType what {@link #rootType} made
     * @param leaves what it has
     * @param root reference to the root
     */
    HashTrie(ObjectType rootType, Leaves leaves, long root) {
        this.rootType = rootType;
        this.leaves = leaves;
        this.root = root;
    }

    /** The type of the roots of the maps of one class. */
    static ObjectType rootType(String name) {
        int[] references = Arrays.copyOf(cells(), 2 * CELLS + 1);
        references[2 * CELLS] = SIZE;
        return ObjectType.of(name, ROOT_BYTES, references);
    }

    private static int[] cells() {
        int[] offsets = new int[2 * CELLS];
        Arrays.setAll(offsets, HashTrie::child);
        return offsets;
    }

    /** Makes an empty root. */
    static long create(Transaction tx, ObjectType rootType) {
        long root = tx.allocate(rootType);
        tx.setLong(rootType, root, SEED, ThreadLocalRandom.current().nextLong());
        tx.setLong(rootType, root, SIZE, TxCounter.create(tx).ref());
        return root;
    }

    long root() {
        return root;
    }

    /**
     * What the map mixes into its codes, so that nobody can aim many keys at one leaf. Read once
     * for each engine that the view is used with.
     */
    long seed(Transaction tx) {
        Seed known = seed;
        Stm stm = tx.stm();
        if (!stm.equals(known.stm)) {
            known = new Seed(stm, tx.getLong(rootType, root, SEED));
            seed = known;
        }
        return known.value;
    }

    long size(Transaction tx) {
        return TxCounter.sum(tx, tx.getLong(rootType, root, SIZE));
    }

    private void resize(Transaction tx, long delta) {
        TxCounter.add(tx, tx.getLong(rootType, root, SIZE), delta);
    }

    // ---- one code -------------------------------------------------------------------------------

    /** The leaf that holds a code if any does, or 0. */
    long leaf(Transaction tx, long code) {
        ObjectType type = rootType;
        long node = root;
        for (long bits = code; ; bits <<= BITS) {
            int cell = firstCell(bits);
            long child = tx.getLong(type, node, child(cell));
            if (child == 0) {
                return tx.getLong(type, node, leaf(cell));
            }
            type = NODE;
            node = child;
        }
    }

    /** The word of a code, or the one that stands for absent. */
    long get(Transaction tx, long code, long absent) {
        long leaf = leaf(tx, code);
        int slot = Leaves.slot(tx, leaf, code);
        return slot < 0 ? absent : leaves.word(tx, leaf, slot);
    }

    /** Puts in a code that is not there; its leaf may be 0. */
    void insert(Transaction tx, long leaf, long code, long word) {
        for (long at = leaf; at == 0 || !leaves.tryInsert(tx, at, code, word); ) {
            makeRoom(tx, code);
            at = leaf(tx, code);
        }
        resize(tx, 1);
    }

    /** Takes out the code in a slot. */
    void remove(Transaction tx, long leaf, int slot) {
        leaves.remove(tx, leaf, Leaves.bit(slot));
        resize(tx, -1);
    }

    // ---- growing --------------------------------------------------------------------------------

    /** Takes one step towards room for a code: a first leaf, a level, or a split. */
    private void makeRoom(Transaction tx, long code) {
        ObjectType type = rootType;
        long node = root;
        long bits = code;
        int level = 0;
        int cell = firstCell(bits);
        for (long child; (child = tx.getLong(type, node, child(cell))) != 0; level++) {
            type = NODE;
            node = child;
            bits <<= BITS;
            cell = firstCell(bits);
        }
        long leaf = tx.getLong(type, node, leaf(cell));
        int width = width(tx, type, node, cell, leaf);
        int first = cell & -width;
        if (leaf == 0) {
            fill(tx, type, node, first, width, leaves.create(tx));
        } else if (width == 1) {
            long child = tx.allocate(NODE);
            fill(tx, NODE, child, 0, CELLS, leaf);
            tx.setLong(type, node, child(cell), child);
            tx.setLong(type, node, leaf(cell), 0);
        } else {
            split(tx, type, node, first, width / 2, level);
        }
    }

    /** Halves the block of cells of a full leaf; a half that holds no code is left without one. */
    private void split(Transaction tx, ObjectType type, long node, int first, int half, int level) {
        long leaf = tx.getLong(type, node, leaf(first));
        long upper = 0;
        for (int slot = 0; slot < Leaves.SLOTS; slot++) {
            int cell = firstCell(Leaves.code(tx, leaf, slot) << level * BITS);
            upper |= (cell & half) == 0 ? 0 : Leaves.bit(slot);
        }
        if (upper == Leaves.HIGH_BITS) {
            fill(tx, type, node, first, half, 0);
        } else {
            long moved = upper == 0 ? 0 : leaves.split(tx, leaf, upper);
            fill(tx, type, node, first + half, half, moved);
        }
    }

    /** How many cells, in an aligned block around this one, hold the same leaf, or nothing. */
    private static int width(Transaction tx, ObjectType type, long node, int cell, long leaf) {
        int width = 1;
        while (width < CELLS && isFilled(tx, type, node, cell & -width ^ width, width, leaf)) {
            width *= 2;
        }
        return width;
    }

    private static boolean isFilled(
            Transaction tx, ObjectType type, long node, int first, int width, long leaf) {
        for (int cell = first; cell < first + width; cell++) {
            if (tx.getLong(type, node, leaf(cell)) != leaf
                    || tx.getLong(type, node, child(cell)) != 0) {
                return false;
            }
        }
        return true;
    }

    private static void fill(
            Transaction tx, ObjectType type, long node, int first, int width, long leaf) {
        for (int cell = first; cell < first + width; cell++) {
            tx.setLong(type, node, leaf(cell), leaf);
        }
    }

    // ---- all codes ------------------------------------------------------------------------------

    /**
     * Visits the codes of some leaves, in their order.
     *
     * @param cursor 0, or where the last visit ended
     * @param count how many leaves at most, those that are missing included
     * @return where to go on, or 0 at the end
     */
    long visit(Transaction tx, long cursor, long count, Leaves.Visitor visitor) {
        long next = cursor;
        for (long left = count; left > 0; left--) {
            next = visitLeaf(tx, next, visitor);
            if (next == 0) {
                break;
            }
        }
        return next;
    }

    /** Visits the leaf of a code; returns the first code after that leaf, or 0 at the end. */
    private long visitLeaf(Transaction tx, long code, Leaves.Visitor visitor) {
        ObjectType type = rootType;
        long node = root;
        for (int level = 0; ; level++) {
            int cell = firstCell(code << level * BITS);
            long child = tx.getLong(type, node, child(cell));
            if (child == 0) {
                long leaf = tx.getLong(type, node, leaf(cell));
                if (leaf != 0) {
                    leaves.visit(tx, leaf, visitor);
                }
                int shift = Long.SIZE - BITS - level * BITS;
                long width = width(tx, type, node, cell, leaf);
                return (code >>> shift & -width) + width << shift;
            }
            type = NODE;
            node = child;
        }
    }

    /**
     * Takes out leaves, and the nodes above them that become bare.
     *
     * @param count how many leaves at most
     * @param visitor told of each code that goes
     * @return whether any are left
     */
    boolean clear(Transaction tx, long count, Leaves.Visitor visitor) {
        Clearing clearing = new Clearing(tx, count, visitor);
        boolean bare = clearing.prune(rootType, root);
        resize(tx, -clearing.removed);
        return !bare;
    }

    /** Ends the trie, which is empty. */
    void free(Transaction tx) {
        TxCounter.free(tx, tx.getLong(rootType, root, SIZE));
        tx.free(rootType, root);
    }

    /** What is left to do, and what is done, while a trie is cleared. */
    private final class Clearing {
        private final Transaction tx;
        private final Leaves.Visitor visitor;
        private long left;
        private long removed;

        Clearing(Transaction tx, long count, Leaves.Visitor visitor) {
            this.tx = tx;
            this.visitor = visitor;
            left = count;
        }

        /** Takes out what is below a node; false if that is too much. */
        boolean prune(ObjectType type, long node) {
            for (int cell = 0; cell < CELLS; cell++) {
                long child = tx.getLong(type, node, child(cell));
                long leaf = tx.getLong(type, node, leaf(cell));
                if (child != 0) {
                    if (!prune(NODE, child)) {
                        return false;
                    }
                    tx.free(NODE, child);
                    tx.setLong(type, node, child(cell), 0);
                } else if (leaf != 0) {
                    if (left-- == 0) {
                        return false;
                    }
                    removed += leaves.visit(tx, leaf, visitor);
                    leaves.free(tx, leaf);
                    fill(tx, type, node, cell, width(tx, type, node, cell, leaf), 0);
                }
            }
            return true;
        }
    }

    // ---- words ----------------------------------------------------------------------------------

    private static int child(int cell) {
        return 8 * cell;
    }

    private static int leaf(int cell) {
        return FIRST_LEAF + 8 * cell;
    }

    private static int firstCell(long bits) {
        return (int) (bits >>> Long.SIZE - BITS);
    }
}
