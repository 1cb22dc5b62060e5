package org.offheapstm.collection;

import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The one hashing structure of this room: a map from distinct 64-bit <em>codes</em> to words. Maps
 * turn their keys into codes, spread evenly whatever the keys are.
 *
 * <pre>
 *  root, node   | kinds | cell 0 | ... | cell 15 |      a root goes on:  | seed | size |
 *  leaf         | tags | values | code 0 | ... | code 7 |
 *  values       | word 0 | ... | word 7 |
 *
 *  code   63..60        59..56             ...      |  19..13   |
 *         cell in root  cell in node of level 1     |  tag      |
 * </pre>
 *
 * <b>Cells.</b> Bit i of <i>kinds</i> says what cell i refers to: 1 a node of the next level, 0 a
 * leaf, or nothing. A leaf stands in an aligned block of 1, 2, 4, 8 or 16 cells of one node and
 * holds the codes of all of them, in any order. <b>Tags.</b> Byte i of <i>tags</i> is 0 if slot i
 * of the leaf is free, else 128 + 7 bits of its code: one word tells where to look. <b>Values</b>
 * are an object apart from their leaf, so that changing one does not conflict with finding others,
 * and merging into one conflicts with nobody.
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
 * where it must. Nodes have 16 cells, not
 * more, because a split conflicts with all who pass through the node that it writes.
 */
final class HashTrie {
    /** Told of each code that is visited. */
    interface Visitor {
        void visit(long code, long word);
    }

    static final int SLOTS = 8;

    private static final int BITS = 4;
    private static final int CELLS = 1 << BITS;

    private static final int KINDS = 0;
    private static final int FIRST_CELL = 8;
    private static final int NODE_BYTES = FIRST_CELL + 8 * CELLS;
    private static final int SEED = NODE_BYTES;
    private static final int SIZE = NODE_BYTES + 8;
    private static final int ROOT_BYTES = NODE_BYTES + 16;

    private static final int TAGS = 0;
    private static final int VALUES = 8;
    private static final int FIRST_CODE = 16;

    private static final int TAG_SHIFT = 13;
    private static final long LOW_BITS = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private static final ObjectType NODE = ObjectType.of("HashTrie.Node", NODE_BYTES, cells());
    private static final ObjectType LEAF =
            ObjectType.of("HashTrie.Leaf", FIRST_CODE + 8 * SLOTS, VALUES);

    private final ObjectType rootType;
    private final ObjectType valuesType;
    private final long root;

    /**
     * A view of a trie.
     *
     * @param rootType what {@link #rootType} made
     * @param valuesType what {@link #valuesType} made
     * @param root reference to the root
     */
    HashTrie(ObjectType rootType, ObjectType valuesType, long root) {
        this.rootType = rootType;
        this.valuesType = valuesType;
        this.root = root;
    }

    /** The type of the roots of the maps of one class. */
    static ObjectType rootType(String name) {
        int[] references = Arrays.copyOf(cells(), CELLS + 1);
        references[CELLS] = SIZE;
        return ObjectType.of(name, ROOT_BYTES, references);
    }

    /** The type of values that are references, or are not. */
    static ObjectType valuesType(String name, boolean references) {
        int[] offsets = new int[references ? SLOTS : 0];
        Arrays.setAll(offsets, slot -> 8 * slot);
        return ObjectType.of(name, 8 * SLOTS, offsets);
    }

    private static int[] cells() {
        int[] offsets = new int[CELLS];
        Arrays.setAll(offsets, HashTrie::cell);
        return offsets;
    }

