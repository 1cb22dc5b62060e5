package org.offheapstm.struct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.offheapstm.struct.Stage.atomic;

import org.junit.jupiter.api.Test;
import org.offheapstm.MisuseException;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.Transaction;
import org.offheapstm.struct.sample.Account;
import org.offheapstm.struct.sample.AccountStruct;
import org.offheapstm.struct.sample.Address;
import org.offheapstm.struct.sample.AddressStruct;
import org.offheapstm.struct.sample.CustomerStruct;

/** Goal: a view shows what it points at now, and parts and references lead to the right bytes. */
class ViewTest {
    @Test
    void aViewShowsTheObjectThatItPointsAtNow() {
        atomic(tx -> {
            long first = AccountStruct.TYPE.allocate(tx);
            long second = AccountStruct.TYPE.allocate(tx);
            AccountStruct account = new AccountStruct();
            account.at(tx, first).balance(1);
            account.at(tx, second).balance(2);
            assertSame(account, account.at(tx, first));
            assertEquals(1, account.balance());
            assertEquals(first, account.ref());
            assertEquals(2, account.at(tx, second).balance());
        });
    }

    @Test
    void aViewMakesTheObjectThatItPointsAt() {
        atomic(tx -> {
            AccountStruct account = new AccountStruct().allocate(tx);
            account.balance(1);
            assertEquals(1, AccountStruct.BALANCE.get(tx, account.ref()));
        });
    }

    @Test
    void scratchLivesOnOnlyIfItIsLinked() {
        StructArray<Account> accounts = StructArray.of(AccountStruct.TYPE);
        long[] made = new long[5];
        try (Stm stm = Stage.open()) {
            stm.atomic(tx -> {
                AccountStruct account = new AccountStruct();
                made[0] = account.allocateScratch(tx).ref();
                account.balance(7);
                made[1] = account.allocateScratch(tx).ref();
                made[2] = accounts.allocateScratch(tx, 3);
                made[3] = accounts.allocateScratch(tx, 3);
                account.at(tx, accounts, made[3], 2).parent().set(made[0]);
                made[4] = AccountStruct.TYPE.allocate(tx);
                AccountStruct.PARENT.set(tx, made[4], made[0]);
            });
            stm.readOnly(tx -> {
                assertEquals(7, AccountStruct.BALANCE.get(tx, made[0]));
                assertFalse(AccountStruct.TYPE.exists(tx, made[1]));
                assertFalse(tx.exists(accounts.type(), made[2]));
                assertFalse(tx.exists(accounts.type(), made[3]), "it leads, nothing leads to it");
            });
        }
    }

    @Test
    void anInterfaceIsUsedWithoutItsClass() {
        atomic(tx -> {
            Account from = new AccountStruct().allocate(tx);
            Account to = new AccountStruct().allocate(tx);
            from.move(to, 30);
            to.deposit(3);
            assertEquals(-30, from.balance());
            assertEquals(33, to.balance());
        });
    }

    @Test
    void partsAreReachedByViewAndByHandle() {
        atomic(tx -> {
            long ref = AccountStruct.TYPE.allocate(tx);
            AccountStruct account = new AccountStruct().at(tx, ref);
            account.home().zip(1);
            account.home().place().north((short) -2);
            account.branches(0).zip(3);
            account.branches(1).zip(4);
            account.branches(1).codes(2, (short) 5);
            assertEquals(1, AddressStruct.ZIP.in(AccountStruct.HOME).get(tx, ref));
            assertEquals(-2, AccountStruct.TYPE.shortField("home.place.north").get(tx, ref));
            assertEquals(3, AddressStruct.ZIP.in(AccountStruct.BRANCHES).get(tx, ref, 0));
            assertEquals(4, AddressStruct.ZIP.in(AccountStruct.BRANCHES).get(tx, ref, 1));
            assertEquals(5, account.branches(1).codes(2));
            assertEquals(0, account.branches(0).codes(2));
        });
    }

    @Test
    void aViewOfAPartMovesWithTheNextCallAndOneOfOwnDoesNot() {
        atomic(tx -> {
            AccountStruct account = new AccountStruct().allocate(tx);
            AddressStruct kept = account.branches(0);
            AddressStruct own = new AddressStruct().at(account, AccountStruct.BRANCHES, 0);
            assertSame(kept, account.branches(1));
            kept.zip(7);
            assertEquals(7, account.branches(1).zip());
            assertEquals(0, own.zip());
        });
    }

