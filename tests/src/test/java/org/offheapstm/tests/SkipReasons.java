package org.offheapstm.tests;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

import java.io.PrintStream;

/**
 * Says of each test that was skipped why, in a line of the log; in force for all of them, by {@code
 * META-INF/services}.
 */
public final class SkipReasons implements TestExecutionListener {
    private final PrintStream log;

    /** For JUnit. */
    public SkipReasons() {
        this(System.out);
    }

    SkipReasons(PrintStream log) {
        this.log = log;
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        say(test, reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
            say(test, result.getThrowable().map(Throwable::getMessage).orElse(null));
        }
    }

    private void say(TestIdentifier test, String reason) {
        String why = String.valueOf(reason).replaceFirst("^Assumption failed: ", "");
        log.println("skipped: " + name(test) + ": " + why.strip().replaceAll("\\s*\\R\\s*", " | "));
    }

    private static String name(TestIdentifier test) {
        return test.getSource()
                .map(source -> switch (source) {
                    case MethodSource method ->
                        simple(method.getClassName()) + "." + method.getMethodName();
                    case ClassSource type -> simple(type.getClassName());
                    default -> null;
                })
                .orElse(test.getDisplayName());
    }

    private static String simple(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }
}
