package org.offheapstm.bench.workload;

import org.offheapstm.bench.contender.LongMap;

/**
 * A hash map from long to long with 64k keys, all present: nine operations of ten get a random
 * key's value, the tenth puts a new one. What a map costs that can take part in larger
 * transactions, next to maps that cannot.
 *
 * <p>Not measured: growth, removal, misses, iteration, and operations that span keys, which is what
 * a transactional map is for. Where a map holds objects, keys and values are boxed inside the
 * measurement: its user would have to.
 */
final class MapLoop extends Loop {
    private static final int PUT_EVERY = 10;

    private final LongMap.Actor actor;
    private final int[] keys;
    private int at;
    private int turn;

    MapLoop(LongMap map, int keys, int thread) {
        this.keys = Picks.random(keys, thread);
        actor = map.actor();
    }

    @Override
    public long run(int operations) {
        LongMap.Actor actor = this.actor;
        int[] keys = this.keys;
        int at = this.at;
        int turn = this.turn;
        long seen = 0;
        for (int i = 0; i < operations; i++) {
            if (at == keys.length) {
                at = 0;
            }
            long key = keys[at++];
            if (++turn == PUT_EVERY) {
                turn = 0;
                actor.put(key, at);
            } else {
                seen += actor.get(key);
            }
        }
        this.at = at;
        this.turn = turn;
        return seen;
    }
}
