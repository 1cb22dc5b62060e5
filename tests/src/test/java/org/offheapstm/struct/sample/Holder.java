package org.offheapstm.struct.sample;

import org.offheapstm.struct.Length;
import org.offheapstm.struct.Struct;

/** Structs as parts, alone and in a row. */
@Struct
public interface Holder {
    byte before();

    void before(byte value);

    Primitives one();

    @Length(2)
    Primitives two(int index);

    Account account();

    @Length(2)
    Account accounts(int index);
}
