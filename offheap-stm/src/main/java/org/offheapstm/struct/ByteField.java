package org.offheapstm.struct;

import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

/**
 * The handle of a {@code byte} field, or of a row of them.
 *
 * @param type the type of the object in which the struct lies
 * @param member where the field lies
 * @param <S> the struct's interface
 */
public record ByteField<S>(ObjectType type, Member member) implements Field<S> {
    /**
     * Checks that the field lies inside the type.
     *
     * @throws IllegalArgumentException if it does not
     */
    public ByteField {
        member.checkHandle(type, Kind.BYTE);
    }

    /**
     * Reads it.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @return the value
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public byte get(Transaction tx, long ref) {
        return (byte) Word.get(tx, type, ref, member.only(), Byte.BYTES);
    }

    /**
     * Writes it.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @param value the new value
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public void set(Transaction tx, long ref, byte value) {
        Word.set(tx, type, ref, member.only(), Byte.BYTES, value);
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
    public byte get(Transaction tx, long ref, int index) {
        return (byte) Word.get(tx, type, ref, member.at(index), Byte.BYTES);
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
    public void set(Transaction tx, long ref, int index, byte value) {
        Word.set(tx, type, ref, member.at(index), Byte.BYTES, value);
    }

    /**
     * Reads it.
     *
     * @param view points at the struct
     * @return the value
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public byte get(StructView<S> view) {
        return (byte) Word.get(view, member.only(), Byte.BYTES);
    }

    /**
     * Writes it.
     *
     * @param view points at the struct
     * @param value the new value
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public void set(StructView<S> view, byte value) {
        Word.set(view, member.only(), Byte.BYTES, value);
    }

    /**
     * Reads one of the row.
     *
     * @param view points at the struct
     * @param index which value of the row
     * @return the value
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public byte get(StructView<S> view, int index) {
        return (byte) Word.get(view, member.at(index), Byte.BYTES);
    }

    /**
     * Writes one of the row.
     *
     * @param view points at the struct
     * @param index which value of the row
     * @param value the new value
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public void set(StructView<S> view, int index, byte value) {
        Word.set(view, member.at(index), Byte.BYTES, value);
    }

    /**
     * This field of the struct that another struct holds.
     *
     * @param part the field of the other struct that holds this one
     * @param <W> the other struct's interface
     * @return its handle, for references to the other struct
     * @throws IllegalArgumentException if both are rows
     */
    public <W> ByteField<W> in(NestedField<W, S> part) {
        return new ByteField<>(part.type(), member.within(part.member()));
    }

    /**
     * This field of every element of a striped array.
     *
     * @param array the array's type
     * @return its handle, for references to such arrays
     * @throws IllegalArgumentException if the field is a row; reach it by a view
     */
    public ByteArray in(StructArray<S> array) {
        return new ByteArray(array.type(), array.offset(type, member), array.stride());
    }
}
