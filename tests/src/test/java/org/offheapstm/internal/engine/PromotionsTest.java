package org.offheapstm.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Goal: the table of promoted call sites remembers those that share a set, and forgets the one that
 * had no use of it, only. Method: sites with hashes of the test's choice, equal ones where they
 * shall collide.
 */
final class PromotionsTest {
    private final Promotions promotions = new Promotions();

    private record Site(String name, int hash) {
        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** Sites that all belong into one set. */
    private static List<Site> colliding(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Site("colliding " + i, 6))
                .toList();
    }

    private List<Site> remembered(List<Site> sites) {
        return sites.stream().filter(promotions::have).toList();
    }

    @Test
    void newTableIsEmpty() {
        assertTrue(promotions.isEmpty());
        assertFalse(promotions.have(new Site("any", 0)));
        promotions.removeLast();
        assertTrue(promotions.isEmpty());
    }

    @Test
    void sitesThatCollideAreAllRemembered() {
        List<Site> sites = colliding(4);
        sites.forEach(promotions::add);
        assertEquals(sites, remembered(sites));
    }

    @Test
    void oneTooManyDrivesOneOut() {
        List<Site> sites = colliding(Promotions.WAYS + 1);
        Site apart = new Site("apart", 7);
        promotions.add(apart);
        sites.forEach(promotions::add);
        assertEquals(Promotions.WAYS, remembered(sites).size());
        assertTrue(promotions.have(sites.getLast()));
        assertTrue(promotions.have(apart));
    }

    /** Or a block that runs between two others of its set might drive out the same one for ever. */
    @Test
    void sitesAreDrivenOutInTurn() {
        List<Site> sites = colliding(2 * Promotions.WAYS);
        sites.forEach(promotions::add);
        assertEquals(sites.subList(Promotions.WAYS, sites.size()), remembered(sites));
    }

    @Test
    void equalSiteIsTheSame() {
        promotions.add(new Site("block", 1));
        assertTrue(promotions.have(new Site("block", 1)));
        assertFalse(promotions.have(new Site("another block", 1)));
    }

    @Test
    void siteThatWasAskedForIsRemovedAlone() {
        List<Site> sites = colliding(Promotions.WAYS);
        sites.forEach(promotions::add);
        assertTrue(promotions.have(sites.get(1)));
        promotions.removeLast();
        assertEquals(List.of(sites.get(0), sites.get(2), sites.get(3)), remembered(sites));
    }

    @Test
    void siteThatWasAddedLastIsRemovedAlone() {
        List<Site> sites = colliding(2);
        sites.forEach(promotions::add);
        promotions.removeLast();
        assertEquals(List.of(sites.getFirst()), remembered(sites));
    }

    @Test
    void nothingIsRemovedAfterOneThatIsNotThere() {
        List<Site> sites = colliding(2);
        promotions.add(sites.getFirst());
        assertFalse(promotions.have(sites.getLast()));
        promotions.removeLast();
        assertTrue(promotions.have(sites.getFirst()));
    }

    @Test
    void siteThatIsAddedAgainIsThereOnce() {
        List<Site> sites = colliding(3);
        sites.forEach(promotions::add);
        sites.forEach(promotions::add);
        for (Site each : sites) {
            assertFalse(promotions.isEmpty());
            assertTrue(promotions.have(each));
            promotions.removeLast();
            assertFalse(promotions.have(each));
        }
        assertTrue(promotions.isEmpty());
    }

    @Test
    void tableIsEmptyAgainAfterSitesWereDrivenOut() {
        List<Site> sites = colliding(3 * Promotions.WAYS);
        sites.forEach(promotions::add);
        for (Site each : remembered(sites)) {
            assertFalse(promotions.isEmpty());
            assertTrue(promotions.have(each));
            promotions.removeLast();
        }
        assertTrue(promotions.isEmpty());
    }
}
