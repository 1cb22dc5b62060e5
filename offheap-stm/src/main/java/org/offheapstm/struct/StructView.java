package org.offheapstm.struct;

import org.offheapstm.ArrayType;
import org.offheapstm.Merge;
import org.offheapstm.MisuseException;
import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

import java.util.Objects;

/**
 * A flyweight: one Java object that is pointed at one struct after another. The base of the classes
 * that the annotation processor generates.
 *
 * <p>It holds a transaction and a place, never a value: each access goes through the transaction,
 * which checks it. Pointing it elsewhere is a few stores and makes no garbage; whether the place
 * exists shows at the first access. A view made outside a block and pointed inside is valid until
 * the block ends. Point it again in each block: outside of blocks and on other threads an access is
 * refused until then, but in a later block of the same thread it is not sure to be, and would then
 * take place in that block; see the caveat of {@link Transaction}. A view belongs to one thread at
 * a time.
 *
 * <p>A place is an object, an element of a striped array, or a part of either. Parts have views of
 * their own, which the view of the whole keeps and points at each call: so two calls of the same
 * accessor, with two indexes say, return the same view, which then shows what the later call named.
 *
 * @param <S> the struct's interface
 */
public abstract class StructView<S> {
    private final ObjectType type;
    private Transaction tx;
    /** The type of the object in which the struct lies; null if it lies in an array. */
    private ObjectType object;
    /** The type of the array in which the struct lies; null if it lies in an object. */
    private ArrayType array;

    private long ref;
    private long index;
    private int base;

    /**
     * A view that points at nothing.
     *
     * @param type the struct's type
     */
    protected StructView(StructType<S> type) {
        this.type = type.object();
    }

    /**
     * The object, or the array, in which the struct lies.
     *
     * @return a reference, {@link Transaction#NULL} if the view was never pointed
     */
    public final long ref() {
        return ref;
    }

    /**
     * Points this view at an object; for generated code, users call {@code at}.
     *
     * @param tx the running transaction
     * @param ref the object
     */
    protected final void point(Transaction tx, long ref) {
        inside(Objects.requireNonNull(tx, "tx"), type, null);
        this.ref = ref;
        this.base = 0;
    }

    /**
     * Points this view at an element of an array; for generated code, users call {@code at}.
     *
     * @param tx the running transaction
     * @param array the array's type
     * @param ref the array
     * @param index the element
     */
    protected final void point(Transaction tx, StructArray<S> array, long ref, long index) {
        inside(Objects.requireNonNull(tx, "tx"), null, array.type());
        this.ref = ref;
        this.index = index;
        this.base = 0;
    }

    /**
     * Points this view at a part of what another points at; for generated code.
     *
     * @param whole the view of the whole
     * @param part the field that holds the part
     * @param <W> the whole's interface
     */
    protected final <W> void point(StructView<W> whole, NestedField<W, S> part) {
        point(whole, part.member().only());
    }

    /**
     * Points this view at one of a row of parts of what another points at; for generated code.
     *
     * @param whole the view of the whole
     * @param part the field that holds the parts
     * @param index which of them
     * @param <W> the whole's interface
     * @throws IndexOutOfBoundsException if there is no such part
     */
    protected final <W> void point(StructView<W> whole, NestedField<W, S> part, int index) {
        point(whole, part.member().at(index));
    }

    private void point(StructView<?> whole, int offset) {
        inside(whole.tx, whole.object, whole.array);
        this.ref = whole.ref;
        this.index = whole.index;
        this.base = whole.base + offset;
    }

    /**
     * Stores what is mostly the same as before, but only if it is not: to store an object into an
     * object costs more than to compare, for the garbage collector is told of it.
     */
    @SuppressWarnings("ReferenceEquality")
    private void inside(Transaction tx, ObjectType object, ArrayType array) {
        if (this.tx != tx) {
            this.tx = tx;
        }
        if (this.object != object) {
            this.object = object;
        }
        if (this.array != array) {
            this.array = array;
        }
    }

    @Override
    public String toString() {
        return type.name() + " view, ref=0x" + Long.toHexString(ref)
                + (array == null ? "" : ", index=" + index)
                + (base == 0 ? "" : ", offset=" + base);
    }

    // ---- for the handles of this package; offsets are those of the object or element

    final int base() {
        return base;
    }

    final Transaction tx() {
        return tx;
    }

    final ObjectType type() {
        return type;
    }

    final ObjectType object() {
        return object;
    }

    final ArrayType arrayOrNull() {
        return object == null ? array() : null;
    }

    final long index() {
        return index;
    }

    /** The reference, if a reference to what this view points at is possible. */
    final long wholeRef() {
        if (!type.equals(object) || base != 0) {
            throw new IllegalArgumentException("reference refused: target=" + this
                    + "; a reference is to an object, not to a part of one or of an array");
        }
        return ref;
    }

    final long getWord(int offset) {
        ObjectType type = object;
        return type != null
                ? tx.getLong(type, ref, offset)
                : tx.getLong(array(), ref, index, offset);
    }

    final void setWord(int offset, long word) {
        ObjectType type = object;
        if (type != null) {
            tx.setLong(type, ref, offset, word);
        } else {
            tx.setLong(array(), ref, index, offset, word);
        }
    }

    final void mergeWord(int offset, Merge merge, long operand) {
        ObjectType type = object;
        if (type != null) {
            tx.merge(type, ref, offset, merge, operand);
        } else {
            tx.merge(array(), ref, index, offset, merge, operand);
        }
    }

    private ArrayType array() {
        if (array == null) {
            throw new MisuseException("access refused: view of " + type.name()
                    + " points at nothing; call at(tx, ref) inside the block");
        }
        return array;
    }
}
