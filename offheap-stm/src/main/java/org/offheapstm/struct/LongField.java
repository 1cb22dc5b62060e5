package org.offheapstm.struct;

import org.offheapstm.Merge;
import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

/**
 * The handle of a {@code long} field, or of a row of them.
 *
 * @param type the type of the object in which the struct lies
 * @param member where the field lies
 * @param <S> the struct's interface
 */
public record LongField<S>(ObjectType type, Member member) implements Field<S> {
    /**
     * Checks that the field lies inside the type.
     *
     * @throws IllegalArgumentException if it does not
     */
    public LongField {
        member.checkHandle(type, Kind.LONG);
    }

    /**
     * Reads it.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @return the value
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public long get(Transaction tx, long ref) {
        return tx.getLong(type, ref, member.only());
    }

    /**
     * Writes it.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @param value the new value
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public void set(Transaction tx, long ref, long value) {
        tx.setLong(type, ref, member.only(), value);
    }

    /**
     * Reads one of the row.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @param index which value of the row
     * @return the value
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public long get(Transaction tx, long ref, int index) {
        return tx.getLong(type, ref, member.at(index));
    }

    /**
     * Writes one of the row.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @param index which value of the row
     * @param value the new value
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public void set(Transaction tx, long ref, int index, long value) {
        tx.setLong(type, ref, member.at(index), value);
    }

    /**
     * Reads it.
     *
     * @param view points at the struct
     * @return the value
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public long get(StructView<S> view) {
        return Word.get(view, member.only(), Long.BYTES);
    }

    /**
     * Writes it.
     *
     * @param view points at the struct
     * @param value the new value
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public void set(StructView<S> view, long value) {
        Word.set(view, member.only(), Long.BYTES, value);
    }

    /**
     * Reads one of the row.
     *
     * @param view points at the struct
     * @param index which value of the row
     * @return the value
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public long get(StructView<S> view, int index) {
        return Word.get(view, member.at(index), Long.BYTES);
    }

    /**
     * Writes one of the row.
     *
     * @param view points at the struct
     * @param index which value of the row
     * @param value the new value
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public void set(StructView<S> view, int index, long value) {
        Word.set(view, member.at(index), Long.BYTES, value);
    }

    /**
     * Adds to it at commit, without reading it now: transactions that only add do not conflict.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @param delta what to add
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public void add(Transaction tx, long ref, long delta) {
        tx.merge(type, ref, member.only(), Merge.ADD_LONG, delta);
    }

    /**
     * Adds to one of the row at commit, without reading it now.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @param index which value of the row
     * @param delta what to add
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public void add(Transaction tx, long ref, int index, long delta) {
        tx.merge(type, ref, member.at(index), Merge.ADD_LONG, delta);
    }

    /**
     * Adds to it at commit, without reading it now.
     *
     * @param view points at the struct
     * @param delta what to add
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public void add(StructView<S> view, long delta) {
        view.mergeWord(view.base() + member.only(), Merge.ADD_LONG, delta);
    }

    /**
     * Adds to one of the row at commit, without reading it now.
     *
     * @param view points at the struct
     * @param index which value of the row
     * @param delta what to add
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public void add(StructView<S> view, int index, long delta) {
        view.mergeWord(view.base() + member.at(index), Merge.ADD_LONG, delta);
    }

    /**
     * This field of the struct that another struct holds.
     *
     * @param part the field of the other struct that holds this one
     * @param <W> the other struct's interface
     * @return its handle, for references to the other struct
     * @throws IllegalArgumentException if both are rows
     */
    public <W> LongField<W> in(NestedField<W, S> part) {
        return new LongField<>(part.type(), member.within(part.member()));
    }

    /**
     * This field of every element of a striped array.
     *
     * @param array the array's type
     * @return its handle, for references to such arrays
     * @throws IllegalArgumentException if the field is a row; reach it by a view
     */
    public LongArray in(StructArray<S> array) {
        return new LongArray(array.type(), array.offset(type, member), array.stride());
    }
}
