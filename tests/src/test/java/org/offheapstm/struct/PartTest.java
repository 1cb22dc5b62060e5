package org.offheapstm.struct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.offheapstm.struct.LayoutTest.assertMessage;
import static org.offheapstm.struct.Stage.atomic;
import static org.offheapstm.struct.sample.HolderStruct.ACCOUNT;
import static org.offheapstm.struct.sample.HolderStruct.ACCOUNTS;
import static org.offheapstm.struct.sample.HolderStruct.ONE;
import static org.offheapstm.struct.sample.HolderStruct.TWO;
import static org.offheapstm.struct.sample.PrimitivesStruct.*;

import org.junit.jupiter.api.Test;
import org.offheapstm.Transaction;
import org.offheapstm.struct.sample.AccountStruct;
import org.offheapstm.struct.sample.AddressStruct;
import org.offheapstm.struct.sample.CustomerStruct;
import org.offheapstm.struct.sample.Holder;
import org.offheapstm.struct.sample.HolderStruct;
import org.offheapstm.struct.sample.PrimitivesStruct;

/**
 * Goal: the handle of a field of every kind leads to the same field of a part, of one in a row too.
 * Method: what the handle has written is read by a view of the part, and the other way round.
 */
final class PartTest {
    private interface Body {
        void run(Transaction tx, long ref, HolderStruct view);
    }

    private static void inAHolder(Body body) {
        atomic(tx -> {
            HolderStruct view = new HolderStruct().allocate(tx);
            body.run(tx, view.ref(), view);
        });
    }

    @Test
    void plainFieldsOfAPart() {
        inAHolder((tx, ref, view) -> {
            FLAG.in(ONE).set(tx, ref, true);
            SMALL.in(ONE).set(tx, ref, (byte) -1);
            LETTER.in(ONE).set(tx, ref, 'ß');
            MIDDLE.in(ONE).set(tx, ref, (short) -2);
            NUMBER.in(ONE).set(tx, ref, -3);
            SINGLE.in(ONE).set(tx, ref, -4.5f);
            BIG.in(ONE).set(tx, ref, -5);
            BIG.in(ONE).add(tx, ref, -1);
            REAL.in(ONE).set(tx, ref, -6.5);
            REAL.in(ONE).add(tx, ref, -1);
            PrimitivesStruct one = view.one();
            assertTrue(one.flag() && FLAG.in(ONE).get(view));
            assertEquals(-1, one.small());
            assertEquals('ß', one.letter());
            assertEquals(-2, one.middle());
            assertEquals(-3, one.number());
            assertEquals(-4.5f, one.single());
            assertEquals(-6, one.big());
            assertEquals(-7.5, one.real());
            assertEquals(0, view.before());
        });
    }

    @Test
    void rowsOfAPart() {
        inAHolder((tx, ref, view) -> {
            FLAGS.in(ONE).set(tx, ref, 2, true);
            SMALLS.in(ONE).set(tx, ref, 4, (byte) -1);
            LETTERS.in(ONE).set(tx, ref, 2, 'ß');
            MIDDLES.in(ONE).set(tx, ref, 6, (short) -2);
            NUMBERS.in(ONE).set(tx, ref, 2, -3);
            SINGLES.in(ONE).set(tx, ref, 2, -4.5f);
            BIGS.in(ONE).set(tx, ref, 1, -5);
            REALS.in(ONE).set(tx, ref, 1, -6.5);
            PrimitivesStruct one = view.one();
            assertTrue(one.flags(2) && FLAGS.in(ONE).get(view, 2));
            assertEquals(-1, one.smalls(4));
            assertEquals('ß', one.letters(2));
            assertEquals(-2, one.middles(6));
            assertEquals(-3, one.numbers(2));
            assertEquals(-4.5f, one.singles(2));
            assertEquals(-5, one.bigs(1));
            assertEquals(-6.5, one.reals(1));
            FieldTest.assertIndex("index=3, length=3", () -> FLAGS.in(ONE).get(tx, ref, 3));
        });
    }

