package org.offheapstm.bench.contender;

import static org.offheapstm.bench.contender.PlainWords.EVERYTHING;
import static org.offheapstm.bench.contender.PlainWords.WORD;

import org.offheapstm.internal.memory.NativeBlock;

/**
 * The floor for maps: an unsynchronised off-heap table, open addressing with linear probing, a
 * quarter full, no growth and no removal. An entry is 16 bytes: the key plus 1 (0 means free), then
 * the value. Memory comes from where the engine takes its own.
 */
final class PlainMap extends LongMap {
    private static final int ENTRY_BYTES = 16;

    private final NativeBlock memory;
    private final long table;
    private final int mask;

    PlainMap(int keys) {
        int capacity = Integer.highestOneBit(keys) * 4;
        mask = capacity - 1;
        memory = NativeBlock.take((long) capacity * ENTRY_BYTES);
        table = memory.address();
        for (long key = 0; key < keys; key++) {
            long entry = entry(key);
            WORD.set(EVERYTHING, entry, key + 1);
            WORD.set(EVERYTHING, entry + Long.BYTES, Words.INITIAL);
        }
    }

    @Override
    public PlainMapActor actor() {
        return new PlainMapActor();
    }

    @Override
    public void close() {
        memory.free();
    }

    /** Address of the entry which holds the key, or of the free one where it belongs. */
    private long entry(long key) {
        int slot = (int) (key * 0x9E37_79B9_7F4A_7C15L >>> 32) & mask;
        while (true) {
            long entry = table + (long) slot * ENTRY_BYTES;
            long stored = (long) WORD.get(EVERYTHING, entry);
            if (stored == key + 1 || stored == 0) {
                return entry;
            }
            slot = slot + 1 & mask;
        }
    }

    final class PlainMapActor extends Actor {
        @Override
        public long get(long key) {
            return (long) WORD.get(EVERYTHING, entry(key) + Long.BYTES);
        }

        @Override
        public void put(long key, long value) {
            WORD.set(EVERYTHING, entry(key) + Long.BYTES, value);
        }
    }
}
