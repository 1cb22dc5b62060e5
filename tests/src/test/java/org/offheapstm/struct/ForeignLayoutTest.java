package org.offheapstm.struct;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.offheapstm.struct.LayoutTest.assertMessage;
import static org.offheapstm.struct.Stage.atomic;

import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.MemoryLayout.unionLayout;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Goal: a layout of the Foreign Memory API means the same bytes here. Method: a MemorySegment as
 * the judge.
 */
class ForeignLayoutTest {
    private static final StructLayout POINT = structLayout(
                    ValueLayout.JAVA_SHORT.withName("x"), ValueLayout.JAVA_SHORT.withName("y"))
            .withName("Point");

    @SuppressWarnings("restricted") // withTargetLayout
    private static final StructLayout ACCOUNT = structLayout(
                    ValueLayout.JAVA_BYTE.withName("flags"),
                    paddingLayout(7),
                    ValueLayout.JAVA_LONG.withName("balance"),
                    sequenceLayout(3, ValueLayout.JAVA_INT).withName("scores"),
                    POINT.withName("from"),
                    sequenceLayout(2, POINT).withName("to"),
                    ValueLayout.ADDRESS.withTargetLayout(POINT).withName("best"),
                    ValueLayout.JAVA_FLOAT.withName("rate"),
                    ValueLayout.JAVA_CHAR.withName("mark"),
                    ValueLayout.JAVA_BOOLEAN.withName("open"),
                    paddingLayout(1),
                    ValueLayout.JAVA_DOUBLE.withName("limit"))
            .withName("ForeignAccount");

    private static final StructType<StructLayout> TYPE = StructType.of(ACCOUNT);
    private static final ByteField<StructLayout> FLAGS = TYPE.byteField("flags");
    private static final LongField<StructLayout> BALANCE = TYPE.longField("balance");
    private static final IntField<StructLayout> SCORES = TYPE.intField("scores");
    private static final ShortField<StructLayout> FROM_Y = TYPE.shortField("from.y");
    private static final ShortField<StructLayout> TO_Y = TYPE.shortField("to.y");
    private static final FloatField<StructLayout> RATE = TYPE.floatField("rate");
    private static final CharField<StructLayout> MARK = TYPE.charField("mark");
    private static final BooleanField<StructLayout> OPEN = TYPE.booleanField("open");
    private static final DoubleField<StructLayout> LIMIT = TYPE.doubleField("limit");

    @Test
    void theOffsetsAreThoseOfTheLayout() {
        assertEquals(ACCOUNT.byteSize(), TYPE.object().payloadBytes());
        for (Member member : TYPE.layout().members()) {
            long expected = ACCOUNT.byteOffset(PathElement.groupElement(member.name()));
            assertEquals(expected, member.offset(), member.toString());
        }
        Member best = TYPE.layout().member("best");
        assertArrayEquals(new int[] {best.offset()}, TYPE.object().referenceOffsets());
        assertEquals("Point", best.target());
    }

