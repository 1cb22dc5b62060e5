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
        try {
            return new Engine(options);
        } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
            if (isDenied(e)) {
                throw denied(e);
            }
            throw e;
        }
    }

    /** Whether the JVM was told to deny native access; it says so to class initializers only. */
    private static boolean isDenied(Throwable thrown) {
        return thrown != null
                && (thrown instanceof IllegalCallerException
                        || String.valueOf(thrown.getMessage()).contains("IllegalCallerException")
                        || isDenied(thrown.getCause()));
    }

    private static IllegalCallerException denied(Throwable cause) {
        return new IllegalCallerException(
                "engine refused: this JVM denies native access; run it with"
                        + " --enable-native-access=ALL-UNNAMED, or =org.offheapstm on the module"
                        + " path",
                cause);
    }
}
