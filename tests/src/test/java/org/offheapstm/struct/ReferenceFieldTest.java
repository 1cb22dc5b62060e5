package org.offheapstm.struct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.offheapstm.struct.FieldTest.assertIndex;
import static org.offheapstm.struct.Stage.atomic;
import static org.offheapstm.struct.sample.AccountStruct.PARENT;
import static org.offheapstm.struct.sample.AccountStruct.PARTNERS;

import org.junit.jupiter.api.Test;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Transaction;
import org.offheapstm.struct.sample.Account;
import org.offheapstm.struct.sample.AccountStruct;
import org.offheapstm.struct.sample.CustomerStruct;

/**
 * Goal: the handle of a reference reads and writes it by reference and by view, alone and in a row,
 * in objects and in elements of arrays. Method: the {@link Ref} of the same field as the judge.
 */
final class ReferenceFieldTest {
    private interface Body {
        void run(Transaction tx, AccountStruct view, long target);
    }

    private static void inAnAccount(Body body) {
        atomic(tx ->
                body.run(tx, new AccountStruct().allocate(tx), AccountStruct.TYPE.allocate(tx)));
    }

    @Test
    void aReferenceIsReadAndWritten() {
        inAnAccount((tx, view, target) -> {
            assertEquals(Transaction.NULL, PARENT.get(tx, view.ref()));
            assertEquals(Transaction.NULL, PARENT.get(view));
            PARENT.set(tx, view.ref(), target);
            assertEquals(target, view.parent().get());
            assertEquals(target, PARENT.get(view));
            PARENT.set(view, Transaction.NULL);
            assertEquals(Transaction.NULL, view.parent().get());
            view.parent().set(target);
            assertEquals(target, PARENT.get(tx, view.ref()));
        });
    }

    @Test
    void referencesOfARowKeepApart() {
        inAnAccount((tx, view, target) -> {
            long customer = CustomerStruct.TYPE.allocate(tx);
            PARTNERS.set(tx, view.ref(), 1, customer);
            assertEquals(customer, view.partners(1).get());
            assertEquals(Transaction.NULL, view.partners(0).get());
            PARTNERS.set(view, 0, customer);
            PARTNERS.set(view, 1, Transaction.NULL);
            assertEquals(customer, view.partners(0).get());
            assertEquals(customer, PARTNERS.get(view, 0));
            assertEquals(customer, PARTNERS.get(tx, view.ref(), 0));
            assertEquals(Transaction.NULL, PARTNERS.get(view, 1));
            assertEquals(Transaction.NULL, PARTNERS.get(tx, view.ref(), 1));
        });
    }

    @Test
    void elementsOfAnArrayAreReachedByAView() {
        StructArray<Account> accounts = StructArray.of(AccountStruct.TYPE);
        inAnAccount((tx, object, target) -> {
            long array = accounts.allocate(tx, 3);
            AccountStruct element = new AccountStruct().at(tx, accounts, array, 1);
            PARENT.set(element, target);
            PARTNERS.set(element, 1, CustomerStruct.TYPE.allocate(tx));
            assertEquals(target, PARENT.get(element));
            assertEquals(target, PARENT.in(accounts).get(tx, array, 1));
            assertEquals(Transaction.NULL, PARENT.in(accounts).get(tx, array, 2));
            assertEquals(element.partners(1).get(), PARTNERS.get(element, 1));
        });
    }

    @Test
    void aRowNeedsAnIndexInRange() {
        inAnAccount((tx, view, target) -> {
            long ref = view.ref();
            assertIndex("it is a row", () -> PARTNERS.get(tx, ref));
            assertIndex("it is a row", () -> PARTNERS.set(tx, ref, target));
            assertIndex("it is a row", () -> PARTNERS.get(view));
            assertIndex("it is a row", () -> PARTNERS.set(view, target));
            for (int index : new int[] {-1, 2}) {
                String expected = "index=" + index + ", length=2";
                assertIndex(expected, () -> PARTNERS.get(tx, ref, index));
                assertIndex(expected, () -> PARTNERS.set(tx, ref, index, target));
                assertIndex(expected, () -> PARTNERS.get(view, index));
                assertIndex(expected, () -> PARTNERS.set(view, index, target));
            }
            assertIndex("index=1, length=1", () -> PARENT.get(tx, ref, 1));
        });
    }

    @Test
    void staleAndMistypedReferencesAreRefused() {
        inAnAccount((tx, view, target) -> {
            AccountStruct.TYPE.free(tx, target);
            for (long bad : new long[] {target, CustomerStruct.TYPE.allocate(tx), 0}) {
                AccountStruct there = new AccountStruct().at(tx, bad);
                assertThrows(StaleReferenceException.class, () -> PARENT.get(tx, bad));
                assertThrows(StaleReferenceException.class, () -> PARENT.set(tx, bad, 0));
                assertThrows(StaleReferenceException.class, () -> PARTNERS.get(there, 1));
                assertThrows(StaleReferenceException.class, () -> PARTNERS.set(there, 1, 0));
            }
        });
    }
}
