package org.offheapstm.struct;

import org.offheapstm.ObjectType;

/**
 * The handle of a struct inside a struct, or of a row of them. It reads nothing itself: it leads
 * to the fields of the inner struct, as in {@code AddressStruct.ZIP.in(AccountStruct.HOME)}; those
 * of a row are rows.
 *
 * @param type the type of the object in which the outer struct lies
 * @param member where the inner struct lies
 * @param <S> the outer struct's interface
 * @param <T> the inner struct's interface
 */
public record NestedField<S, T>(ObjectType type, Member member) implements Field<S> {
    /**
     * Checks that the field lies inside the type.
     *
     * @throws IllegalArgumentException if it does not
     */
    public NestedField {
        member.checkHandle(type, Kind.STRUCT);
    }

    /**
     * This field of the struct that another struct holds.
     *
     * @param part the field of the other struct that holds this one
     * @param <W> the other struct's interface
     * @return its handle, for references to the other struct
     * @throws IllegalArgumentException if both are rows
     */
    public <W> NestedField<W, T> in(NestedField<W, S> part) {
        return new NestedField<>(part.type(), member.within(part.member()));
    }
}
