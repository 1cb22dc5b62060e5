package org.offheapstm.struct;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.ObjectType;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.struct.sample.AccountStruct;
import org.offheapstm.struct.sample.AddressStruct;
import org.offheapstm.struct.sample.GeoStruct;
import org.offheapstm.struct.sample.PrimitivesStruct;

import java.util.List;

/**
 * Goal: offsets follow from the declaration alone. Method: computed by hand, and the rules on all
 * fields.
 */
class LayoutTest {
    @Test
    void fieldsLieInDeclarationOrderAlignedToTheirSize() {
        assertEquals("""
            org.offheapstm.struct.sample.Account: 168 bytes
            offset   size  align  field        type
                 0      4      4  flags        int
                 4      4         (padding)
                 8      8      8  balance      long
                16     15      8  owner        text(13)
                31      1         (padding)
                32     16      8  tags         text(6) × 2, stride 8
                48     32      8  home         org.offheapstm.struct.sample.Address
                48      1      1    kind       byte
                49      3           (padding)
                52      4      4    zip        int
                56      6      2    codes      short × 3, stride 2
                62      4      2    place      org.offheapstm.struct.sample.Address.Geo
                62      2      2      east     short
                64      2      2      north    short
                66      6           (padding)
                72      8      8    keeper     reference to org.offheapstm.struct.sample.Customer
                80     64      8  branches     org.offheapstm.struct.sample.Address × 2, stride 32
                80      1      1    kind       byte
                81      3           (padding)
                84      4      4    zip        int
                88      6      2    codes      short × 3, stride 2
                94      4      2    place      org.offheapstm.struct.sample.Address.Geo
                94      2      2      east     short
                96      2      2      north    short
                98      6           (padding)
               104      8      8    keeper     reference to org.offheapstm.struct.sample.Customer
               144      8      8  parent       reference to org.offheapstm.struct.sample.Account
               152     16      8  partners     reference to org.offheapstm.struct.sample.Customer \
            × 2, stride 8
            """, AccountStruct.TYPE.describe());
    }

    @Test
    void noValueStraddlesAWord() {
        for (Layout layout : List.of(
                PrimitivesStruct.TYPE.layout(),
                AccountStruct.TYPE.layout(),
                AddressStruct.TYPE.layout(),
                GeoStruct.TYPE.layout())) {
            int end = 0;
            for (Member member : layout.members()) {
                assertTrue(member.offset() >= end, member + " overlaps");
                assertEquals(0, member.offset() % member.alignment(), member + " is not aligned");
                assertEquals(
                        0,
                        member.stride() % member.alignment(),
                        member + " is not aligned in its row");
                end = member.end();
            }
            assertTrue(layout.size() >= end && layout.size() % layout.alignment() == 0);
            assertEquals(0, layout.payloadBytes() % 8);
        }
    }

    @Test
    void smallStructsTakeTheirSizeInsideOthersAndAWordAlone() {
        assertEquals(4, GeoStruct.TYPE.layout().size());
        assertEquals(2, GeoStruct.TYPE.layout().alignment());
        assertEquals(8, GeoStruct.TYPE.object().payloadBytes());
    }

    @Test
    void theEngineKnowsEveryReference() {
        int home = AccountStruct.HOME.member().offset()
                + AddressStruct.KEEPER.member().offset();
        int branches = AccountStruct.BRANCHES.member().offset()
                + AddressStruct.KEEPER.member().offset();
        int parent = AccountStruct.PARENT.member().offset();
        int partners = AccountStruct.PARTNERS.member().offset();
        assertArrayEquals(
                new int[] {
                    home,
                    branches,
                    branches + AddressStruct.TYPE.layout().size(),
                    parent,
                    partners,
                    partners + 8
                },
                AccountStruct.TYPE.object().referenceOffsets());
    }

    @Test
    void handlesComposeIntoNestedStructs() {
        IntField<?> zip = AddressStruct.ZIP.in(AccountStruct.HOME);
        assertEquals(
                "org.offheapstm.struct.sample.Account.home.zip", zip.member().toString());
        assertEquals(zip, AccountStruct.TYPE.intField("home.zip"));
        ShortField<?> deep = GeoStruct.NORTH.in(AddressStruct.PLACE).in(AccountStruct.HOME);
        assertEquals(deep, GeoStruct.NORTH.in(AddressStruct.PLACE.in(AccountStruct.HOME)));
        assertEquals(deep, AccountStruct.TYPE.shortField("home.place.north"));
        assertEquals(64, deep.member().offset());
        IntField<?> row = AddressStruct.ZIP.in(AccountStruct.BRANCHES);
        assertEquals(2, row.member().length());
        assertEquals(AddressStruct.TYPE.layout().size(), row.member().stride());
    }

    @Test
    void rowsInRowsAreLeftToViews() {
        assertThrows(
                IllegalArgumentException.class,
                () -> AddressStruct.CODES.in(AccountStruct.BRANCHES));
    }

    @Test
    void aStructMayFillAnObjectAndNotMore() {
        int longs = ObjectType.MAX_PAYLOAD_BYTES / 8;
        Layout.Builder full = Layout.named("Full").add(Kind.LONG, "row", longs);
        assertEquals(ObjectType.MAX_PAYLOAD_BYTES, full.build().payloadBytes());
        assertMessage("end=8193 bytes", () -> full.add(Kind.BYTE, "more"));
        assertMessage(
                "end=17179869176 bytes",
                () -> Layout.named("Vast").add(Kind.LONG, "row", Integer.MAX_VALUE));
    }

    @Test
    void structsOfOneNameAndOtherMembersAreOtherTypes() {
        StructType<Object> longs =
                StructType.of(Layout.named("Shape").add(Kind.LONG, "a").build());
        StructType<Object> again =
                StructType.of(Layout.named("Shape").add(Kind.LONG, "a").build());
        StructType<Object> doubles =
                StructType.of(Layout.named("Shape").add(Kind.DOUBLE, "b").build());
        assertSame(longs.object(), again.object());
        Stage.atomic(tx -> {
            long ref = longs.allocate(tx);
            again.longField("a").set(tx, ref, 1);
            StaleReferenceException refused = assertThrows(
                    StaleReferenceException.class,
                    () -> doubles.doubleField("b").get(tx, ref));
            assertTrue(
                    refused.getMessage().contains("found=Shape of another shape"),
                    refused.getMessage());
        });
    }

    @Test
    void namesAreUnique() {
        Layout.Builder builder = Layout.named("Twice").add(Kind.INT, "x");
        assertMessage("field=Twice.x", () -> builder.add(Kind.LONG, "x"));
    }

    @Test
    void whatIsNoFieldIsRefused() {
        assertMessage("fields=0", () -> Layout.named("Empty").build());
        assertMessage("limit=0", () -> Layout.named("T").text("t", 0));
        assertMessage("length=0", () -> Layout.named("T").add(Kind.INT, "t", 0));
        assertMessage("kind=TEXT", () -> Layout.named("T").add(Kind.TEXT, "t"));
        assertMessage(
                "field=balanse; it has [flags, balance",
                () -> AccountStruct.TYPE.longField("balanse"));
        assertMessage(
                "kind=LONG; this handle is for INT", () -> AccountStruct.TYPE.intField("balance"));
    }

    @Test
    void handlesThatReachOutOfTheirTypeAreRefused() {
        ObjectType small = ObjectType.of("Small", 8);
        assertMessage("end=16", () -> new LongField<>(small, AccountStruct.BALANCE.member()));
    }

    static void assertMessage(String part, Runnable action) {
        String message =
                assertThrows(IllegalArgumentException.class, action::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
