package org.offheapstm.struct;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.offheapstm.struct.Stage.atomic;
import static org.offheapstm.struct.sample.AccountStruct.OWNER;
import static org.offheapstm.struct.sample.AccountStruct.TAGS;
import static org.offheapstm.struct.sample.AccountStruct.TYPE;

import org.junit.jupiter.api.Test;
import org.offheapstm.struct.sample.Account;
import org.offheapstm.struct.sample.AccountStruct;
import org.offheapstm.struct.sample.CustomerStruct;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.Random;

/**
 * Goal: text comes back as it went in, in the bytes that UTF-8 has, and never more than its field
 * holds. Method: String's own encoder as the judge, on texts by hand and by a seed.
 */
class TextTest {
    /**
     * Texts of 0 to 13 bytes, with characters of 1, 2, 3 and 4 bytes that cross the words'
     * borders.
     */
    private static final String[] TEXTS = {
        "",
        "a",
        "abcdef",
        "abcdefg",
        "abcdefghijklm",
        "ä",
        "äöü",
        "aäöüßé",
        "€",
        "a€€€",
        "€€€€a",
        "😀",
        "😀😀😀a",
        "aaaaa😀",
        "\u0000",
        "a\u0000b",
        "\u007f\u0080\u07ff",
        "\u0800\uffff",
        "\ud7ff\ue000",
        "\udbff\udfff"
    };

    @Test
    void textsComeBackInEveryPlace() {
        atomic(tx -> {
            StructArray<Account> array = StructArray.of(TYPE);
            long ref = TYPE.allocate(tx);
            AccountStruct object = new AccountStruct().at(tx, ref);
            AccountStruct element = new AccountStruct().at(tx, array, array.allocate(tx, 3), 2);
            for (String text : TEXTS) {
                OWNER.set(tx, ref, text);
                assertText(text, object);
                assertEquals(text, OWNER.get(tx, ref));
                assertTrue(OWNER.contentEquals(tx, ref, text));
                object.owner("");
                object.owner(new StringBuilder(text));
                assertText(text, object);
                element.owner(text);
                assertText(text, element);
            }
        });
    }

    private static void assertText(String text, AccountStruct account) {
        assertEquals(text, account.owner());
        assertTrue(OWNER.contentEquals(account, text));
        assertFalse(OWNER.contentEquals(account, text + "x"));
        StringBuilder builder = new StringBuilder("<");
        OWNER.appendTo(account, builder);
        assertEquals("<" + text, builder.toString());
    }

    @Test
    void theWordsAreLengthThenUtf8ThenZeros() {
        atomic(tx -> {
            long ref = TYPE.allocate(tx);
            for (String text : TEXTS) {
                OWNER.set(tx, ref, "~~~~~~~~~~~~~");
                OWNER.set(tx, ref, text);
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                ByteBuffer expected = ByteBuffer.allocate(Layout.roundUp(2 + utf8.length, 8))
                        .order(ByteOrder.nativeOrder())
                        .putShort((short) utf8.length)
                        .put(utf8);
                byte[] found = new byte[expected.capacity()];
                int offset = OWNER.member().offset();
                tx.getBytes(TYPE.object(), ref, offset, found, 0, found.length);
                assertArrayEquals(expected.array(), found, text);
            }
        });
    }

    @Test
    void randomTextsComeBack() {
        long seed = 11;
        Random random = new Random(seed);
        atomic(tx -> {
            CustomerStruct customer = new CustomerStruct().at(tx, CustomerStruct.TYPE.allocate(tx));
            String before = "";
            for (int i = 0; i < 5_000; i++) {
                int[] codePoints = random.ints(random.nextInt(12), 0, 0x110000)
                        .map(any -> switch (any & 3) {
                            case 0 -> any & 0x7f;
                            case 1 -> any & 0x7ff;
                            case 2 -> any & 0xffff;
                            default -> any;
                        })
                        .filter(any -> any < 0xd800 || any > 0xdfff)
                        .toArray();
                String text = new String(codePoints, 0, codePoints.length);
                int bytes = text.getBytes(StandardCharsets.UTF_8).length;
                String message = "seed " + seed + ", step " + i + ", bytes " + bytes;
                if (bytes <= 30) {
                    customer.name(text);
                    before = text;
                } else {
                    TextTooLongException refused = assertThrows(
                            TextTooLongException.class, () -> customer.name(text), message);
                    assertEquals(bytes, refused.bytes());
                    assertEquals(30, refused.limit());
                    assertFalse(CustomerStruct.NAME.contentEquals(customer, text));
                }
                assertEquals(before, customer.name(), message);
                StringBuilder builder = new StringBuilder();
                CustomerStruct.NAME.appendTo(customer, builder);
                assertEquals(before, builder.toString(), message);
            }
        });
    }

    @Test
    void refusedTextsLeaveTheFieldAsItWas() {
        atomic(tx -> {
            long ref = TYPE.allocate(tx);
            AccountStruct account = new AccountStruct().at(tx, ref);
            account.owner("Ann");
            TextTooLongException tooLong =
                    assertThrows(TextTooLongException.class, () -> account.owner("äöüäöüä"));
            assertTrue(
                    tooLong.getMessage()
                            .contains("field=org.offheapstm.struct.sample.Account.owner, bytes=14,"
                                    + " limit=13"),
                    tooLong.getMessage());
            assertThrows(NullPointerException.class, () -> account.owner(null));
            assertThrows(NullPointerException.class, () -> OWNER.contentEquals(account, null));
            for (String broken : new String[] {"a\ud800", "\udc00a", "\ud800a", "\ud800\ud800"}) {
                LayoutTest.assertMessage(
                        "a surrogate without its other half", () -> OWNER.set(tx, ref, broken));
            }
            assertEquals("Ann", account.owner());
        });
    }

