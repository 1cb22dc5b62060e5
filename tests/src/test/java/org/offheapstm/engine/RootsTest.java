package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.ArrayType;
import org.offheapstm.MisuseException;
import org.offheapstm.NoSuchRootException;
import org.offheapstm.ObjectType;
import org.offheapstm.RootTypeException;
import org.offheapstm.Roots;
import org.offheapstm.Snapshot;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.StmType;
import org.offheapstm.collection.Blob;
import org.offheapstm.collection.BytesKey;
import org.offheapstm.collection.BytesMap;
import org.offheapstm.collection.LongMap;
import org.offheapstm.collection.TxCounter;

import java.util.List;
import java.util.TreeSet;

/** Goal: a store is entered by names, and nothing but what they name. Method: one thread. */
final class RootsTest extends EngineTest {
    private static final ArrayType WORDS = ArrayType.of("Words", 8);

    private void set(StmType type, String name, long ref) {
        stm.atomic(tx -> stm.roots().set(tx, type, name, ref));
    }

    private long get(StmType type, String name) {
        return stm.readOnlyLong(tx -> stm.roots().get(tx, type, name));
    }

    private boolean remove(String name) {
        return stm.atomicLong(tx -> stm.roots().remove(tx, name) ? 1 : 0) == 1;
    }

    private boolean contains(String name) {
        return stm.readOnlyLong(tx -> stm.roots().contains(tx, name) ? 1 : 0) == 1;
    }

    private List<String> names() {
        return stm.readOnlyGet(tx -> stm.roots().names(tx));
    }

    @Test
    void rootIsFoundByNameAndType() {
        long cell = cell(7);
        long array = stm.atomicLong(tx -> tx.allocate(WORDS, 5));
        set(CELL, "cell", cell);
        set(WORDS, "array", array);
        assertEquals(cell, get(CELL, "cell"));
        assertEquals(array, get(WORDS, "array"));
        assertEquals(List.of("array", "cell"), names());
        assertEquals(cell, other.get(() -> get(CELL, "cell")));
    }

    @Test
    void wrongTypeAndMissingNameAreRefusedWithTheValues() {
        set(CELL, "cell", cell(7));
        RootTypeException type = assertThrows(RootTypeException.class, () -> get(TRIPLE, "cell"));
        assertTrue(
                type.getMessage().contains("name=cell, type=Triple, found=Cell"), type::getMessage);
        RootTypeException shape = assertThrows(
                RootTypeException.class, () -> get(ObjectType.of("Cell", "other", 8), "cell"));
        assertTrue(shape.getMessage().contains("of another shape"), shape::getMessage);
        NoSuchRootException name = assertThrows(NoSuchRootException.class, () -> get(CELL, "cel"));
        assertTrue(
                name.getMessage().contains("name=cel, engine=stm, there are [cell]"),
                name::getMessage);
    }

    @Test
    void rootMustExistWhenItIsSetAndWhenItIsUsed() {
        long cell = cell(7);
        assertThrows(StaleReferenceException.class, () -> set(TRIPLE, "cell", cell));
        assertThrows(StaleReferenceException.class, () -> set(CELL, "cell", 0));
        assertThrows(StaleReferenceException.class, () -> set(CELL, "cell", -1));
        assertEquals(List.of(), names());
        set(CELL, "cell", cell);
        stm.atomic(tx -> tx.free(CELL, cell));
        assertThrows(StaleReferenceException.class, () -> get(CELL, "cell"));
        set(CELL, "cell", cell(8));
        assertEquals(8, get(get(CELL, "cell")));
    }

    @Test
    void rootIsReplacedAndRemoved() {
        set(CELL, "a", cell(1));
        set(CELL, "a", cell(2));
        assertEquals(2, get(get(CELL, "a")));
        long triple = stm.atomicLong(tx -> tx.allocate(TRIPLE));
        set(TRIPLE, "a", triple);
        assertEquals(triple, get(TRIPLE, "a"));
        assertTrue(remove("a"));
        assertFalse(remove("a"));
        assertFalse(contains("a"));
        assertTrue(exists(TRIPLE, triple), "the object stays");
    }

