package org.offheapstm.internal.engine;

import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.StmProvider;
import org.offheapstm.internal.memory.NativeAccess;

/** Opens engines for {@link Stm#open(StmOptions)}. */
public final class EngineProvider implements StmProvider {
    /** For the service loader. */
    public EngineProvider() {}

    @Override
    public Stm open(StmOptions options) {
        try {
            NativeAccess.check();
        } catch (IllegalCallerException e) {
            throw denied(e);
        }
        return new Engine(options);
    }

    private static IllegalCallerException denied(IllegalCallerException cause) {
        return new IllegalCallerException(
                "engine refused: this JVM denies native access; run it with"
                        + " --enable-native-access=ALL-UNNAMED, or =org.offheapstm on the module"
                        + " path",
                cause);
    }
}
