package org.offheapstm.bench.contender;

import org.multiverse.api.TxnExecutor;
import org.multiverse.api.callables.TxnLongCallable;
import org.multiverse.api.callables.TxnVoidCallable;
import org.multiverse.api.references.TxnLong;
import org.multiverse.api.references.TxnRef;

import java.util.Objects;

/**
 * A fixed number of buckets, each a {@code TxnRef} to a chain of immutable nodes, each with a
 * {@code TxnLong} for its value; two buckets per key. Multiverse's own map,
 * {@code NaiveTxnHashMap}, is what its name says and is left out.
 *
 * <p>No code here adds a key after the constructor, but a get reads the bucket in its transaction,
 * as it would have to.
 */
final class MultiverseMap extends LongMap {
    private final TxnRef<Node>[] buckets;
    private final TxnExecutor getting = MultiverseWords.executor(true);
    private final TxnExecutor putting = MultiverseWords.executor(false);

    private record Node(long key, TxnLong value, Node next) {}

    @SuppressWarnings({"unchecked", "rawtypes"})
    MultiverseMap(int keys) {
        buckets = new TxnRef[Integer.highestOneBit(keys) * 2];
        Node[] chains = new Node[buckets.length];
        for (long key = 0; key < keys; key++) {
            int bucket = bucket(key);
            chains[bucket] =
                    new Node(key, MultiverseWords.REFS.newTxnLong(Words.INITIAL), chains[bucket]);
        }
        for (int bucket = 0; bucket < buckets.length; bucket++) {
            buckets[bucket] = MultiverseWords.REFS.newTxnRef(chains[bucket]);
        }
    }

    private int bucket(long key) {
        return (int) (key * 0x9E37_79B9_7F4A_7C15L >>> 32) & buckets.length - 1;
    }

    private static TxnLong value(Node chain, long key) {
        Node node = Objects.requireNonNull(chain);
        while (node.key != key) {
            node = node.next;
        }
        return node.value;
    }

    @Override
    public Actor actor() {
        return new MultiverseActor();
    }

    private final class MultiverseActor extends Actor {
        private long key;
        private long value;

        private final TxnLongCallable get =
                txn -> value(buckets[bucket(key)].get(txn), key).get(txn);
        private final TxnVoidCallable put =
                txn -> value(buckets[bucket(key)].get(txn), key).set(txn, value);

        @Override
        public long get(long key) {
            this.key = key;
            return getting.execute(get);
        }

        @Override
        public void put(long key, long value) {
            this.key = key;
            this.value = value;
            putting.execute(put);
        }
    }
}
