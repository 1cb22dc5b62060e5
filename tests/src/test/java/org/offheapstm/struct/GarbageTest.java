package org.offheapstm.struct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;

import org.junit.jupiter.api.Test;
import org.offheapstm.Stm;
import org.offheapstm.Transaction;
import org.offheapstm.TxAction;
import org.offheapstm.struct.sample.Account;
import org.offheapstm.struct.sample.AccountStruct;
import org.offheapstm.struct.sample.AddressStruct;
import org.offheapstm.struct.sample.CustomerStruct;
import org.offheapstm.struct.sample.Primitives;
import org.offheapstm.struct.sample.PrimitivesStruct;

import java.lang.management.ManagementFactory;

/**
 * Goal: no way to a field makes garbage. Method: the bytes that this thread allocates inside a
 * running transaction, interpreted or compiled, after one round that makes what views keep.
 */
class GarbageTest {
    private static final int ROUNDS = 2_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final StructArray<Account> ACCOUNTS = StructArray.of(AccountStruct.TYPE);
    private static final LongArray BALANCES = AccountStruct.BALANCE.in(ACCOUNTS);
    private static final IntField<Account> ZIPS = AddressStruct.ZIP.in(AccountStruct.BRANCHES);

    private final PrimitivesStruct primitives = new PrimitivesStruct();
    private final AccountStruct account = new AccountStruct();
    private final CustomerStruct customer = new CustomerStruct();
    private final StringBuilder builder = new StringBuilder(100);
    private long garbage;

    private void measured(TxAction<RuntimeException> body) {
        try (Stm stm = Stage.open()) {
            stm.atomic(tx -> {
                body.run(tx);
                for (int i = 0; i < ROUNDS; i++) {
                    long before = THREADS.getCurrentThreadAllocatedBytes();
                    body.run(tx);
                    garbage += THREADS.getCurrentThreadAllocatedBytes() - before;
                }
            });
        }
        // The JVM itself allocates now and then when it swaps compiled code for interpreted.
        assertEquals(0, garbage / ROUNDS, "bytes a round, of " + garbage + " in all");
    }

    /** What a block works on: made by its first round. */
    private long first;

    private long second;

    @Test
    void primitivesMakeNone() {
        measured(tx -> {
            first = first == 0 ? PrimitivesStruct.TYPE.allocate(tx) : first;
            Primitives view = primitives.at(tx, first);
            view.big(view.big() + 1);
            view.real(view.real() + view.single());
            view.flags(1, !view.flags(1));
            view.middles(2, (short) (view.middles(2) + view.smalls(0)));
            view.addToBig(1);
            PrimitivesStruct.NUMBER.set(tx, first, PrimitivesStruct.NUMBER.get(tx, first) + 1);
            PrimitivesStruct.LETTERS.set(tx, first, 2, PrimitivesStruct.LETTERS.get(tx, first, 1));
        });
    }

    @Test
    void partsReferencesAndArraysMakeNone() {
        measured(tx -> {
            first = first == 0 ? AccountStruct.TYPE.allocate(tx) : first;
            second = second == 0 ? ACCOUNTS.allocate(tx, 100) : second;
            account.at(tx, first).branches(1).zip(ZIPS.get(tx, first, 1) + 1);
            account.parent().set(first);
            account.parent().follow(account).home().place().north((short) 1);
            account.partners(1).set(Transaction.NULL);
            account.at(tx, ACCOUNTS, second, 99).deposit(1);
            BALANCES.set(tx, second, 99, BALANCES.get(tx, second, 99) + 1);
        });
    }

    @Test
    void textMakesNoneButItsString() {
        measured(tx -> {
            first = first == 0 ? CustomerStruct.TYPE.allocate(tx) : first;
            customer.at(tx, first).name("Ännchen 😀");
            builder.setLength(0);
            CustomerStruct.NAME.appendTo(customer, builder);
            CustomerStruct.NAME.set(tx, first, builder);
            assertTrue(CustomerStruct.NAME.contentEquals(tx, first, "Ännchen 😀"));
        });
    }
}
