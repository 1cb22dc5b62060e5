package org.offheapstm.struct;

import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;

/**
 * The handle of striped arrays of structs.
 *
 * <p>A view is pointed at an element with {@code at(tx, array, ref, index)}. The handle of one
 * field of every element, which is faster, is that field's handle {@code in} the array:
 *
 * {@snippet :
 * static final StructArray<Account> ACCOUNTS = StructArray.of(AccountStruct.TYPE);
 * static final LongArray BALANCES = AccountStruct.BALANCE.in(ACCOUNTS);
 *
 * long accounts = ACCOUNTS.allocate(tx, 1_000_000);
 * BALANCES.add(tx, accounts, 999_999, 50);
 * }
 *
 * @param element the type of the elements
 * @param type the type of the array
 * @param <S> the struct's interface
 */
public record StructArray<S>(StructType<S> element, ArrayType type) implements StripedArray {
    /**
     * Checks that the two types agree.
     *
     * @throws IllegalArgumentException if an element has another size than the struct
     */
    public StructArray {
        if (type.elementBytes() != element.layout().payloadBytes()) {
            throw new IllegalArgumentException(
                    "handle refused: array=" + type.name() + ", elementBytes="
                            + type.elementBytes() + ", struct=" + element + ", payloadBytes="
                            + element.layout().payloadBytes() + "; make handles with of");
        }
    }

    /**
     * Arrays of a struct.
     *
     * @param element the struct's type
     * @param <S> the struct's interface
     * @return their handle
     * @throws IllegalArgumentException if the struct is larger than an element may be
     */
    public static <S> StructArray<S> of(StructType<S> element) {
        Layout layout = element.layout();
        return new StructArray<>(
                element,
                ArrayType.of(
                        layout.name() + "[]",
                        layout.describe(),
                        layout.payloadBytes(),
                        layout.referenceOffsets()));
    }

    /** Bytes of an element. */
    int stride() {
        return type.elementBytes();
    }

    /** Where a field lies in an element. */
    int offset(ObjectType struct, Member member) {
        if (!struct.equals(element.object())) {
            throw new IllegalArgumentException("composition refused: field=" + member + ", array="
                    + type.name() + "; the array holds " + element);
        }
        if (member.length() != 1) {
            throw new IllegalArgumentException("composition refused: field=" + member + ", length="
                    + member.length() + ", array=" + type.name()
                    + "; a row in an element is reached by a view");
        }
        return member.offset();
    }
}
