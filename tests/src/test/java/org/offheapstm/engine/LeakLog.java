package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the logger of the engine says from now on. */
final class LeakLog extends Handler implements AutoCloseable {
    /** How often the garbage collector is asked, each time with a moment for what it finds. */
    private static final int COLLECTIONS = 100;

    private final LinkedBlockingQueue<LogRecord> records = new LinkedBlockingQueue<>();
    private final Logger logger = Logger.getLogger("org.offheapstm");
    private final boolean used = logger.getUseParentHandlers();

    LeakLog() {
        logger.setUseParentHandlers(false);
        logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord told) {
        records.add(told);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(used);
    }

    /** The next that names this engine; null if the garbage collector has found nothing. */
    LogRecord awaitLeak(String engine) throws InterruptedException {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            LogRecord told = records.poll(50, TimeUnit.MILLISECONDS);
            if (told != null && isOf(engine, told)) {
                return told;
            }
        }
        return null;
    }

    /** Whether it has said more of this engine. */
    boolean says(String engine) {
        return records.stream().anyMatch(more -> isOf(engine, more));
    }

    private static boolean isOf(String engine, LogRecord told) {
        return told.getMessage().contains("name=" + engine + ";");
    }

    /** The place that is named is in this method. */
    static void assertNames(String method, LogRecord told) {
        StackTraceElement[] frames = told.getThrown().getStackTrace();
        assertTrue(
                Arrays.stream(frames).anyMatch(frame -> frame.getMethodName().equals(method)),
                () -> "no opening site in " + Arrays.toString(frames));
    }
}
