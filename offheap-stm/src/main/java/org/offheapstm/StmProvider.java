package org.offheapstm;

/** How {@link Stm#open(StmOptions)} finds the engine; not for users. */
public interface StmProvider {
    /**
     * Opens an engine.
     *
     * @param options its options
     * @return the engine
     */
    Stm open(StmOptions options);
}
