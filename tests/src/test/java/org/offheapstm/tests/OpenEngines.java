package org.offheapstm.tests;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.offheapstm.internal.engine.WatchedEngines;

import java.util.List;

/**
 * Fails each class of tests that leaves an engine open, and says where it was opened; in force for
 * all of them, by {@code META-INF/services}.
 */
public final class OpenEngines implements AfterAllCallback {
    /** For JUnit. */
    public OpenEngines() {}

    @Override
    public void afterAll(ExtensionContext context) {
        if (context.getParent().flatMap(ExtensionContext::getTestClass).isPresent()) {
            return; // A nested class may use the engine of the one around it.
        }
        List<Throwable> open = WatchedEngines.takeOpen();
        if (!open.isEmpty()) {
            AssertionError told = new AssertionError("engines left open: "
                    + context.getRequiredTestClass().getName() + " has left " + open.size());
            open.forEach(told::addSuppressed);
            throw told;
        }
    }
}