    private static int cell(int cell) {
        return FIRST_CELL + 8 * cell;
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

    /** What the map mixes into its codes, so that nobody can aim many keys at one leaf. */
    long seed(Transaction tx) {
        return tx.getLong(rootType, root, SEED);
    }

    long size(Transaction tx) {
        return TxCounter.sum(tx, tx.getLong(rootType, root, SIZE));
    }

    // ---- searching ------------------------------------------------------------------------------

    /** The leaf that holds a code if any does, or 0. */
    long leaf(Transaction tx, long code) {
        ObjectType type = rootType;
        long node = root;
        for (long bits = code; ; bits <<= BITS) {
            int cell = firstCell(bits);
            long kinds = tx.getLong(type, node, KINDS);
            long below = tx.getLong(type, node, cell(cell));
            if (!isNode(kinds, cell)) {
                return below;
            }
            type = NODE;
            node = below;
        }
    }

    /** The slot of a code in its leaf, or -1; the leaf may be 0. */
    static int slot(Transaction tx, long leaf, long code) {
        if (leaf != 0) {
            long tags = tx.getLong(LEAF, leaf, TAGS) ^ LOW_BITS * tag(code);
            // The high bits of the bytes that are 0; above one, a byte of 1 may show up too.
            long found = (tags - LOW_BITS) & ~tags & HIGH_BITS;
            for (; found != 0; found &= found - 1) {
                int slot = firstByte(found);
                if (code(tx, leaf, slot) == code) {
                    return slot;
                }
            }
        }
        return -1;
    }

    long word(Transaction tx, long leaf, int slot) {
        return tx.getLong(valuesType, values(tx, leaf), 8 * slot);
    }

    /** The word of a code, or the one that stands for absent. */
    long get(Transaction tx, long code, long absent) {
        long leaf = leaf(tx, code);
        int slot = slot(tx, leaf, code);
        return slot < 0 ? absent : word(tx, leaf, slot);
    }

    // ---- changing -------------------------------------------------------------------------------

    void set(Transaction tx, long leaf, int slot, long word) {
        tx.setLong(valuesType, values(tx, leaf), 8 * slot, word);
    }

    void add(Transaction tx, long leaf, int slot, long delta) {
        tx.addLong(valuesType, values(tx, leaf), 8 * slot, delta);
    }

    /** Puts in a code that is not there; its leaf may be 0. */
    void insert(Transaction tx, long leaf, long code, long word) {
        while (leaf == 0 || !tryInsert(tx, leaf, code, word)) {
            makeRoom(tx, code);
            leaf = leaf(tx, code);
        }
        TxCounter.add(tx, tx.getLong(rootType, root, SIZE), 1);
    }

    private boolean tryInsert(Transaction tx, long leaf, long code, long word) {
        long tags = tx.getLong(LEAF, leaf, TAGS);
        int slot = firstByte(~tags & HIGH_BITS);
        if (slot == SLOTS) {
            return false;
        }
        tx.setLong(LEAF, leaf, TAGS, tags | tag(code) << 8 * slot);
        tx.setLong(LEAF, leaf, codeOffset(slot), code);
        set(tx, leaf, slot, word);
        return true;
    }

    void remove(Transaction tx, long leaf, int slot) {
        tx.setLong(LEAF, leaf, TAGS, tx.getLong(LEAF, leaf, TAGS) & ~(0xFFL << 8 * slot));
        TxCounter.add(tx, tx.getLong(rootType, root, SIZE), -1);
    }

    // ---- growing --------------------------------------------------------------------------------

    /** Takes one step towards room for a code: a first leaf, a split, or a level. */
    private void makeRoom(Transaction tx, long code) {
        ObjectType type = rootType;
        long node = root;
        long bits = code;
        int level = 0;
        int cell = firstCell(bits);
        long kinds = tx.getLong(type, node, KINDS);
        while (isNode(kinds, cell)) {
            node = tx.getLong(type, node, cell(cell));
            type = NODE;
            bits <<= BITS;
            level++;
            cell = firstCell(bits);
            kinds = tx.getLong(type, node, KINDS);
        }
        long leaf = tx.getLong(type, node, cell(cell));
        int width = width(tx, type, node, cell, leaf);
        int first = cell & -width;
        if (leaf == 0) {
            fill(tx, type, node, first, width, newLeaf(tx));
        } else if (width == 1) {
            long child = tx.allocate(NODE);
            fill(tx, NODE, child, 0, CELLS, leaf);
            tx.setLong(type, node, cell(cell), child);
            tx.setLong(type, node, KINDS, kinds | 1L << cell);
        } else {
            split(tx, type, node, first, width / 2, level);
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
            if (tx.getLong(type, node, cell(cell)) != leaf) {
                return false;
            }
        }
        return true;
    }

    private static void fill(
            Transaction tx, ObjectType type, long node, int first, int width, long leaf) {
        for (int cell = first; cell < first + width; cell++) {
            tx.setLong(type, node, cell(cell), leaf);
        }
    }

    private long newLeaf(Transaction tx) {
        long leaf = tx.allocate(LEAF);
        tx.setLong(LEAF, leaf, VALUES, tx.allocate(valuesType));
        return leaf;
    }

    /** Halves the block of cells of a full leaf; a half that holds no code is left without one. */
    private void split(Transaction tx, ObjectType type, long node, int first, int half, int level) {
        long leaf = tx.getLong(type, node, cell(first));
        long upper = upperSlots(tx, leaf, half, level);
        if (upper == 0 || upper == HIGH_BITS) {
            fill(tx, type, node, upper == 0 ? first + half : first, half, 0);
            return;
        }
        long newLeaf = newLeaf(tx);
        for (long rest = upper; rest != 0; rest &= rest - 1) {
            int slot = firstByte(rest);
            boolean inserted = tryInsert(tx, newLeaf, code(tx, leaf, slot), word(tx, leaf, slot));
            assert inserted : "a new leaf has room for what another held";
        }
        long moved = (upper >>> 7) * 0xFF;
        tx.setLong(LEAF, leaf, TAGS, tx.getLong(LEAF, leaf, TAGS) & ~moved);
        fill(tx, type, node, first + half, half, newLeaf);
    }

    /** The high bits of the bytes of those slots of a full leaf that belong into the upper half. */
    private static long upperSlots(Transaction tx, long leaf, int half, int level) {
        long upper = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            int cell = firstCell(code(tx, leaf, slot) << level * BITS);
            upper |= (cell & half) == 0 ? 0 : 0x80L << 8 * slot;
        }
        return upper;
    }

