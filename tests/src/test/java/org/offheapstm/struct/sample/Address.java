package org.offheapstm.struct.sample;

import org.offheapstm.struct.Length;
import org.offheapstm.struct.Ref;
import org.offheapstm.struct.Struct;

/** A part of others. */
@Struct
public interface Address {
    byte kind();

    void kind(byte value);

    int zip();

    void zip(int value);

    @Length(3)
    short codes(int index);

    void codes(int index, short value);

    Geo place();

    Ref<Customer> keeper();

    /** A part of a part, smaller than a word. */
    @Struct
    interface Geo {
        short east();

        void east(short value);

        short north();

        void north(short value);
    }
}
