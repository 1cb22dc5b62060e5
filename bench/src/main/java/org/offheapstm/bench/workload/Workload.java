package org.offheapstm.bench.workload;

import org.offheapstm.bench.contender.Contender;
import org.offheapstm.bench.contender.LongMap;
import org.offheapstm.bench.contender.Words;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What is measured: for each workload its data, the loop which a thread runs over them, and who
 * takes part.
 *
 * <p>Every contender runs the same loop over as many objects in the same order; the classes named
 * {@code ...Loop} say what one operation is and what its time does not tell. All objects are one
 * word, but for the accounts of the struct workloads; one operation is one transaction. Objects are
 * picked before the measurement, except in the bank, whose operations draw their accounts
 * themselves.
 *
 * <p>The struct workloads compare the engine with itself: 10 accounts are summed over all fields,
 * or two fields of each are updated, by hand, by generated handle and by generated view. So do
 * updates of 4 and of 16 objects, by locks and as it commits by itself.
 */
public enum Workload {
    OWN_COUNTER("own-counter", 1_000, counters(CounterLoop::own)),
    SHARED_COUNTER("shared-counter", 1_000, counters(CounterLoop::shared)),
    BANK_1000("bank-1000", 100, objects(1_000, BankLoop::new)),
    BANK_100000("bank-100000", 100, objects(100_000, BankLoop::new)),
    READ_1("read-1", 1_000, reads(1)),
    READ_10("read-10", 100, reads(10)),
    READ_100("read-100", 10, reads(100)),
    READ_1_PACKED("read-1-packed", 1_000, packedReads(1)),
    READ_10_PACKED("read-10-packed", 100, packedReads(10)),
    READ_100_PACKED("read-100-packed", 10, packedReads(100)),
    UPDATE_1("update-1", 1_000, updates(1)),
    UPDATE_2("update-2", 1_000, updates(2)),
    UPDATE_4("update-4", 100, updatesByBothCommits(4)),
    UPDATE_10("update-10", 100, withPrefetching(updates(10))),
    UPDATE_16("update-16", 100, updatesByBothCommits(16)),
    UPDATE_100("update-100", 10, withPrefetching(updates(100))),
    MAP_64K("map-64k", 1_000, map(1 << 16)),
    STRUCT_READ_10(
            "struct-read-10", 100, accounts((words, thread) -> new ReadLoop(words, thread, 10))),
    STRUCT_UPDATE_10(
            "struct-update-10",
            100,
            accounts((words, thread) -> new UpdateLoop(words, thread, 10)));

    private static final int READ_OBJECTS = 1_000_000;
    private static final int UPDATED_OBJECTS = 100_000;

    /** So few that they stay in the near caches, where an accessor's own cost shows. */
    private static final int ACCOUNTS = 1_000;

    private final String label;
    private final int batch;
    private final Setting setting;

    Workload(String label, int batch, Setting setting) {
        this.label = label;
        this.batch = batch;
        this.setting = setting;
    }

    /** The data and the loop, still without a contender. */
    private record Setting(Set<Contender> contenders, Function<Contender, Stage> opening) {}

    private interface LoopOverWords {
        Loop loop(Words words, int thread);
    }

    private static Setting counters(LoopOverWords loop) {
        return new Setting(
                allBut(Contender.CONCURRENT_HASH_MAP),
                contender -> stage(contender.words(CounterLoop.OBJECTS), loop));
    }

    private static Setting objects(int size, LoopOverWords loop) {
        return new Setting(
                allBut(Contender.CONCURRENT_HASH_MAP, Contender.CAS),
                contender -> stage(contender.words(size), loop));
    }

    private static Setting reads(int count) {
        return withPrefetching(
                objects(READ_OBJECTS, (words, thread) -> new ReadLoop(words, thread, count)));
    }

    private static Setting withPrefetching(Setting setting) {
        Set<Contender> contenders = EnumSet.copyOf(setting.contenders);
        contenders.add(Contender.STM_PREFETCHING);
        return new Setting(contenders, setting.opening);
    }

    private static Setting packedReads(int count) {
        LoopOverWords loop = (words, thread) -> new ReadLoop(words, thread, count);
        return new Setting(
                EnumSet.of(Contender.PLAIN, Contender.OFFHEAP_STM),
                contender -> stage(contender.packedWords(READ_OBJECTS), loop));
    }

    private static Setting updates(int count) {
        return objects(UPDATED_OBJECTS, (words, thread) -> new UpdateLoop(words, thread, count));
    }

    /** The engine with itself, as it commits by default and by locks. */
    private static Setting updatesByBothCommits(int count) {
        return new Setting(
                EnumSet.of(Contender.OFFHEAP_STM, Contender.STM_BY_LOCKS), updates(count).opening);
    }

    private static Setting map(int keys) {
        return new Setting(allBut(Contender.CAS), contender -> stage(contender.map(keys), keys));
    }

    private static Setting accounts(LoopOverWords loop) {
        return new Setting(
                EnumSet.range(Contender.OFFHEAP_STM, Contender.STRUCT_VIEW),
                contender -> stage(contender.accounts(ACCOUNTS), loop));
    }

    /** All who are compared over words and maps, but for these. */
    private static Set<Contender> allBut(Contender... absent) {
        Set<Contender> contenders = EnumSet.range(Contender.PLAIN, Contender.OFFHEAP_STM);
        contenders.removeAll(List.of(absent));
        return contenders;
    }

    private static Stage stage(Words words, LoopOverWords loop) {
        return new Stage() {
            @Override
            public Loop loop(int thread) {
                return loop.loop(words, thread);
            }

            @Override
            public void close() {
                words.close();
            }
        };
    }

    private static Stage stage(LongMap map, int keys) {
        return new Stage() {
            @Override
            public Loop loop(int thread) {
                return new MapLoop(map, keys, thread);
            }

            @Override
            public void close() {
                map.close();
            }
        };
    }

    public String label() {
        return label;
    }

    /** How many operations are done between two looks at the clock: some microseconds of work. */
    public int batch() {
        return batch;
    }

    public Set<Contender> contenders() {
        return setting.contenders;
    }

    /** Lays out the contender's data. */
    public Stage open(Contender contender) {
        return setting.opening.apply(contender);
    }

    public static Optional<Workload> named(String label) {
        return Arrays.stream(values()).filter(w -> w.label.equals(label)).findFirst();
    }
}
