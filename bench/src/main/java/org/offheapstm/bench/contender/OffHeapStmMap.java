package org.offheapstm.bench.contender;

import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.TxAction;
import org.offheapstm.TxLongFunction;

/**
 * The engine's own map, {@link org.offheapstm.collection.LongMap}: a get is a read-only
 * transaction of one look-up, a put a transaction of one. The bodies are made once per thread;
 * their arguments are the actor's fields.
 */
final class OffHeapStmMap extends LongMap {
    private static final int PUT_TOGETHER = 1_000;

    /** What a get or a put would return for a missing key; none is missing. */
    private static final long ABSENT = Long.MIN_VALUE;

    private final Stm stm = Stm.open(StmOptions.DEFAULT.withName("bench"));
    private final org.offheapstm.collection.LongMap map;

    OffHeapStmMap(int keys) {
        map = stm.atomicGet(org.offheapstm.collection.LongMap::create);
        for (int first = 0; first < keys; first += PUT_TOGETHER) {
            int from = first;
            int to = Math.min(keys, first + PUT_TOGETHER);
            stm.atomic(tx -> {
                for (long key = from; key < to; key++) {
                    map.put(tx, key, Words.INITIAL, ABSENT);
                }
            });
        }
    }

    @Override
    public Actor actor() {
        return new OffHeapStmActor();
    }

    @Override
    public void close() {
        stm.close();
    }

    private final class OffHeapStmActor extends Actor {
        private long key;
        private long value;

        private final TxLongFunction<RuntimeException> get = tx -> map.get(tx, key, ABSENT);
        private final TxAction<RuntimeException> put = tx -> map.put(tx, key, value, ABSENT);

        @Override
        public long get(long key) {
            this.key = key;
            return stm.readOnlyLong(get);
        }

        @Override
        public void put(long key, long value) {
            this.key = key;
            this.value = value;
            stm.atomic(put);
        }
    }
}