    /** More names than buckets, removed from the middle of lists. */
    @Test
    void manyRootsAreKeptApart() {
        TreeSet<String> left = new TreeSet<>();
        for (int i = 0; i < 200; i++) {
            set(CELL, "root " + i, cell(i));
            left.add("root " + i);
        }
        assertEquals(List.copyOf(left), names());
        for (int i = 0; i < 200; i += 3) {
            String name = "root " + i;
            stm.atomic(tx -> stm.roots().remove(tx, name));
            left.remove(name);
        }
        assertEquals(List.copyOf(left), names());
        for (int i = 0; i < 200; i++) {
            String name = "root " + i;
            assertEquals(left.contains(name), contains(name));
            if (left.contains(name)) {
                assertEquals(i, get(get(CELL, name)));
            }
        }
    }

    @Test
    void namesAreTextOfSomeLength() {
        String longest = "x".repeat(Roots.MAX_NAME_BYTES);
        for (String name :
                List.of("é ü 漢字 🦜", longest, "Aa", "BB")) { // The last two: equal hashes.
            set(CELL, name, cell(name.length()));
        }
        for (String name : List.of("é ü 漢字 🦜", longest, "Aa", "BB")) {
            assertEquals(name.length(), get(get(CELL, name)));
        }
        assertThrows(IllegalArgumentException.class, () -> set(CELL, "", cell(1)));
        assertThrows(IllegalArgumentException.class, () -> set(CELL, longest + "x", cell(1)));
    }

    @Test
    void rootsAreUndoneWithTheirBlockAndSeenAsOfASnapshot() {
        set(CELL, "a", cell(1));
        assertThrows(
                IllegalStateException.class,
                () -> stm.atomic(tx -> {
                    long made = tx.allocate(CELL);
                    stm.roots().set(tx, CELL, "a", made);
                    stm.roots().set(tx, CELL, "b", made);
                    stm.roots().remove(tx, "a");
                    throw new IllegalStateException("undo");
                }));
        assertEquals(List.of("a"), names());
        assertEquals(1, get(get(CELL, "a")));
        try (Snapshot before = stm.openSnapshot()) {
            set(CELL, "a", cell(2));
            set(CELL, "c", cell(3));
            assertEquals(List.of("a"), before.readOnlyGet(tx -> stm.roots().names(tx)));
            assertEquals(
                    1,
                    before.readOnlyLong(tx -> tx.getLong(CELL, stm.roots().get(tx, CELL, "a"), 0)));
        }
    }

    @Test
    void misuseIsRefused() {
        long cell = cell(1);
        assertThrows(
                MisuseException.class,
                () -> stm.readOnly(tx -> stm.roots().set(tx, CELL, "a", cell)));
        assertThrows(MisuseException.class, () -> stm.readOnly(tx -> stm.roots().remove(tx, "a")));
        try (Stm second = Stm.open(options())) {
            second.atomic(
                    tx -> assertThrows(MisuseException.class, () -> stm.roots().contains(tx, "a")));
        }
    }

    @Test
    void collectionsAreRootsToo() {
        stm.atomic(tx -> {
            LongMap longs = LongMap.create(tx);
            longs.put(tx, 5, 50, 0);
            BytesMap texts = BytesMap.create(tx);
            texts.put(tx, BytesKey.of("five"), 500, 0);
            TxCounter counter = TxCounter.create(tx);
            counter.add(tx, 5000);
            Roots roots = stm.roots();
            roots.set(tx, LongMap.TYPE, "longs", longs.ref());
            roots.set(tx, BytesMap.TYPE, "texts", texts.ref());
            roots.set(tx, TxCounter.TYPE, "counter", counter.ref());
            roots.set(tx, Blob.TYPE, "blob", Blob.create(tx, new byte[] {1, 2, 3}));
        });
        stm.collect();
        stm.readOnly(tx -> {
            Roots roots = stm.roots();
            LongMap longs = LongMap.of(roots.get(tx, LongMap.TYPE, "longs"));
            assertEquals(50, longs.get(tx, 5, 0));
            assertEquals(1, longs.size(tx));
            BytesMap texts = BytesMap.of(roots.get(tx, BytesMap.TYPE, "texts"));
            assertEquals(500, texts.get(tx, BytesKey.of("five"), 0));
            assertEquals(
                    5000, TxCounter.of(roots.get(tx, TxCounter.TYPE, "counter")).sum(tx));
            assertEquals(3, Blob.length(tx, roots.get(tx, Blob.TYPE, "blob")));
            assertThrows(RootTypeException.class, () -> roots.get(tx, BytesMap.TYPE, "longs"));
        });
    }
}
