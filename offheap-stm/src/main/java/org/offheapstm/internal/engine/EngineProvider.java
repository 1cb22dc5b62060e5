package org.offheapstm.internal.engine;

import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.StmProvider;

/** Opens engines for {@link Stm#open(StmOptions)}. */
public final class EngineProvider implements StmProvider {
    /** For the service loader. */
    public EngineProvider() {}

    @Override
    public Stm open(StmOptions options) {
        return new Engine(options);
    }
}
