package org.offheapstm.internal.engine;

import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.StmProvider;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens the engines of tests, and knows which are still open: {@code META-INF/services} of the
 * tests comes before that of the engine on the class path. It keeps an engine's gate, not the
 * engine, which a test may want to see collected.
 */
public final class WatchedEngines implements StmProvider {
    private static final Map<Standstill, Throwable> OPEN = new ConcurrentHashMap<>();

    /** For the service loader. */
    public WatchedEngines() {}

    @Override
    public Stm open(StmOptions options) {
        Stm engine = new EngineProvider().open(options);
        forgetClosed();
        OPEN.put(
                ((Engine) engine).standstill,
                new Throwable("opened here, name=" + options.name() + "; close it"));
        return engine;
    }

    private static void forgetClosed() {
        OPEN.keySet().removeIf(Standstill::isBarred);
    }

    /** Where the engines were opened that are still open; they are not named again. */
    public static List<Throwable> takeOpen() {
        forgetClosed();
        List<Throwable> open = List.copyOf(OPEN.values());
        OPEN.clear();
        return open;
    }
}