    @Test
    void oneViewGoesFromPartToWholeToElement() {
        StructArray<Address> array = StructArray.of(AddressStruct.TYPE);
        atomic(tx -> {
            AccountStruct account = new AccountStruct().allocate(tx);
            long object = AddressStruct.TYPE.allocate(tx);
            long elements = array.allocate(tx, 2);
            AddressStruct address = new AddressStruct();
            for (int i = 0; i < 2; i++) {
                address.at(account, AccountStruct.BRANCHES, 1).zip(address.zip() + 1);
                address.at(tx, object).zip(address.zip() + 10);
                address.at(account, AccountStruct.HOME).zip(address.zip() + 100);
                address.at(tx, array, elements, 1).zip(address.zip() + 1_000);
            }
            assertEquals(2, account.branches(1).zip());
            assertEquals(20, AddressStruct.ZIP.get(tx, object));
            assertEquals(200, account.home().zip());
            assertEquals(2_000, AddressStruct.ZIP.in(array).get(tx, elements, 1));
        });
    }

    @Test
    void aPartOutOfRangeIsRefused() {
        atomic(tx -> {
            AccountStruct account = new AccountStruct().allocate(tx);
            FieldTest.assertIndex("index=2, length=2", () -> account.branches(2));
            FieldTest.assertIndex("index=-1, length=2", () -> account.partners(-1));
        });
    }

    @Test
    void referencesLeadFromViewToView() {
        atomic(tx -> {
            AccountStruct account = new AccountStruct().allocate(tx);
            CustomerStruct customer = new CustomerStruct().allocate(tx);
            assertTrue(account.partners(1).isNull());
            account.partners(1).set(customer);
            account.branches(1).keeper().set(customer.ref());
            customer.name("Ann");
            CustomerStruct other = new CustomerStruct();
            assertSame(other, account.partners(1).follow(other));
            assertEquals("Ann", other.name());
            assertEquals(customer.ref(), AccountStruct.PARTNERS.get(tx, account.ref(), 1));
            assertEquals("Ann", account.branches(1).keeper().follow(other).name());
            assertTrue(
                    account.partners(0).isNull() && account.branches(0).keeper().isNull());
            account.partners(1).set(Transaction.NULL);
            assertTrue(account.partners(1).isNull());
        });
    }

    @Test
    void oneViewWalksDownAChain() {
        atomic(tx -> {
            AccountStruct node = new AccountStruct();
            long last = Transaction.NULL;
            for (int i = 0; i < 100; i++) {
                node.at(tx, AccountStruct.TYPE.allocate(tx)).parent().set(last);
                last = node.ref();
                node.balance(i);
            }
            int steps = 0;
            while (!node.parent().isNull()) {
                node.parent().follow(node);
                steps++;
            }
            assertEquals(99, steps);
            assertEquals(0, node.balance());
        });
    }

    @Test
    void followingNullIsRefusedAtTheFirstAccess() {
        atomic(tx -> {
            AccountStruct account = new AccountStruct().allocate(tx);
            CustomerStruct customer = account.partners(0).follow(new CustomerStruct());
            assertThrows(StaleReferenceException.class, customer::name);
        });
    }

    @Test
    void nothingRefersToAPart() {
        atomic(tx -> {
            StructArray<Account> array = StructArray.of(AccountStruct.TYPE);
            AccountStruct account = new AccountStruct().allocate(tx);
            AccountStruct element = new AccountStruct().at(tx, array, array.allocate(tx, 1), 0);
            LayoutTest.assertMessage(
                    "a reference is to an object", () -> account.parent().set(element));
            LayoutTest.assertMessage(
                    "a reference is to an object", () -> account.parent().set(new AccountStruct()));
            assertTrue(account.parent().isNull());
        });
    }

    @Test
    void aViewThatWasNeverPointedSaysSo() {
        AccountStruct account = new AccountStruct();
        assertThrows(MisuseException.class, account::balance);
        assertThrows(MisuseException.class, () -> account.balance(1));
        assertThrows(MisuseException.class, () -> account.deposit(1));
        assertThrows(MisuseException.class, account::owner);
        assertThrows(MisuseException.class, () -> account.home().zip());
        assertThrows(MisuseException.class, () -> account.parent().get());
        assertEquals(Transaction.NULL, account.ref());
    }
}
