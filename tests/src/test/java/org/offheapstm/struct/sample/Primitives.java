package org.offheapstm.struct.sample;

import org.offheapstm.struct.Add;
import org.offheapstm.struct.Length;
import org.offheapstm.struct.Struct;

/** Every primitive type, alone and in a row, in an order that needs padding. */
@Struct
public interface Primitives {
    boolean flag();

    void flag(boolean value);

    long big();

    void big(long value);

    byte small();

    void small(byte value);

    char letter();

    void letter(char value);

    short middle();

    void middle(short value);

    int number();

    void number(int value);

    float single();

    void single(float value);

    double real();

    void real(double value);

    @Length(3)
    boolean flags(int index);

    void flags(int index, boolean value);

    @Length(5)
    byte smalls(int index);

    void smalls(int index, byte value);

    @Length(3)
    char letters(int index);

    void letters(int index, char value);

    @Length(7)
    short middles(int index);

    void middles(int index, short value);

    @Length(3)
    int numbers(int index);

    void numbers(int index, int value);

    @Length(3)
    float singles(int index);

    void singles(int index, float value);

    @Length(2)
    long bigs(int index);

    void bigs(int index, long value);

    @Length(2)
    double reals(int index);

    void reals(int index, double value);

    @Add("big")
    void addToBig(long delta);

    @Add("real")
    void addToReal(double delta);

    @Add("bigs")
    void addToBigs(int index, long delta);

    @Add("reals")
    void addToReals(int index, double delta);
}
