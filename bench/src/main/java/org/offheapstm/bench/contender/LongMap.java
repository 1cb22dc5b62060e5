package org.offheapstm.bench.contender;

/**
 * A hash map from long to long in the form one contender keeps it, shared by all threads. Filled
 * with keys 0 to keys-1.
 */
public abstract class LongMap implements AutoCloseable {
    /** What one thread uses to act on the map. Each operation is one atomic step. */
    public abstract Actor actor();

    @Override
    public void close() {}

    /** One thread's way to act on the map. */
    public abstract static class Actor {
        /** The key's value. The key is present. */
        public abstract long get(long key);

        public abstract void put(long key, long value);
    }
}
