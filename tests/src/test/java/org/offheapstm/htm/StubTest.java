package org.offheapstm.htm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.io.IOException;

/**
 * Goal: where the shim has nothing to execute, everything works in software, and says why. Method:
 * the library that another architecture gets, in a virtual machine of its own.
 */
final class StubTest {
    @Test
    void libraryOfAnotherArchitectureIsLoadedAndWorksInSoftware() throws IOException {
        assertEquals("passed", OtherMachine.ofAnotherArchitecture().run(StubUses.class));
    }
}
