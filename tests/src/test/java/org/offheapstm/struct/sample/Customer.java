package org.offheapstm.struct.sample;

import org.offheapstm.struct.Struct;
import org.offheapstm.struct.Text;

/** What others refer to. */
@Struct
public interface Customer {
    @Text(30)
    String name();

    void name(CharSequence text);
}