    @Test
    void plainFieldsOfARowOfPartsAreRows() {
        inAHolder((tx, ref, view) -> {
            PrimitivesStruct second = view.two(1);
            second.flag(true);
            second.small((byte) -1);
            second.letter('ß');
            second.middle((short) -2);
            second.number(-3);
            second.single(-4.5f);
            second.big(-5);
            second.real(-6.5);
            assertTrue(FLAG.in(TWO).get(tx, ref, 1));
            assertEquals(-1, SMALL.in(TWO).get(tx, ref, 1));
            assertEquals('ß', LETTER.in(TWO).get(tx, ref, 1));
            assertEquals(-2, MIDDLE.in(TWO).get(tx, ref, 1));
            assertEquals(-3, NUMBER.in(TWO).get(tx, ref, 1));
            assertEquals(-4.5f, SINGLE.in(TWO).get(tx, ref, 1));
            assertEquals(-5, BIG.in(TWO).get(tx, ref, 1));
            assertEquals(-6.5, REAL.in(TWO).get(view, 1));
            FieldTest.assertIndex("it is a row", () -> BIG.in(TWO).get(tx, ref));
            FieldTest.assertIndex("index=2, length=2", () -> BIG.in(TWO).get(tx, ref, 2));
        });
    }

    @Test
    void textsOfParts() {
        inAHolder((tx, ref, view) -> {
            TextField<Holder> owner = AccountStruct.OWNER.in(ACCOUNT);
            TextField<Holder> tags = AccountStruct.TAGS.in(ACCOUNT);
            TextField<Holder> owners = AccountStruct.OWNER.in(ACCOUNTS);
            owner.set(tx, ref, "Ann");
            tags.set(view, 1, "tag");
            owners.set(tx, ref, 1, "Bob");
            assertEquals("Ann", view.account().owner());
            assertEquals("tag", view.account().tags(1));
            assertEquals("Bob", view.accounts(1).owner());
            assertEquals("Ann", owner.get(view));
            assertTrue(tags.contentEquals(tx, ref, 1, "tag"));
            assertTrue(owners.contentEquals(view, 1, "Bob"));
            assertEquals(AccountStruct.OWNER.limit(), owner.limit());
        });
    }

    @Test
    void referencesOfParts() {
        inAHolder((tx, ref, view) -> {
            long account = AccountStruct.TYPE.allocate(tx);
            long customer = CustomerStruct.TYPE.allocate(tx);
            AccountStruct.PARENT.in(ACCOUNT).set(tx, ref, account);
            AccountStruct.PARTNERS.in(ACCOUNT).set(tx, ref, 1, customer);
            AccountStruct.PARENT.in(ACCOUNTS).set(view, 1, account);
            assertEquals(account, view.account().parent().get());
            assertEquals(customer, view.account().partners(1).get());
            assertEquals(account, view.accounts(1).parent().get());
            assertEquals(0, view.accounts(0).parent().get());
        });
    }

    @Test
    void partsOfParts() {
        inAHolder((tx, ref, view) -> {
            AddressStruct.ZIP.in(AccountStruct.HOME.in(ACCOUNT)).set(tx, ref, 1);
            AddressStruct.ZIP.in(AccountStruct.HOME).in(ACCOUNTS).set(tx, ref, 1, 2);
            AddressStruct.KEEPER
                    .in(AccountStruct.BRANCHES.in(ACCOUNT))
                    .set(tx, ref, 1, CustomerStruct.TYPE.allocate(tx));
            assertEquals(1, view.account().home().zip());
            assertEquals(2, view.accounts(1).home().zip());
            assertTrue(CustomerStruct.TYPE.exists(
                    tx, view.account().branches(1).keeper().get()));
        });
    }

    @Test
    void rowOfARowOfPartsIsRefused() {
        assertMessage("a row inside a row is reached by a view", () -> FLAGS.in(TWO));
        assertMessage("a row inside a row", () -> SMALLS.in(TWO));
        assertMessage("a row inside a row", () -> LETTERS.in(TWO));
        assertMessage("a row inside a row", () -> MIDDLES.in(TWO));
        assertMessage("a row inside a row", () -> NUMBERS.in(TWO));
        assertMessage("a row inside a row", () -> SINGLES.in(TWO));
        assertMessage("a row inside a row", () -> BIGS.in(TWO));
        assertMessage("a row inside a row", () -> REALS.in(TWO));
        assertMessage("a row inside a row", () -> AccountStruct.TAGS.in(ACCOUNTS));
        assertMessage("a row inside a row", () -> AccountStruct.PARTNERS.in(ACCOUNTS));
        assertMessage("a row inside a row", () -> AccountStruct.BRANCHES.in(ACCOUNTS));
    }
}
