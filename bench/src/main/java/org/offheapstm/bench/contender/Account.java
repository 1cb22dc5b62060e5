package org.offheapstm.bench.contender;

import org.offheapstm.struct.Struct;

/** An object of several fields, three words and two halves of one: 32 bytes and a header. */
@Struct
interface Account {
    long number();

    void number(long number);

    long balance();

    void balance(long balance);

    long turnover();

    void turnover(long turnover);

    int entries();

    void entries(int entries);

    int branch();

    void branch(int branch);
}
