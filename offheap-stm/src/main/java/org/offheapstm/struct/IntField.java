package org.offheapstm.struct;

import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

/**
 * The handle of an {@code int} field, or of a row of them.
 *
 * @param type the type of the object in which the struct lies
 * @param member where the field lies
 * @param <S> the struct's interface
 */
public record IntField<S>(ObjectType type, Member member) implements Field<S> {
    /**
     * Checks that the field lies inside the type.
     *
     * @throws IllegalArgumentException if it does not
     */
    public IntField {
        member.checkHandle(type, Kind.INT);
    }

    /**
     * Reads it.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @return the value
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public int get(Transaction tx, long ref) {
        return (int) Word.get(tx, type, ref, member.only(), Integer.BYTES);
    }

    /**
     * Writes it.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @param value the new value
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public void set(Transaction tx, long ref, int value) {
        Word.set(tx, type, ref, member.only(), Integer.BYTES, value);
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
    public int get(Transaction tx, long ref, int index) {
        return (int) Word.get(tx, type, ref, member.at(index), Integer.BYTES);
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
    public void set(Transaction tx, long ref, int index, int value) {
        Word.set(tx, type, ref, member.at(index), Integer.BYTES, value);
    }

    /**
     * Reads it.
     *
     * @param view points at the struct
     * @return the value
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public int get(StructView<S> view) {
        return (int) Word.get(view, member.only(), Integer.BYTES);
    }

    /**
     * Writes it.
     *
     * @param view points at the struct
     * @param value the new value
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public void set(StructView<S> view, int value) {
        Word.set(view, member.only(), Integer.BYTES, value);
    }

    /**
     * Reads one of the row.
     *
     * @param view points at the struct
     * @param index which value of the row
     * @return the value
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public int get(StructView<S> view, int index) {
        return (int) Word.get(view, member.at(index), Integer.BYTES);
    }

    /**
     * Writes one of the row.
     *
     * @param view points at the struct
     * @param index which value of the row
     * @param value the new value
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public void set(StructView<S> view, int index, int value) {
        Word.set(view, member.at(index), Integer.BYTES, value);
    }

    /**
     * This field of the struct that another struct holds.
     *
     * @param part the field of the other struct that holds this one
     * @param <W> the other struct's interface
     * @return its handle, for references to the other struct
     * @throws IllegalArgumentException if both are rows
     */
    public <W> IntField<W> in(NestedField<W, S> part) {
        return new IntField<>(part.type(), member.within(part.member()));
    }

    /**
     * This field of every element of a striped array.
     *
     * @param array the array's type
     * @return its handle, for references to such arrays
     * @throws IllegalArgumentException if the field is a row; reach it by a view
     */
    public IntArray in(StructArray<S> array) {
        return new IntArray(array.type(), array.offset(type, member), array.stride());
    }
}