    /** A text that is another from the second time on that its first character is asked for. */
    private static final class Changing implements CharSequence {
        private final String later;
        private String now;
        private int looks;

        Changing(String first, String later) {
            this.now = first;
            this.later = later;
        }

        @Override
        public int length() {
            return now.length();
        }

        @Override
        public char charAt(int index) {
            if (index == 0 && looks++ == 1) {
                now = later;
            }
            return now.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return now.subSequence(start, end);
        }

        @Override
        public String toString() {
            return now;
        }
    }

    /** Whoever stores a text that another thread changes must not write beside the field. */
    @Test
    void textThatChangesWhileItIsStoredStaysInItsField() {
        atomic(tx -> {
            long ref = TYPE.allocate(tx);
            AccountStruct account = new AccountStruct().at(tx, ref);
            byte[] before = new byte[TYPE.object().payloadBytes()];
            byte[] after = new byte[before.length];
            int start = TAGS.member().offset();
            for (String later : new String[] {
                "A".repeat(30), "A".repeat(7), "ABCDE", "AB\ud800DEF", "A\ud800", "\udc00",
            }) {
                account.tags(0, "tag");
                tx.getBytes(TYPE.object(), ref, 0, before, 0, before.length);
                Changing text = new Changing("ABCDEF", later);
                assertThrows(
                        ConcurrentModificationException.class, () -> account.tags(0, text), later);
                tx.getBytes(TYPE.object(), ref, 0, after, 0, after.length);
                Arrays.fill(before, start, start + 8, (byte) 0);
                Arrays.fill(after, start, start + 8, (byte) 0);
                assertArrayEquals(before, after, later);
            }
            account.tags(0, "ABCDEF");
            assertThrows(
                    ConcurrentModificationException.class,
                    () -> TAGS.contentEquals(account, 0, new Changing("ABCDEF", "ABCDEFGHI")));
        });
    }

    @Test
    void noTextEqualsAnotherWhoseLengthIsTheSameInSixteenBits() {
        atomic(tx -> {
            AccountStruct account = new AccountStruct().allocate(tx);
            assertTrue(OWNER.contentEquals(account, ""));
            assertFalse(OWNER.contentEquals(account, "\0".repeat(1 << 16)));
        });
    }

    @Test
    void rowsOfTextsKeepApart() {
        atomic(tx -> {
            long ref = TYPE.allocate(tx);
            AccountStruct account = new AccountStruct().at(tx, ref);
            account.tags(0, "abcdef");
            TAGS.set(tx, ref, 1, "ghi");
            assertEquals("abcdef", TAGS.get(tx, ref, 0));
            assertEquals("ghi", account.tags(1));
            assertTrue(TAGS.contentEquals(tx, ref, 1, "ghi")
                    && TAGS.contentEquals(account, 0, "abcdef"));
            StringBuilder builder = new StringBuilder();
            TAGS.appendTo(tx, ref, 1, builder);
            TAGS.appendTo(account, 0, builder);
            assertEquals("ghiabcdef", builder.toString());
            FieldTest.assertIndex("index=2, length=2", () -> account.tags(2, ""));
            FieldTest.assertIndex("it is a row", () -> TAGS.get(tx, ref));
        });
    }

    @Test
    void textIsAppendedByHandleToo() {
        atomic(tx -> {
            long ref = TYPE.allocate(tx);
            StringBuilder builder = new StringBuilder("<");
            OWNER.appendTo(tx, ref, builder);
            OWNER.set(tx, ref, "aä€😀");
            OWNER.appendTo(tx, ref, builder.append('|'));
            assertEquals("<|aä€😀", builder.toString());
            TAGS.set(tx, ref, 1, "tag");
            AccountStruct account = new AccountStruct().at(tx, ref);
            TAGS.appendTo(account, 1, builder);
            assertEquals("<|aä€😀tag", builder.toString());
            FieldTest.assertIndex("it is a row", () -> TAGS.appendTo(tx, ref, builder));
            FieldTest.assertIndex("it is a row", () -> TAGS.appendTo(account, builder));
            FieldTest.assertIndex("index=2", () -> TAGS.appendTo(tx, ref, 2, builder));
        });
    }

    @Test
    void targetThatFailsIsSaid() {
        Writer full = new Writer() {
            @Override
            public void write(char[] from, int first, int count) throws IOException {
                throw new IOException("full");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        atomic(tx -> {
            long ref = TYPE.allocate(tx);
            OWNER.set(tx, ref, "Ann");
            UncheckedIOException told =
                    assertThrows(UncheckedIOException.class, () -> OWNER.appendTo(tx, ref, full));
            assertEquals("full", told.getCause().getMessage());
        });
    }

    @Test
    void bytesThatAreNoTextAreRefused() {
        atomic(tx -> {
            long ref = TYPE.allocate(tx);
            tx.setLong(TYPE.object(), ref, OWNER.member().offset(), -1);
            assertThrows(IllegalStateException.class, () -> OWNER.get(tx, ref));
        });
    }
}
