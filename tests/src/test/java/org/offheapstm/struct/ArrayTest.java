package org.offheapstm.struct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.offheapstm.struct.Stage.atomic;

import org.junit.jupiter.api.Test;
import org.offheapstm.ArrayType;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Transaction;
import org.offheapstm.struct.sample.Account;
import org.offheapstm.struct.sample.AccountStruct;
import org.offheapstm.struct.sample.AddressStruct;
import org.offheapstm.struct.sample.Customer;
import org.offheapstm.struct.sample.CustomerStruct;
import org.offheapstm.struct.sample.Primitives;
import org.offheapstm.struct.sample.PrimitivesStruct;

import java.util.Arrays;
import java.util.List;

/**
 * Goal: striped arrays of primitives, references and structs, in many stripes and at their ends.
 */
class ArrayTest {
    private static final int LENGTH = 1_000;

    private static final BooleanArray BOOLEANS = BooleanArray.of("booleans");
    private static final ByteArray BYTES = ByteArray.of("bytes");
    private static final CharArray CHARS = CharArray.of("chars");
    private static final ShortArray SHORTS = ShortArray.of("shorts");
    private static final IntArray INTS = IntArray.of("ints");
    private static final FloatArray FLOATS = FloatArray.of("floats");
    private static final LongArray LONGS = LongArray.of("longs");
    private static final DoubleArray DOUBLES = DoubleArray.of("doubles");
    private static final StructArray<Account> ACCOUNTS = StructArray.of(AccountStruct.TYPE);
    private static final StructArray<Primitives> PRIMITIVES = StructArray.of(PrimitivesStruct.TYPE);

    @Test
    void everyElementKeepsItsValue() {
        atomic(tx -> {
            long booleans = BOOLEANS.allocate(tx, LENGTH);
            long bytes = BYTES.allocate(tx, LENGTH);
            long chars = CHARS.allocate(tx, LENGTH);
            long shorts = SHORTS.allocate(tx, LENGTH);
            long ints = INTS.allocate(tx, LENGTH);
            long floats = FLOATS.allocate(tx, LENGTH);
            long longs = LONGS.allocate(tx, LENGTH);
            long doubles = DOUBLES.allocate(tx, LENGTH);
            for (int i = 0; i < LENGTH; i++) {
                BOOLEANS.set(tx, booleans, i, i % 3 == 0);
                BYTES.set(tx, bytes, i, (byte) -i);
                CHARS.set(tx, chars, i, (char) -i);
                SHORTS.set(tx, shorts, i, (short) -i);
                INTS.set(tx, ints, i, -i);
                FLOATS.set(tx, floats, i, -i);
                LONGS.set(tx, longs, i, -i);
                DOUBLES.set(tx, doubles, i, -i);
                LONGS.add(tx, longs, i, 5);
                DOUBLES.add(tx, doubles, i, 0.5);
            }
            for (int i = 0; i < LENGTH; i++) {
                assertEquals(i % 3 == 0, BOOLEANS.get(tx, booleans, i));
                assertEquals((byte) -i, BYTES.get(tx, bytes, i));
                assertEquals((char) -i, CHARS.get(tx, chars, i));
                assertEquals((short) -i, SHORTS.get(tx, shorts, i));
                assertEquals(-i, INTS.get(tx, ints, i));
                assertEquals(-i, FLOATS.get(tx, floats, i), 0);
                assertEquals(5 - i, LONGS.get(tx, longs, i));
                assertEquals(0.5 - i, DOUBLES.get(tx, doubles, i));
            }
            assertEquals(LENGTH, BYTES.length(tx, bytes));
        });
    }