    @Test
    void theBytesAreThoseOfTheLayout() {
        atomic(tx -> {
            long ref = TYPE.allocate(tx);
            FLAGS.set(tx, ref, (byte) -1);
            BALANCE.set(tx, ref, Long.MIN_VALUE + 1);
            SCORES.set(tx, ref, 2, -2);
            FROM_Y.set(tx, ref, (short) -3);
            TO_Y.set(tx, ref, 1, (short) -4);
            RATE.set(tx, ref, -5.5f);
            MARK.set(tx, ref, 'ß');
            OPEN.set(tx, ref, true);
            LIMIT.set(tx, ref, -6.5);
            byte[] found = new byte[TYPE.object().payloadBytes()];
            tx.getBytes(TYPE.object(), ref, 0, found, 0, found.length);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment expected = arena.allocate(ACCOUNT);
                put(expected, (byte) -1, "flags");
                put(expected, Long.MIN_VALUE + 1, "balance");
                expected.set(ValueLayout.JAVA_INT, offset("scores") + 8, -2);
                expected.set(ValueLayout.JAVA_SHORT, offset("from") + 2, (short) -3);
                expected.set(ValueLayout.JAVA_SHORT, offset("to") + 6, (short) -4);
                put(expected, -5.5f, "rate");
                put(expected, 'ß', "mark");
                put(expected, true, "open");
                put(expected, -6.5, "limit");
                assertArrayEquals(
                        expected.toArray(ValueLayout.JAVA_BYTE), found, Arrays.toString(found));
            }
            assertEquals(-4, TO_Y.get(tx, ref, 1));
        });
    }

    private static long offset(String name) {
        return ACCOUNT.byteOffset(PathElement.groupElement(name));
    }

    private static void put(MemorySegment segment, Object value, String name) {
        ACCOUNT.varHandle(PathElement.groupElement(name)).set(segment, 0L, value);
    }

    @Test
    void fieldsOfAnotherStructAreRefusedWhereTheCompilerDoesNotKnow() {
        StructType<StructLayout> point = StructType.of(POINT);
        StructArray<StructLayout> points = StructArray.of(point);
        NestedField<StructLayout, StructLayout> to = TYPE.nestedField("to");
        assertMessage("the array holds Point", () -> BALANCE.in(points));
        assertMessage("does not hold a ForeignAccount", () -> BALANCE.in(to));
        assertEquals(TO_Y, point.shortField("y").in(to));
    }

    @Test
    void paddingAtTheEndOfAStructCounts() {
        StructLayout inner = structLayout(ValueLayout.JAVA_INT.withName("i"), paddingLayout(12))
                .withName("Inner");
        StructLayout outer = structLayout(
                        sequenceLayout(2, inner).withName("in"),
                        ValueLayout.JAVA_INT.withName("last"),
                        paddingLayout(4))
                .withName("Outer");
        StructType<StructLayout> type = StructType.of(outer);
        assertEquals(outer.byteSize(), type.object().payloadBytes());
        assertEquals(16, type.layout().member("in").stride());
        assertEquals(32, type.layout().member("last").offset());
        StructLayout odd = structLayout(
                        ValueLayout.JAVA_INT.withName("i"), ValueLayout.JAVA_BYTE.withName("b"))
                .withName("Odd");
        assertMessage("add padding at its end", () -> refused(odd.withName("odd")));
        assertMessage(
                "a sequence of 0 holds nothing",
                () -> refused(sequenceLayout(0, ValueLayout.JAVA_INT).withName("y")));
    }

    @Test
    void paddingMayHaveAName() {
        StructLayout padded = structLayout(
                        ValueLayout.JAVA_BYTE.withName("b"),
                        paddingLayout(3).withName("pad"),
                        ValueLayout.JAVA_INT.withName("i"))
                .withName("Padded");
        Layout layout = StructType.of(padded).layout();
        assertEquals(
                List.of("b", "i"), layout.members().stream().map(Member::name).toList());
        assertEquals(4, layout.member("i").offset());
        assertMessage(
                "field=S.y, layout=x4; use one padding layout of the whole size",
                () -> refused(sequenceLayout(4, paddingLayout(4)).withName("y")));
    }

    @Test
    void addressNeedsNoTarget() {
        StructLayout node = structLayout(ValueLayout.ADDRESS.withName("next")).withName("Node");
        Member next = StructType.of(node).layout().member("next");
        assertEquals(Kind.REFERENCE, next.kind());
        assertNull(next.target());
    }

    @Test
    void layoutsWithoutATypedMeaningAreRefused() {
        MemoryLayout x = ValueLayout.JAVA_INT.withName("x");
        ByteOrder other = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                ? ByteOrder.BIG_ENDIAN
                : ByteOrder.LITTLE_ENDIAN;
        assertMessage("a struct has no name", () -> StructType.of(structLayout(x)));
        assertMessage("a member of S has no name", () -> refused(ValueLayout.JAVA_INT));
        assertMessage(
                "byte order",
                () -> refused(ValueLayout.JAVA_INT.withOrder(other).withName("y")));
        assertMessage("a union", () -> refused(unionLayout(x).withName("y")));
        assertMessage(
                "inner sequence",
                () -> refused(sequenceLayout(2, sequenceLayout(2, ValueLayout.JAVA_INT))
                        .withName("y")));
        assertMessage("the name is taken", () -> refused(x));
        assertMessage(
                "not aligned to its size",
                () -> refused(ValueLayout.JAVA_LONG_UNALIGNED.withName("y")));
        assertMessage(
                "fields=0", () -> StructType.of(structLayout(paddingLayout(8)).withName("S")));
    }

    private static void refused(MemoryLayout second) {
        StructType.of(structLayout(ValueLayout.JAVA_INT.withName("x"), second).withName("S"));
    }
}
