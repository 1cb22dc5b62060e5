package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

/** Three objects that lead to each other: a node to its box and its array, and both back to it. */
final class Knots {
    /** Objects of each. */
    static final int OBJECTS = 3;

    static final ObjectType NODE = ObjectType.of("KnotNode", 24, 8, 16);
    static final ObjectType BOX = ObjectType.of("KnotBox", 16, 8);
    private static final ArrayType ARRAY = ArrayType.of("KnotArray", 8, 0);

    /** Of a node and of a box. */
    private static final int VALUE = 0;

    private static final int NODE_BOX = 8;
    private static final int NODE_ARRAY = 16;
    private static final int BOX_NODE = 8;

    private Knots() {}

    static long make(Transaction tx, long value, long length) {
        long node = tx.allocate(NODE);
        long box = tx.allocate(BOX);
        tx.setLong(NODE, node, NODE_BOX, box);
        tx.setLong(BOX, box, BOX_NODE, node);
        giveArray(tx, node, length);
        setValue(tx, node, value);
        return node;
    }

    static void giveArray(Transaction tx, long node, long length) {
        long array = tx.allocate(ARRAY, length);
        tx.setLong(ARRAY, array, length - 1, 0, node);
        tx.setLong(NODE, node, NODE_ARRAY, array);
    }

    static void setValue(Transaction tx, long node, long value) {
        tx.setLong(NODE, node, VALUE, value);
        tx.setLong(BOX, tx.getLong(NODE, node, NODE_BOX), VALUE, value);
    }

    /** Follows all references of a knot, and returns its value. */
    static long follow(Transaction tx, long node) {
        long value = tx.getLong(NODE, node, VALUE);
        long box = tx.getLong(NODE, node, NODE_BOX);
        assertEquals(value, tx.getLong(BOX, box, VALUE));
        assertEquals(node, tx.getLong(BOX, box, BOX_NODE));
        long array = tx.getLong(NODE, node, NODE_ARRAY);
        assertEquals(node, tx.getLong(ARRAY, array, tx.length(ARRAY, array) - 1, 0));
        return value;
    }

    static long value(Transaction tx, long node) {
        return tx.getLong(NODE, node, VALUE);
    }

    static void freeArray(Transaction tx, long node) {
        tx.free(ARRAY, tx.getLong(NODE, node, NODE_ARRAY));
    }
}
