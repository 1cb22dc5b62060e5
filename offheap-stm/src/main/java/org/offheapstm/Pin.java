package org.offheapstm;

/**
 * Keeps an object from being collected while only Java code refers to it: see {@link Stm#pin}. It
 * does not keep it from being freed.
 */
public abstract class Pin implements AutoCloseable {
    /** For the engine. */
    protected Pin() {}

    /**
     * What is pinned.
     *
     * @return the reference
     */
    public abstract long ref();

    /** Lets go of it. A second call does nothing. */
    @Override
    public abstract void close();
}
