package org.offheapstm.bench.contender;

import scala.concurrent.stm.TMap;
import scala.concurrent.stm.japi.STM;

/**
 * ScalaSTM's own {@code TMap}, through its view: each call outside of an atomic block is a
 * transaction of one operation, and faster than a block around it.
 */
final class ScalaStmMap extends LongMap {
    private final TMap.View<Long, Long> map = STM.newTMap();

    ScalaStmMap(int keys) {
        for (long key = 0; key < keys; key++) {
            map.put(key, Words.INITIAL);
        }
    }

    @Override
    public Actor actor() {
        return new ScalaStmActor();
    }

    private final class ScalaStmActor extends Actor {
        @Override
        public long get(long key) {
            return map.apply(key);
        }

        @Override
        public void put(long key, long value) {
            map.put(key, value);
        }
    }
}
