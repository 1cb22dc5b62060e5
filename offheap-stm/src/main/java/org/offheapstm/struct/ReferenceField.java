package org.offheapstm.struct;

import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

/**
 * The handle of a reference to another struct, or of a row of them.
 *
 * <p>A reference is a {@code long}, for which the compiler does not know the struct it refers to;
 * the engine does, and refuses it where it is used with another. {@link Ref} is the same with the
 * type known to the compiler.
 *
 * @param type the type of the object in which the struct lies
 * @param member where the field lies
 * @param <S> the struct's interface
 * @param <T> the interface of the struct referred to
 */
public record ReferenceField<S, T>(ObjectType type, Member member) implements Field<S> {
    /**
     * Checks that the field lies inside the type.
     *
     * @throws IllegalArgumentException if it does not
     */
    public ReferenceField {
        member.checkHandle(type, Kind.REFERENCE);
    }

    /**
     * Reads it.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @return the reference, {@link Transaction#NULL} for none
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
     * @param target the new reference, {@link Transaction#NULL} for none
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public void set(Transaction tx, long ref, long target) {
        tx.setLong(type, ref, member.only(), target);
    }

    /**
     * Reads one of the row.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @param index which value of the row
     * @return the reference, {@link Transaction#NULL} for none
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
     * @param target the new reference, {@link Transaction#NULL} for none
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public void set(Transaction tx, long ref, int index, long target) {
        tx.setLong(type, ref, member.at(index), target);
    }

    /**
     * Reads it.
     *
     * @param view points at the struct
     * @return the reference, {@link Transaction#NULL} for none
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public long get(StructView<S> view) {
        return Word.get(view, member.only(), Long.BYTES);
    }

    /**
     * Writes it.
     *
     * @param view points at the struct
     * @param target the new reference, {@link Transaction#NULL} for none
     * @throws IndexOutOfBoundsException if the field is a row of several values
     */
    public void set(StructView<S> view, long target) {
        Word.set(view, member.only(), Long.BYTES, target);
    }

    /**
     * Reads one of the row.
     *
     * @param view points at the struct
     * @param index which value of the row
     * @return the reference, {@link Transaction#NULL} for none
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
     * @param target the new reference, {@link Transaction#NULL} for none
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public void set(StructView<S> view, int index, long target) {
        Word.set(view, member.at(index), Long.BYTES, target);
    }

    /**
     * This field of the struct that another struct holds.
     *
     * @param part the field of the other struct that holds this one
     * @param <W> the other struct's interface
     * @return its handle, for references to the other struct
     * @throws IllegalArgumentException if both are rows
     */
    public <W> ReferenceField<W, T> in(NestedField<W, S> part) {
        return new ReferenceField<>(part.type(), member.within(part.member()));
    }

    /**
     * This field of every element of a striped array.
     *
     * @param array the array's type
     * @return its handle, for references to such arrays
     * @throws IllegalArgumentException if the field is a row; reach it by a view
     */
    public ReferenceArray<T> in(StructArray<S> array) {
        return new ReferenceArray<>(array.type(), array.offset(type, member), array.stride());
    }
}
