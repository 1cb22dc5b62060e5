package org.offheapstm.bench.htm.form;

import org.offheapstm.HardwareCommits;
import org.offheapstm.HardwareStatistics;
import org.offheapstm.ObjectType;
import org.offheapstm.Statistics;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.TxAction;
import org.offheapstm.TxLongFunction;
import org.offheapstm.bench.contender.EngineMemory;

import java.util.Arrays;

/** The engine, with or without commits in hardware. */
final class EngineObjects implements Population {
    private static final int PAYLOAD_BYTES = 16;
    private static final int VALUE = 8;
    private static final ObjectType TYPE = ObjectType.of("bench object", PAYLOAD_BYTES);
    private static final int ALLOCATED_TOGETHER = 1_000;

    private final Stm stm;
    private final boolean inHardware;
    private final long[] objects;

    EngineObjects(Form form, int count) {
        inHardware = form == Form.JAVA_RTM;
        stm = Stm.open(StmOptions.DEFAULT
                .withName("bench")
                .withHardware(inHardware ? HardwareCommits.REQUIRED : HardwareCommits.OFF));
        objects = new long[count];
        for (int first = 0; first < count; first += ALLOCATED_TOGETHER) {
            int from = first;
            int to = Math.min(count, first + ALLOCATED_TOGETHER);
            stm.atomic(tx -> {
                for (int object = from; object < to; object++) {
                    objects[object] = tx.allocate(TYPE);
                }
            });
        }
    }

    @Override
    public long word(int object, int word) {
        return stm.readOnlyLong(tx -> tx.getLong(TYPE, objects[object], Long.BYTES * word));
    }

    @Override
    public Loop loop(int thread) {
        return new EngineLoop();
    }

    @Override
    public Counts counts() {
        Statistics statistics = stm.statistics();
        HardwareStatistics hardware = statistics.hardware();
        if (inHardware) {
            long fallbacks = hardware.fallbacks() + hardware.skipped();
            return new Counts(
                    hardware.attempts(),
                    hardware.commits(),
                    hardware.commits() + fallbacks,
                    fallbacks,
                    Arrays.stream(Cause.values())
                            .map(cause -> aborts(hardware, cause))
                            .toList());
        }
        return new Counts(
                statistics.commits() + statistics.conflicts(),
                statistics.commits(),
                0,
                0,
                Arrays.stream(Cause.values())
                        .map(cause -> cause == Cause.STALE ? statistics.conflicts() : 0)
                        .toList());
    }

    @Override
    public void close() {
        stm.close();
    }

    private static long aborts(HardwareStatistics hardware, Cause cause) {
        return switch (cause) {
            case STALE -> hardware.aborts().get(HardwareStatistics.Cause.STALE);
            case GUARD -> hardware.aborts().get(HardwareStatistics.Cause.GUARD);
            case CONFLICT -> hardware.aborts().get(HardwareStatistics.Cause.CONFLICT);
            case CAPACITY -> hardware.aborts().get(HardwareStatistics.Cause.CAPACITY);
            case INTERRUPTED -> hardware.aborts().get(HardwareStatistics.Cause.INTERRUPTED);
            case BUSY, UNKNOWN -> 0;
        };
    }

    /** The bodies are made once; their arguments are fields. */
    private final class EngineLoop extends JavaLoop {
        private final long base = EngineMemory.base(stm);
        private int first;
        private int second;
        private int count;
        private long key;
        private long value;

        private final TxAction<RuntimeException> transfer = tx -> {
            addTo(tx, objects[first], -1);
            addTo(tx, objects[second], 1);
        };
        private final TxAction<RuntimeException> add = tx -> {
            int end = first + count;
            for (int i = first; i < end; i++) {
                addTo(tx, objects[i], 1);
            }
        };
        private final TxLongFunction<RuntimeException> swap = this::swapIn;
        private final TxLongFunction<RuntimeException> sum = tx -> {
            long sum = 0;
            int end = first + count;
            for (int i = first; i < end; i++) {
                sum += tx.getLong(TYPE, objects[i], 0);
            }
            return sum;
        };
        private final TxLongFunction<RuntimeException> put = this::putIn;
        private final TxLongFunction<RuntimeException> get = this::getIn;

        EngineLoop() {
            super(objects.length);
        }

        private static void addTo(Transaction tx, long object, long delta) {
            tx.setLong(TYPE, object, 0, tx.getLong(TYPE, object, 0) + delta);
        }

        @Override
        long peek(int object) {
            return EngineMemory.peek(base, objects[object]);
        }

        @Override
        void transfer(int from, int to) {
            first = from;
            second = to;
            stm.atomic(transfer);
        }

        @Override
        boolean swap(int changes) {
            count = changes;
            return stm.atomicLong(swap) != 0;
        }

        private long swapIn(Transaction tx) {
            for (int i = 0; i < count; i++) {
                if (tx.getLong(TYPE, objects[changed[i]], 0) != expected[i]) {
                    return 0;
                }
            }
            for (int i = 0; i < count; i++) {
                tx.setLong(TYPE, objects[changed[i]], 0, expected[i] + 1);
            }
            return 1;
        }

        @Override
        void add(int from, int objectsInRow) {
            first = from;
            count = objectsInRow;
            stm.atomic(add);
        }

        @Override
        long sum(int from, int objectsInRow) {
            first = from;
            count = objectsInRow;
            return stm.readOnlyLong(sum);
        }

        @Override
        boolean put(long newKey, long newValue) {
            key = newKey;
            value = newValue;
            return stm.atomicLong(put) != 0;
        }

        private long putIn(Transaction tx) {
            for (int probe = 0; probe < MAX_PROBES; probe++) {
                long place = objects[place(key, probe)];
                long there = tx.getLong(TYPE, place, 0);
                if (there == 0) {
                    tx.setLong(TYPE, place, 0, key);
                }
                if (there == 0 || there == key) {
                    tx.setLong(TYPE, place, VALUE, value);
                    return 1;
                }
            }
            return 0;
        }

        @Override
        long get(long wanted) {
            key = wanted;
            return stm.readOnlyLong(get);
        }

        private long getIn(Transaction tx) {
            for (int probe = 0; probe < MAX_PROBES; probe++) {
                long place = objects[place(key, probe)];
                long there = tx.getLong(TYPE, place, 0);
                if (there == 0 || there == key) {
                    return there == 0 ? 0 : tx.getLong(TYPE, place, VALUE);
                }
            }
            return 0;
        }
    }
}
