package org.offheapstm.explore;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.Stm;
import org.offheapstm.internal.memory.Seam;

/**
 * Goal: the tests' seam is the one that the engine uses, and asks for nothing by itself. Method:
 * where it was loaded from, and what it answers without properties.
 */
final class SeamTest {
    @Test
    void seamOfTheTestsStandsBeforeTheShippedOne() {
        String seam = place(Seam.class);
        assertTrue(seam.endsWith("test-classes/"), seam);
        assertFalse(place(Stm.class).endsWith("test-classes/"), place(Stm.class));
    }

    private static String place(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().toString();
    }

    @Test
    void seamIsSilentUnlessAsked() {
        assertFalse(Seam.ON);
        assertFalse(Seam.without(""));
        assertFalse(Seam.without("versionCheck"));
        assertFalse(Seam.abortAt("commit"));
        assertTrue(Seam.parks());
    }
}
