package org.offheapstm.struct;

import org.offheapstm.ObjectType;

/**
 * The handle of a field: what to read and write it with, for any object of its type. Kept in a
 * {@code static final} constant it costs nothing over the offset written as a number.
 *
 * <p>Handles are got from {@link StructType} or as constants of the generated class. {@code in}
 * makes of a field's handle that of the same field in a nested struct, or in the elements of an
 * array.
 *
 * @param <S> the struct's interface
 */
public sealed interface Field<S>
        permits BooleanField,
                ByteField,
                CharField,
                ShortField,
                IntField,
                FloatField,
                LongField,
                DoubleField,
                TextField,
                ReferenceField,
                NestedField {
    /**
     * The type of the object in which the struct lies.
     *
     * @return the type
     */
    ObjectType type();

    /**
     * Where the field lies.
     *
     * @return name, offset, size
     */
    Member member();
}
