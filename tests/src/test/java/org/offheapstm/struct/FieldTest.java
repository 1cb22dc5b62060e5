package org.offheapstm.struct;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.offheapstm.struct.Stage.atomic;
import static org.offheapstm.struct.sample.PrimitivesStruct.*;

import org.junit.jupiter.api.Test;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Transaction;
import org.offheapstm.struct.sample.CustomerStruct;
import org.offheapstm.struct.sample.Primitives;
import org.offheapstm.struct.sample.PrimitivesStruct;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * Goal: each primitive type comes back as it went in, and nothing beside it changes. Method:
 * extreme values by hand; random writes against the same bytes in a ByteBuffer.
 */
class FieldTest {
    @Test
    void extremeValuesComeBackThroughHandles() {
        atomic(tx -> {
            long ref = TYPE.allocate(tx);
            for (boolean value : new boolean[] {true, false}) {
                FLAG.set(tx, ref, value);
                assertEquals(value, FLAG.get(tx, ref));
            }
            for (byte value : new byte[] {Byte.MIN_VALUE, -1, 0, 1, Byte.MAX_VALUE}) {
                SMALL.set(tx, ref, value);
                assertEquals(value, SMALL.get(tx, ref));
            }
            for (char value : new char[] {0, 1, 0x7fff, 0x8000, Character.MAX_VALUE}) {
                LETTER.set(tx, ref, value);
                assertEquals(value, LETTER.get(tx, ref));
            }
            for (short value : new short[] {Short.MIN_VALUE, -1, 0, 1, Short.MAX_VALUE}) {
                MIDDLE.set(tx, ref, value);
                assertEquals(value, MIDDLE.get(tx, ref));
            }
            for (int value : new int[] {Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE}) {
                NUMBER.set(tx, ref, value);
                assertEquals(value, NUMBER.get(tx, ref));
            }
            for (long value : new long[] {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE}) {
                BIG.set(tx, ref, value);
                assertEquals(value, BIG.get(tx, ref));
            }
            for (float value : new float[] {
                -0f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NEGATIVE_INFINITY, Float.NaN
            }) {
                SINGLE.set(tx, ref, value);
                assertEquals(value, SINGLE.get(tx, ref));
            }
            for (double value : new double[] {
                -0d, Double.MIN_VALUE, Double.MAX_VALUE, Double.NEGATIVE_INFINITY, Double.NaN
            }) {
                REAL.set(tx, ref, value);
                assertEquals(value, REAL.get(tx, ref));
            }
        });
    }

    @Test
    void randomWritesChangeTheirBytesOnly() {
        long seed = 7;
        Random random = new Random(seed);
        atomic(tx -> {
            long ref = TYPE.allocate(tx);
            PrimitivesStruct view = new PrimitivesStruct().at(tx, ref);
            byte[] bytes = new byte[TYPE.object().payloadBytes()];
            ByteBuffer model = ByteBuffer.allocate(bytes.length).order(ByteOrder.nativeOrder());
            for (int i = 0; i < 5_000; i++) {
                Member member = TYPE.layout()
                        .members()
                        .get(random.nextInt(TYPE.layout().members().size()));
                int index = random.nextInt(member.length());
                long value = random.nextLong();
                int at = member.offset() + index * member.size();
                switch (member.kind()) {
                    case BOOLEAN, BYTE ->
                        model.put(at, (byte) (member.kind() == Kind.BYTE ? value : value & 1));
                    case CHAR, SHORT -> model.putShort(at, (short) value);
                    case INT -> model.putInt(at, (int) value);
                    case FLOAT -> model.putFloat(at, value);
                    case LONG -> model.putLong(at, value);
                    default -> model.putDouble(at, value);
                }
                if (random.nextBoolean()) {
                    setByHandle(tx, ref, member, index, value);
                } else {
                    setByView(view, member, index, value);
                }
                tx.getBytes(TYPE.object(), ref, 0, bytes, 0, bytes.length);
                assertArrayEquals(
                        model.array(),
                        bytes,
                        member + " " + index + ", seed " + seed + ", step " + i);
            }
        });
    }

    private static void setByHandle(
            Transaction tx, long ref, Member member, int index, long value) {
        boolean row = member.length() > 1;
        switch (member.kind()) {
            case BOOLEAN -> {
                BooleanField<Primitives> field = TYPE.booleanField(member.name());
                if (row) field.set(tx, ref, index, (value & 1) == 1);
                else field.set(tx, ref, (value & 1) == 1);
            }
            case BYTE -> {
                ByteField<Primitives> field = TYPE.byteField(member.name());
                if (row) field.set(tx, ref, index, (byte) value);
                else field.set(tx, ref, (byte) value);
            }
            case CHAR -> {
                CharField<Primitives> field = TYPE.charField(member.name());
                if (row) field.set(tx, ref, index, (char) value);
                else field.set(tx, ref, (char) value);
            }
            case SHORT -> {
                ShortField<Primitives> field = TYPE.shortField(member.name());
                if (row) field.set(tx, ref, index, (short) value);
                else field.set(tx, ref, (short) value);
            }
            case INT -> {
                IntField<Primitives> field = TYPE.intField(member.name());
                if (row) field.set(tx, ref, index, (int) value);
                else field.set(tx, ref, (int) value);
            }
            case FLOAT -> {
                FloatField<Primitives> field = TYPE.floatField(member.name());
                if (row) field.set(tx, ref, index, value);
                else field.set(tx, ref, value);
            }
            case LONG -> {
                LongField<Primitives> field = TYPE.longField(member.name());
                if (row) field.set(tx, ref, index, value);
                else field.set(tx, ref, value);
            }
            default -> {
                DoubleField<Primitives> field = TYPE.doubleField(member.name());
                if (row) field.set(tx, ref, index, value);
                else field.set(tx, ref, value);
            }
        }
    }

