package org.offheapstm.engine;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.offheapstm.engine.EngineTest.CELL;

import org.junit.jupiter.api.DynamicTest;
import org.offheapstm.ArrayType;
import org.offheapstm.Merge;
import org.offheapstm.Transaction;
import org.offheapstm.TxLocal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** All that can be done with a transaction, a cell and an array, by name. */
final class Uses {
    static final ArrayType WORDS = ArrayType.of("Words", 8);

    private Uses() {}

    /** A use of a transaction. */
    interface Use {
        void on(Transaction tx, long cell, long array);
    }

    static Map<String, Use> reads() {
        Map<String, Use> uses = new LinkedHashMap<>();
        uses.put("getLong", (tx, c, a) -> tx.getLong(CELL, c, 0));
        uses.put("getLongs", (tx, c, a) -> tx.getLongs(CELL, c, 0, new long[1], 0, 1));
        uses.put("getBytes", (tx, c, a) -> tx.getBytes(CELL, c, 0, new byte[8], 0, 8));
        uses.put("length", (tx, c, a) -> tx.length(WORDS, a));
        uses.put("getLong of array", (tx, c, a) -> tx.getLong(WORDS, a, 0, 0));
        uses.put("getBytes of array", (tx, c, a) -> tx.getBytes(WORDS, a, 0, new byte[8], 0, 8));
        return uses;
    }

    static Map<String, Use> writes() {
        Map<String, Use> uses = new LinkedHashMap<>();
        uses.put("setLong", (tx, c, a) -> tx.setLong(CELL, c, 0, 1));
        uses.put("setLongs", (tx, c, a) -> tx.setLongs(CELL, c, 0, new long[1], 0, 1));
        uses.put("merge", (tx, c, a) -> tx.addLong(CELL, c, 0, 1));
        uses.put("setBytes", (tx, c, a) -> tx.setBytes(CELL, c, 0, new byte[8], 0, 8));
        uses.put("setLong of array", (tx, c, a) -> tx.setLong(WORDS, a, 0, 0, 1));
        uses.put("merge of array", (tx, c, a) -> tx.merge(WORDS, a, 0, 0, Merge.OR, 1));
        uses.put("setBytes of array", (tx, c, a) -> tx.setBytes(WORDS, a, 0, new byte[8], 0, 8));
        uses.put("free", (tx, c, a) -> tx.free(CELL, c));
        uses.put("free of array", (tx, c, a) -> tx.free(WORDS, a));
        return uses;
    }

    static Map<String, Use> others() {
        TxLocal<String> local = TxLocal.withInitial(tx -> "made");
        Map<String, Use> uses = new LinkedHashMap<>();
        uses.put("exists", (tx, c, a) -> tx.exists(CELL, c));
        uses.put("prefetch", (tx, c, a) -> tx.prefetch(new long[] {c, a}, 0, 2));
        uses.put("nested", (tx, c, a) -> tx.nested(inner -> null));
        uses.put("retry", (tx, c, a) -> tx.retry());
        uses.put("retryFor", (tx, c, a) -> tx.retryFor(0));
        uses.put("orElse", (tx, c, a) -> tx.orElse(x -> null, x -> null));
        uses.put("timed orElse", (tx, c, a) -> tx.orElse(1, x -> null, x -> null));
        uses.put("beforeCommit", (tx, c, a) -> tx.beforeCommit(x -> {}));
        uses.put("afterCommit", (tx, c, a) -> tx.afterCommit(() -> {}));
        uses.put("afterRollback", (tx, c, a) -> tx.afterRollback(() -> {}));
        uses.put("local", (tx, c, a) -> local.get(tx));
        uses.put("setLocal", (tx, c, a) -> local.set(tx, "set"));
        return uses;
    }

    static Map<String, Use> allocations() {
        Map<String, Use> uses = new LinkedHashMap<>();
        uses.put("allocate", (tx, c, a) -> tx.allocate(CELL));
        uses.put("allocate array", (tx, c, a) -> tx.allocate(WORDS, 3));
        uses.put("allocateScratch", (tx, c, a) -> tx.allocateScratch(CELL));
        uses.put("allocateScratch array", (tx, c, a) -> tx.allocateScratch(WORDS, 3));
        return uses;
    }

    static Stream<DynamicTest> each(List<Map<String, Use>> groups, Consumer<Use> check) {
        return groups.stream()
                .flatMap(group -> group.entrySet().stream())
                .map(use -> dynamicTest(use.getKey(), () -> check.accept(use.getValue())));
    }
}
