package org.offheapstm.struct.sample;

import org.offheapstm.struct.Add;
import org.offheapstm.struct.Length;
import org.offheapstm.struct.Ref;
import org.offheapstm.struct.Struct;
import org.offheapstm.struct.Text;

/** One field of each kind. */
@Struct
public interface Account {
    int flags();

    void flags(int value);

    long balance();

    void balance(long value);

    @Add("balance")
    void deposit(long amount);

    @Text(13)
    String owner();

    void owner(CharSequence text);

    @Text(6)
    @Length(2)
    String tags(int index);

    void tags(int index, CharSequence text);

    Address home();

    @Length(2)
    Address branches(int index);

    Ref<Account> parent();

    @Length(2)
    Ref<Customer> partners(int index);

    default void move(Account to, long amount) {
        balance(balance() - amount);
        to.balance(to.balance() + amount);
    }
}