    private static void setByView(PrimitivesStruct view, Member member, int index, long value) {
        switch (member.name()) {
            case "flag" -> view.flag((value & 1) == 1);
            case "flags" -> view.flags(index, (value & 1) == 1);
            case "small" -> view.small((byte) value);
            case "smalls" -> view.smalls(index, (byte) value);
            case "letter" -> view.letter((char) value);
            case "letters" -> view.letters(index, (char) value);
            case "middle" -> view.middle((short) value);
            case "middles" -> view.middles(index, (short) value);
            case "number" -> view.number((int) value);
            case "numbers" -> view.numbers(index, (int) value);
            case "single" -> view.single(value);
            case "singles" -> view.singles(index, value);
            case "big" -> view.big(value);
            case "bigs" -> view.bigs(index, value);
            case "real" -> view.real(value);
            case "reals" -> view.reals(index, value);
            default -> throw new AssertionError(member);
        }
    }

    @Test
    void viewsAndHandlesReadWhatTheOtherWrote() {
        atomic(tx -> {
            long ref = TYPE.allocate(tx);
            PrimitivesStruct view = new PrimitivesStruct().at(tx, ref);
            view.flags(2, true);
            view.smalls(4, (byte) -3);
            view.letters(2, 'ß');
            view.middles(6, (short) -4);
            view.numbers(2, -5);
            view.singles(2, -6.5f);
            view.bigs(1, -7);
            view.reals(1, -8.5);
            assertTrue(FLAGS.get(tx, ref, 2) && view.flags(2));
            assertEquals(-3, SMALLS.get(tx, ref, 4) & view.smalls(4));
            assertEquals('ß', LETTERS.get(tx, ref, 2) & view.letters(2));
            assertEquals(-4, MIDDLES.get(tx, ref, 6) & view.middles(6));
            assertEquals(-5, NUMBERS.get(tx, ref, 2) & view.numbers(2));
            assertEquals(-13f, SINGLES.get(tx, ref, 2) + view.singles(2));
            assertEquals(-7, BIGS.get(tx, ref, 1) & view.bigs(1));
            assertEquals(-17.0, REALS.get(tx, ref, 1) + view.reals(1));
            NUMBER.set(view, 11);
            assertEquals(11, view.number());
        });
    }

    @Test
    void addsReachAlsoValuesOfRowsAndWrapAround() {
        atomic(tx -> {
            long ref = TYPE.allocate(tx);
            PrimitivesStruct view = new PrimitivesStruct().at(tx, ref);
            BIG.set(tx, ref, Long.MAX_VALUE);
            BIG.add(tx, ref, 1);
            view.addToBig(-1);
            assertEquals(Long.MAX_VALUE, view.big());
            BIGS.add(tx, ref, 1, 5);
            view.addToBigs(1, 6);
            assertEquals(11, view.bigs(1));
            assertEquals(0, view.bigs(0));
            REAL.add(tx, ref, 0.5);
            view.addToReal(0.25);
            assertEquals(0.75, view.real());
            REALS.add(tx, ref, 1, 0.5);
            view.addToReals(1, 1.5);
            assertEquals(2.0, view.reals(1));
        });
    }

    @Test
    void indexesOutOfRangeAreRefusedBeforeAnythingIsWritten() {
        atomic(tx -> {
            long ref = TYPE.allocate(tx);
            PrimitivesStruct view = new PrimitivesStruct().at(tx, ref);
            for (int index : new int[] {-1, 5, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                String expected = "field=org.offheapstm.struct.sample.Primitives.smalls, index="
                        + index + ", length=5";
                assertIndex(expected, () -> SMALLS.get(tx, ref, index));
                assertIndex(expected, () -> SMALLS.set(tx, ref, index, (byte) 1));
                assertIndex(expected, () -> view.smalls(index));
                assertIndex(expected, () -> view.smalls(index, (byte) 1));
            }
            assertIndex("length=2", () -> view.addToBigs(2, 1));
            assertIndex("length=2", () -> REALS.add(tx, ref, -1, 1));
            byte[] bytes = new byte[TYPE.object().payloadBytes()];
            tx.getBytes(TYPE.object(), ref, 0, bytes, 0, bytes.length);
            assertArrayEquals(new byte[bytes.length], bytes);
        });
    }

    @Test
    void aRowNeedsAnIndex() {
        atomic(tx -> {
            long ref = TYPE.allocate(tx);
            assertIndex("it is a row", () -> NUMBERS.get(tx, ref));
            assertIndex("it is a row", () -> NUMBERS.set(tx, ref, 1));
        });
    }

    @Test
    void staleNullAndMistypedReferencesAreRefused() {
        atomic(tx -> {
            long ref = TYPE.allocate(tx);
            long customer = CustomerStruct.TYPE.allocate(tx);
            assertTrue(TYPE.exists(tx, ref));
            TYPE.free(tx, ref);
            assertTrue(!TYPE.exists(tx, ref));
            for (long bad : new long[] {ref, customer, Transaction.NULL, -1}) {
                PrimitivesStruct view = new PrimitivesStruct().at(tx, bad);
                assertThrows(StaleReferenceException.class, () -> NUMBER.get(tx, bad));
                assertThrows(StaleReferenceException.class, () -> NUMBER.set(tx, bad, 1));
                assertThrows(StaleReferenceException.class, view::number);
                assertThrows(StaleReferenceException.class, () -> view.big(1));
            }
        });
    }

    static void assertIndex(String part, Runnable action) {
        String message =
                assertThrows(IndexOutOfBoundsException.class, action::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
