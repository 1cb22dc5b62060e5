package org.offheapstm.htm;

import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

import java.util.List;
import java.util.stream.Collectors;

/** The tests of commits in hardware, run in an {@link OtherMachine}: none of them is skipped. */
final class EmulatedTests {
    private EmulatedTests() {}

    /**
     * Runs all tests of a nested class.
     *
     * @param arguments the names of the class and of the nested one
     */
    static String run(String... arguments) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(DiscoverySelectors.selectNestedClass(
                                        List.of(arguments[0]), arguments[1]))
                                .build(),
                        listener);
        TestExecutionSummary summary = listener.getSummary();
        long found = summary.getTestsFoundCount();
        long passed = summary.getTestsSucceededCount();
        return passed > 0 && passed == found
                ? "passed"
                : passed + " of " + found + " tests passed"
                        + summary.getFailures().stream()
                                .map(EmulatedTests::told)
                                .collect(Collectors.joining());
    }

    private static String told(TestExecutionSummary.Failure failure) {
        String what = failure.getException().toString().replace('\n', ' ');
        return "; " + failure.getTestIdentifier().getDisplayName() + ": " + what;
    }
}
