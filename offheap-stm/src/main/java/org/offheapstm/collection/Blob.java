package org.offheapstm.collection;

import org.offheapstm.ArrayType;
import org.offheapstm.Transaction;

import java.util.Objects;

/**
 * Bytes in a region, named by a reference: what a map holds whose values are bytes.
 *
 * <pre>{@code
 * long old = map.get(tx, key, Transaction.NULL);
 * map.put(tx, key, Blob.replace(tx, old, bytes, 0, bytes.length), Transaction.NULL);
 * ...
 * Blob.free(tx, map.remove(tx, key, Transaction.NULL));
 * }</pre>
 *
 * <p>Its length is fixed when it is made. Each 256 bytes have a version of their own, so that
 * writers of different parts do not conflict. A blob belongs to whoever holds its reference: a map
 * does not free it.
 */
public final class Blob {
    /** The type of all blobs: what a root that is one is set and got with. */
    public static final ArrayType TYPE = ArrayType.of("Blob", 1);

    private Blob() {}

    /**
     * Makes a copy of some bytes.
     *
     * @param tx the running transaction
     * @param source where they are
     * @param from index of the first
     * @param length how many
     * @return its reference
     * @throws IndexOutOfBoundsException if they are not inside the array
     */
    public static long create(Transaction tx, byte[] source, int from, int length) {
        Objects.checkFromIndexSize(from, length, source.length);
        long ref = tx.allocate(TYPE, length);
        tx.setBytes(TYPE, ref, 0, source, from, length);
        return ref;
    }

    /**
     * Makes a copy of all bytes of an array.
     *
     * @param tx the running transaction
     * @param source the bytes
     * @return its reference
     */
    public static long create(Transaction tx, byte[] source) {
        return create(tx, source, 0, source.length);
    }

    /**
     * Puts other bytes in the place of a blob: into it if there are as many, else into a new one,
     * and frees the old one.
     *
     * @param tx the running transaction
     * @param ref the blob, or NULL for none
     * @param source where the bytes are
     * @param from index of the first
     * @param length how many
     * @return the reference to use from now on
     * @throws IndexOutOfBoundsException if they are not inside the array
     */
    public static long replace(Transaction tx, long ref, byte[] source, int from, int length) {
        if (ref != Transaction.NULL && tx.length(TYPE, ref) == length) {
            tx.setBytes(TYPE, ref, 0, source, from, length);
            return ref;
        }
        long made = create(tx, source, from, length);
        free(tx, ref);
        return made;
    }

    /**
     * How many bytes it has.
     *
     * @param tx the running transaction
     * @param ref the blob
     * @return a count
     */
    public static int length(Transaction tx, long ref) {
        return Math.toIntExact(tx.length(TYPE, ref));
    }

    /**
     * Reads some of its bytes.
     *
     * @param tx the running transaction
     * @param ref the blob
     * @param offset the first byte to read, from 0
     * @param target where to put them
     * @param to index of the first
     * @param length how many
     * @throws IndexOutOfBoundsException if they are not inside the blob, or not inside the array
     */
    public static void read(
            Transaction tx, long ref, long offset, byte[] target, int to, int length) {
        tx.getBytes(TYPE, ref, offset, target, to, length);
    }

    /**
     * Writes some of its bytes.
     *
     * @param tx the running transaction
     * @param ref the blob
     * @param offset the first byte to write, from 0
     * @param source where they are
     * @param from index of the first
     * @param length how many
     * @throws IndexOutOfBoundsException if they are not inside the blob, or not inside the array
     */
    public static void write(
            Transaction tx, long ref, long offset, byte[] source, int from, int length) {
        tx.setBytes(TYPE, ref, offset, source, from, length);
    }

    /**
     * A copy of its bytes.
     *
     * @param tx the running transaction
     * @param ref the blob
     * @return a new array
     */
    public static byte[] toBytes(Transaction tx, long ref) {
        byte[] bytes = new byte[length(tx, ref)];
        read(tx, ref, 0, bytes, 0, bytes.length);
        return bytes;
    }

    /**
     * Ends a blob.
     *
     * @param tx the running transaction
     * @param ref the blob, or NULL for none
     */
    public static void free(Transaction tx, long ref) {
        if (ref != Transaction.NULL) {
            tx.free(TYPE, ref);
        }
    }
}
