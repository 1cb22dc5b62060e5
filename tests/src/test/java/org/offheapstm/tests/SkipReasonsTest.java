package org.offheapstm.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * Goal: the log has one line for each test, or class of tests, that was skipped, with the reason.
 * Method: JUnit runs small classes inside this test, skipped in all the ways that there are.
 */
final class SkipReasonsTest {
    static final class Some {
        @Test
        void assumesInVain() {
            assumeTrue(false, "no such\n  machine here\n");
        }

        @Test
        @Disabled("not today")
        void isDisabled() {}

        @Test
        void runs() {}
    }

    static final class None {
        @BeforeAll
        static void look() {
            assumeTrue(false, "nothing here");
        }

        @Test
        void wouldRun() {}
    }

    private static Set<String> said(Class<?> tests) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        LauncherConfig config = LauncherConfig.builder()
                .enableTestExecutionListenerAutoRegistration(false)
                .addTestExecutionListeners(
                        new SkipReasons(new PrintStream(said, true, StandardCharsets.UTF_8)))
                .build();
        LauncherFactory.create(config)
                .execute(LauncherDiscoveryRequestBuilder.request()
                        .selectors(selectClass(tests))
                        .build());
        List<String> lines = said.toString(StandardCharsets.UTF_8).lines().toList();
        return Set.copyOf(lines);
    }

    @Test
    void skippedTestsSayWhyInALineEach() {
        assertEquals(
                Set.of(
                        "skipped: SkipReasonsTest$Some.assumesInVain: no such | machine here",
                        "skipped: SkipReasonsTest$Some.isDisabled: not today"),
                said(Some.class));
    }

    @Test
    void skippedClassSaysWhyOnce() {
        assertEquals(Set.of("skipped: SkipReasonsTest$None: nothing here"), said(None.class));
    }
}