    // ---- visiting -------------------------------------------------------------------------------

    /**
     * Visits the codes of the leaf around a code.
     *
     * @return the first code after that leaf, or 0 if there is none
     */
    long visitLeaf(Transaction tx, long from, Visitor visitor) {
        ObjectType type = rootType;
        long node = root;
        int shift = Long.SIZE - BITS;
        while (true) {
            int cell = firstCell(from << Long.SIZE - BITS - shift);
            long below = tx.getLong(type, node, cell(cell));
            if (!isNode(tx.getLong(type, node, KINDS), cell)) {
                int width = width(tx, type, node, cell, below);
                visit(tx, below, visitor);
                long block = from >>> shift & -width;
                return (block + width) << shift;
            }
            type = NODE;
            node = below;
            shift -= BITS;
        }
    }

    private int visit(Transaction tx, long leaf, Visitor visitor) {
        if (leaf == 0) {
            return 0;
        }
        int count = 0;
        for (long used = tx.getLong(LEAF, leaf, TAGS) & HIGH_BITS; used != 0; used &= used - 1) {
            int slot = firstByte(used);
            visitor.visit(code(tx, leaf, slot), word(tx, leaf, slot));
            count++;
        }
        return count;
    }

    // ---- clearing -------------------------------------------------------------------------------

    /**
     * Takes out leaves, and the nodes above them that become bare.
     *
     * @param leaves how many leaves at most
     * @param visitor told of each code that goes
     * @return whether any are left
     */
    boolean clear(Transaction tx, long leaves, Visitor visitor) {
        Clearing clearing = new Clearing(tx, leaves, visitor);
        boolean bare = clearing.prune(rootType, root);
        TxCounter.add(tx, tx.getLong(rootType, root, SIZE), -clearing.removed);
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
        private final Visitor visitor;
        private long budget;
        private long removed;

        Clearing(Transaction tx, long leaves, Visitor visitor) {
            this.tx = tx;
            this.visitor = visitor;
            budget = leaves;
        }

        /** Whether everything below a node could be taken out. */
        boolean prune(ObjectType type, long node) {
            for (int cell = 0; cell < CELLS; ) {
                long below = tx.getLong(type, node, cell(cell));
                long kinds = tx.getLong(type, node, KINDS);
                int width = 1;
                if (isNode(kinds, cell)) {
                    if (!prune(NODE, below)) {
                        return false;
                    }
                    tx.free(NODE, below);
                    tx.setLong(type, node, KINDS, kinds & ~(1L << cell));
                } else if (below != 0) {
                    if (budget-- == 0) {
                        return false;
                    }
                    width = width(tx, type, node, cell, below);
                    removed += visit(tx, below, visitor);
                    tx.free(valuesType, values(tx, below));
                    tx.free(LEAF, below);
                }
                if (below != 0) {
                    fill(tx, type, node, cell, width, 0);
                }
                cell += width;
            }
            return true;
        }
    }

    // ---- words ----------------------------------------------------------------------------------

    private static int firstCell(long bits) {
        return (int) (bits >>> Long.SIZE - BITS);
    }

    private static boolean isNode(long kinds, int cell) {
        return (kinds >>> cell & 1) != 0;
    }

    private static long tag(long code) {
        return code >>> TAG_SHIFT & 0x7F | 0x80;
    }

    /** The number of the lowest byte whose high bit is set, or {@link #SLOTS}. */
    private static int firstByte(long highBits) {
        return Long.numberOfTrailingZeros(highBits) >>> 3;
    }

    private static int codeOffset(int slot) {
        return FIRST_CODE + 8 * slot;
    }

    private static long code(Transaction tx, long leaf, int slot) {
        return tx.getLong(LEAF, leaf, codeOffset(slot));
    }

    private static long values(Transaction tx, long leaf) {
        return tx.getLong(LEAF, leaf, VALUES);
    }
}