    @Test
    void indexesOutOfRangeAreRefused() {
        atomic(tx -> {
            long bytes = BYTES.allocate(tx, 10);
            long accounts = ACCOUNTS.allocate(tx, 10);
            LongArray balances = AccountStruct.BALANCE.in(ACCOUNTS);
            for (long index :
                    List.of(-1L, 10L, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, 1L << 61)) {
                assertThrows(IndexOutOfBoundsException.class, () -> BYTES.get(tx, bytes, index));
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () -> BYTES.set(tx, bytes, index, (byte) 1));
                assertThrows(
                        IndexOutOfBoundsException.class, () -> balances.get(tx, accounts, index));
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () -> balances.add(tx, accounts, index, 1));
                AccountStruct account = new AccountStruct().at(tx, ACCOUNTS, accounts, index);
                assertThrows(IndexOutOfBoundsException.class, account::balance);
                assertThrows(IndexOutOfBoundsException.class, account::owner);
                assertThrows(IndexOutOfBoundsException.class, () -> account.owner("Ann"));
                assertThrows(
                        IndexOutOfBoundsException.class, () -> account.home().zip(1));
            }
        });
    }

    @Test
    void anEmptyArrayHasNoElement() {
        atomic(tx -> {
            long empty = BYTES.allocate(tx, 0);
            assertEquals(0, BYTES.length(tx, empty));
            assertThrows(IndexOutOfBoundsException.class, () -> BYTES.get(tx, empty, 0));
            BYTES.free(tx, empty);
            assertThrows(StaleReferenceException.class, () -> BYTES.length(tx, empty));
        });
    }

    @Test
    void elementsAreReachedByViewAndByHandle() {
        LongArray balances = AccountStruct.BALANCE.in(ACCOUNTS);
        IntArray flags = AccountStruct.FLAGS.in(ACCOUNTS);
        IntArray zips = AddressStruct.ZIP.in(AccountStruct.HOME).in(ACCOUNTS);
        atomic(tx -> {
            long accounts = ACCOUNTS.allocate(tx, LENGTH);
            AccountStruct account = new AccountStruct();
            for (int i = 0; i < LENGTH; i++) {
                account.at(tx, ACCOUNTS, accounts, i);
                account.balance(i);
                account.deposit(i);
                account.owner("no " + i);
                account.home().zip(-i);
                account.branches(1).codes(2, (short) i);
                flags.set(tx, accounts, i, ~i);
            }
            for (int i = 0; i < LENGTH; i++) {
                account.at(tx, ACCOUNTS, accounts, i);
                assertEquals(2L * i, balances.get(tx, accounts, i));
                assertEquals(~i, account.flags());
                assertEquals(-i, zips.get(tx, accounts, i));
                assertEquals("no " + i, account.owner());
                assertEquals(i, account.branches(1).codes(2));
            }
        });
    }

    @Test
    void narrowFieldsOfElementsLieWhereViewsSeeThem() {
        atomic(tx -> {
            long ref = PRIMITIVES.allocate(tx, 3);
            PrimitivesStruct view = new PrimitivesStruct().at(tx, PRIMITIVES, ref, 1);
            PrimitivesStruct.FLAG.in(PRIMITIVES).set(tx, ref, 1, true);
            PrimitivesStruct.SMALL.in(PRIMITIVES).set(tx, ref, 1, (byte) -2);
            PrimitivesStruct.LETTER.in(PRIMITIVES).set(tx, ref, 1, 'ß');
            PrimitivesStruct.MIDDLE.in(PRIMITIVES).set(tx, ref, 1, (short) -3);
            PrimitivesStruct.NUMBER.in(PRIMITIVES).set(tx, ref, 1, -4);
            PrimitivesStruct.SINGLE.in(PRIMITIVES).set(tx, ref, 1, -5.5f);
            PrimitivesStruct.REAL.in(PRIMITIVES).set(tx, ref, 1, -6.5);
            assertTrue(view.flag());
            assertEquals(-2, view.small());
            assertEquals('ß', view.letter());
            assertEquals(-3, view.middle());
            assertEquals(-4, view.number());
            assertEquals(-5.5f, view.single());
            assertEquals(-6.5, view.real());
        });
    }

    @Test
    void arraysOfAnotherElementOrStructOfTheSameNameAreRefused() {
        LongArray longs = LongArray.of("prices");
        DoubleArray doubles = DoubleArray.of("prices");
        assertEquals(longs.type(), LongArray.of("prices").type());
        StructArray<Object> ints = StructArray.of(
                StructType.of(Layout.named("Price").add(Kind.INT, "value").build()));
        StructArray<Object> floats = StructArray.of(
                StructType.of(Layout.named("Price").add(Kind.FLOAT, "value").build()));
        atomic(tx -> {
            long prices = longs.allocate(tx, 4);
            StaleReferenceException refused =
                    assertThrows(StaleReferenceException.class, () -> doubles.get(tx, prices, 0));
            assertTrue(
                    refused.getMessage().contains("found=long[] prices, "), refused.getMessage());
            long structs = ints.allocate(tx, 4);
            assertEquals(4, ints.length(tx, structs));
            assertThrows(StaleReferenceException.class, () -> floats.length(tx, structs));
        });
    }

    @Test
    void referencesLieInArrays() {
        ReferenceArray<Customer> customers = ReferenceArray.of("customers");
        ReferenceArray<Account> parents = AccountStruct.PARENT.in(ACCOUNTS);
        atomic(tx -> {
            long array = customers.allocate(tx, 10);
            long customer = CustomerStruct.TYPE.allocate(tx);
            customers.set(tx, array, 9, customer);
            assertEquals(customer, customers.get(tx, array, 9));
            assertEquals(Transaction.NULL, customers.get(tx, array, 8));
            CustomerStruct view = customers.follow(tx, array, 9, new CustomerStruct());
            assertEquals(customer, view.ref());
            customers.set(tx, array, 8, view);
            assertEquals(customer, customers.get(tx, array, 8));
            long accounts = ACCOUNTS.allocate(tx, 2);
            long account = AccountStruct.TYPE.allocate(tx);
            parents.set(tx, accounts, 1, account);
            AccountStruct element = new AccountStruct().at(tx, ACCOUNTS, accounts, 1);
            assertEquals(account, element.parent().get());
        });
    }

    @Test
    void theEngineKnowsReferencesInElements() {
        assertEquals(List.of(0), box(ReferenceArray.of("customers").type().referenceOffsets()));
        assertEquals(
                box(AccountStruct.TYPE.object().referenceOffsets()),
                box(ACCOUNTS.type().referenceOffsets()));
    }

    private static List<Integer> box(int[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }

    @Test
    void handlesThatDoNotFitAreRefused() {
        LayoutTest.assertMessage("reached by a view", () -> PrimitivesStruct.SMALLS.in(PRIMITIVES));
        LayoutTest.assertMessage("stride=8", () -> new IntArray(ArrayType.of("ints", 4), 0, 8));
        LayoutTest.assertMessage("offset=4", () -> new LongArray(ArrayType.of("pairs", 16), 4, 16));
        LayoutTest.assertMessage(
                "offset=16", () -> new LongArray(ArrayType.of("pairs", 16), 16, 16));
        LayoutTest.assertMessage(
                "elementBytes=16",
                () -> new StructArray<>(AccountStruct.TYPE, ArrayType.of("pairs", 16)));
    }
}
