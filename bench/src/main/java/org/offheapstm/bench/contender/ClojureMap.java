package org.offheapstm.bench.contender;

import clojure.lang.IPersistentMap;
import clojure.lang.ITransientMap;
import clojure.lang.LockingTransaction;
import clojure.lang.PersistentHashMap;
import clojure.lang.Ref;

import java.util.concurrent.Callable;

/**
 * What a Clojure programmer would write: one ref to a persistent map. A get is a {@code deref}
 * outside of a transaction and costs next to nothing; a put replaces the map in a transaction, and
 * puts exclude each other.
 */
final class ClojureMap extends LongMap {
    private final Ref map;

    ClojureMap(int keys) {
        ITransientMap filling = PersistentHashMap.EMPTY.asTransient();
        for (long key = 0; key < keys; key++) {
            filling = filling.assoc(key, Words.INITIAL);
        }
        map = new Ref(filling.persistent());
    }

    @Override
    public Actor actor() {
        return new ClojureActor();
    }

    private final class ClojureActor extends Actor {
        private long key;
        private long value;

        private final Callable<Void> put = () -> {
            map.set(map().assoc(key, value));
            return null;
        };

        private IPersistentMap map() {
            return (IPersistentMap) map.deref();
        }

        @Override
        public long get(long key) {
            return (Long) map().valAt(key);
        }

        @Override
        public void put(long key, long value) {
            this.key = key;
            this.value = value;
            try {
                LockingTransaction.runInTransaction(put);
            } catch (Exception e) {
                throw new IllegalStateException("the transaction body threw", e);
            }
        }
    }
}
