package org.offheapstm.struct;

import org.offheapstm.Merge;
import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

/**
 * The handle of a {@code double} field, or of a row of them.
 *
 * @param type the type of the object in which the struct lies
 * @param member where the field lies
 * @param <S> the struct's interface
 */
public record DoubleField<S>(ObjectType type, Member member) implements Field<S> {
    /**
     * Checks that the field lies inside the type.
     *
     * @throws IllegalArgumentException if it does not
     */
    public DoubleField {
        member.checkHandle(type, Kind.DOUBLE);
    }

    /**
     * Reads it.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @return the value
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public double get(Transaction tx, long ref) {
        return Double.longBitsToDouble(tx.getLong(type, ref, member.only()));
    }

    /**
     * Writes it.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @param value the new value
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public void set(Transaction tx, long ref, double value) {
        tx.setLong(type, ref, member.only(), Double.doubleToRawLongBits(value));
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
    public double get(Transaction tx, long ref, int index) {
        return Double.longBitsToDouble(tx.getLong(type, ref, member.at(index)));
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
    public void set(Transaction tx, long ref, int index, double value) {
        tx.setLong(type, ref, member.at(index), Double.doubleToRawLongBits(value));
    }

    /**
     * Reads it.
     *
     * @param view points at the struct
     * @return the value
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public double get(StructView<S> view) {
        return Double.longBitsToDouble(Word.get(view, member.only(), Double.BYTES));
    }

    /**
     * Writes it.
     *
     * @param view points at the struct
     * @param value the new value
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public void set(StructView<S> view, double value) {
        Word.set(view, member.only(), Double.BYTES, Double.doubleToRawLongBits(value));
    }

    /**
     * Reads one of the row.
     *
     * @param view points at the struct
     * @param index which value of the row
     * @return the value
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public double get(StructView<S> view, int index) {
        return Double.longBitsToDouble(Word.get(view, member.at(index), Double.BYTES));
    }

    /**
     * Writes one of the row.
     *
     * @param view points at the struct
     * @param index which value of the row
     * @param value the new value
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public void set(StructView<S> view, int index, double value) {
        Word.set(view, member.at(index), Double.BYTES, Double.doubleToRawLongBits(value));
    }

    /**
     * Adds to it at commit, without reading it now: transactions that only add do not conflict.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @param delta what to add
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public void add(Transaction tx, long ref, double delta) {
        tx.merge(type, ref, member.only(), Merge.ADD_DOUBLE, Double.doubleToRawLongBits(delta));
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
    public void add(Transaction tx, long ref, int index, double delta) {
        tx.merge(type, ref, member.at(index), Merge.ADD_DOUBLE, Double.doubleToRawLongBits(delta));
    }

    /**
     * Adds to it at commit, without reading it now.
     *
     * @param view points at the struct
     * @param delta what to add
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public void add(StructView<S> view, double delta) {
        view.mergeWord(
                view.base() + member.only(), Merge.ADD_DOUBLE, Double.doubleToRawLongBits(delta));
    }

    /**
     * Adds to one of the row at commit, without reading it now.
     *
     * @param view points at the struct
     * @param index which value of the row
     * @param delta what to add
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public void add(StructView<S> view, int index, double delta) {
        view.mergeWord(
                view.base() + member.at(index),
                Merge.ADD_DOUBLE,
                Double.doubleToRawLongBits(delta));
    }

    /**
     * This field of the struct that another struct holds.
     *
     * @param part the field of the other struct that holds this one
     * @param <W> the other struct's interface
     * @return its handle, for references to the other struct
     * @throws IllegalArgumentException if both are rows
     */
    public <W> DoubleField<W> in(NestedField<W, S> part) {
        return new DoubleField<>(part.type(), member.within(part.member()));
    }

    /**
     * This field of every element of a striped array.
     *
     * @param array the array's type
     * @return its handle, for references to such arrays
     * @throws IllegalArgumentException if the field is a row; reach it by a view
     */
    public DoubleArray in(StructArray<S> array) {
        return new DoubleArray(array.type(), array.offset(type, member), array.stride());
    }
}
