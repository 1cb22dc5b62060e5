package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.AtomicBlock;
import org.offheapstm.internal.engine.HardwareSites.Site;
import org.offheapstm.internal.htm.Outcome;

/**
 * Goal: a call site that fails in hardware leaves its next commits to software, for longer the
 * worse the reason and the more often it failed, and comes back. Method: outcomes told to a site,
 * on any machine; counted is how many commits it passes up.
 */
final class HardwareSitesTest {
    private final HardwareSites sites = new HardwareSites();
    private final Site site = sites.of(AtomicBlock.named("site"));

    private int passedUp() {
        int commits = 0;
        while (!site.isWorthATry()) {
            commits++;
        }
        return commits;
    }

    private int passedUpAfter(Outcome outcome) {
        site.failed(outcome);
        return passedUp();
    }

    @Test
    void newSiteIsWorthATry() {
        assertTrue(site.isWorthATry());
    }

    @Test
    void whatSoftwareWouldHaveLostTooCostsNothing() {
        assertEquals(0, passedUpAfter(Outcome.STALE));
        assertEquals(0, passedUpAfter(Outcome.UNAVAILABLE));
    }

    @Test
    void conflictsDoubleUpToALimit() {
        for (int expected : new int[] {1, 2, 4, 8, 16, 32, 64, 64}) {
            assertEquals(expected, passedUpAfter(Outcome.CONFLICT));
        }
    }

    @Test
    void tooLargeIsLeftAloneForLonger() {
        assertEquals(64, passedUpAfter(Outcome.CAPACITY));
        assertEquals(128, passedUpAfter(Outcome.TOO_LARGE));
    }

    /** Goal: a harmless failure in between is not a success. */
    @Test
    void worseReasonIsRememberedAcrossAMilderOne() {
        assertEquals(64, passedUpAfter(Outcome.CAPACITY));
        assertEquals(0, passedUpAfter(Outcome.STALE));
        assertEquals(128, passedUpAfter(Outcome.CAPACITY));
        assertEquals(64, passedUpAfter(Outcome.CONFLICT));
        assertEquals(256, passedUpAfter(Outcome.CAPACITY));
    }

    @Test
    void successHalvesThePenaltyOfTheNextFailure() {
        for (int failure = 0; failure < 4; failure++) {
            passedUpAfter(Outcome.CONFLICT);
        }
        site.succeeded();
        assertTrue(site.isWorthATry());
        assertEquals(8, passedUpAfter(Outcome.CONFLICT));
    }

    @Test
    void eachSiteLearnsForItself() {
        site.failed(Outcome.CAPACITY);
        Site other = sites.of(HardwareSitesTest.class);
        assertNotSame(site, other);
        assertTrue(other.isWorthATry());
        assertFalse(site.isWorthATry());
        assertSame(other, sites.of(HardwareSitesTest.class));
    }

    private AtomicBlock[] failedSites(int count) {
        AtomicBlock[] blocks = new AtomicBlock[count];
        for (int i = 0; i < count; i++) {
            blocks[i] = AtomicBlock.named("block " + i);
            sites.of(blocks[i]).failed(Outcome.CAPACITY);
        }
        return blocks;
    }

    @Test
    void sitesThatShareAPlaceDoNotDriveEachOtherOut() {
        for (AtomicBlock block : failedSites(HardwareSites.SITES - 1)) {
            assertFalse(sites.of(block).isWorthATry(), block.name());
        }
    }

    @Test
    void siteBeyondThePlacesBeginsAnew() {
        failedSites(HardwareSites.SITES);
        assertTrue(sites.of(HardwareSitesTest.class).isWorthATry());
        assertSame(sites.of(HardwareSitesTest.class), sites.of(HardwareSitesTest.class));
    }

    @Test
    void countsSayWhatBecameOfItsCommits() {
        site.succeeded();
        site.succeeded();
        passedUpAfter(Outcome.CONFLICT);
        assertEquals(2, site.commits);
        assertEquals(1, site.fallbacks);
        assertEquals(1, site.skipped);
    }
}
