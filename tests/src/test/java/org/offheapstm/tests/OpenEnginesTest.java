package org.offheapstm.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;

import java.util.Arrays;

/**
 * Goal: an engine that a class of tests leaves open fails that class, and no other. Method: JUnit
 * runs small classes inside this test.
 */
final class OpenEnginesTest {
    private static Stm stm;

    private static void open() {
        stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(1L << 20).withMaxRunning(2));
    }

    static final class Leaving {
        @Test
        void opens() {
            open();
        }
    }

    static final class Closing {
        @BeforeAll
        static void begin() {
            open();
        }

        @Nested
        class Inner {
            @Test
            void uses() {
                assertEquals(1, stm.readOnlyLong(tx -> 1));
            }
        }

        @AfterAll
        static void end() {
            stm.close();
        }
    }

    private static TestExecutionSummary run(Class<?> tests) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(tests))
                .build();
        LauncherConfig quiet = LauncherConfig.builder()
                .enableTestExecutionListenerAutoRegistration(false)
                .build();
        SummaryGeneratingListener heard = new SummaryGeneratingListener();
        LauncherFactory.create(quiet).execute(request, heard);
        return heard.getSummary();
    }

    @Test
    void classThatLeavesAnEngineOpenFails() {
        TestExecutionSummary left;
        try {
            left = run(Leaving.class);
        } finally {
            stm.close();
        }
        assertEquals(1, left.getTestsSucceededCount());
        assertEquals(1, left.getContainersFailedCount());
        Throwable told = left.getFailures().getFirst().getException();
        assertTrue(told.getMessage().contains("Leaving has left 1"), told::toString);
        assertTrue(
                Arrays.stream(told.getSuppressed()[0].getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("opens")),
                "it does not say where");
        assertEquals(0, run(Closing.class).getTotalFailureCount(), "blamed for another");
    }

    @Test
    void classThatClosesItsEngineAfterNestedOnesPasses() {
        TestExecutionSummary closed = run(Closing.class);
        assertEquals(1, closed.getTestsSucceededCount());
        assertEquals(0, closed.getTotalFailureCount());
    }
}
