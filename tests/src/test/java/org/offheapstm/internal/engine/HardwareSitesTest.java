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

import java.util.ArrayList;
import java.util.List;

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

    @Test
    void sitesThatShareAPlaceDoNotDriveEachOtherOut() {
        List<AtomicBlock> blocks = new ArrayList<>();
        for (int i = 0; blocks.size() < Promotions.PLACES - 1; i++) {
            blocks.add(AtomicBlock.named("block " + i));
        }
        blocks.forEach(block -> sites.of(block).failed(Outcome.CAPACITY));
        for (AtomicBlock block : blocks) {
            assertFalse(sites.of(block).isWorthATry(), block.name());
        }
    }

    @Test
    void sitesBeyondThePlacesAreCountedTogether() {
        for (int i = 0; i < Promotions.PLACES + 2; i++) {
            sites.of(AtomicBlock.named("block " + i)).succeeded();
        }
        List<String> names = new ArrayList<>();
        long[] commits = new long[1];
        sites.forEach(each -> {
            names.add(each.name());
            commits[0] += each.commits;
        });
        assertEquals(Promotions.PLACES + 2, commits[0]);
        assertTrue(names.contains("other sites"), names.toString());
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
