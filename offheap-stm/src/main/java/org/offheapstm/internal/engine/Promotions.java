package org.offheapstm.internal.engine;

/**
 * The call sites of read-only blocks that were promoted in a slot and found it of use: a block that
 * begins there begins on a registered snapshot, and does not lose its first attempt each time.
 *
 * <p>The table has a set of places for each hash, so that sites drive each other out only if more
 * than {@link #WAYS} of them share a set; then they lose an attempt now and then. See {@link
 * Lifecycle#siteOf}.
 */
final class Promotions {
    static final int WAYS = 4;
    private static final int SETS = 4;

    /** The place of no site. */
    private static final int NOWHERE = SETS * WAYS;

    /** In sets of {@link #WAYS}; one more, which stays null, is {@link #NOWHERE}. */
    private final Object[] sites = new Object[NOWHERE + 1];

    private int count;

    /** The place of the site that was asked for or added last. */
    private int place = NOWHERE;

    /** Counts the sites that were driven out, to take turns among the ways. */
    private int drivenOut;

    boolean isEmpty() {
        return count == 0;
    }

    /** Whether a block of this site begins registered. */
    boolean have(Object site) {
        int at = placeOf(site, SETS) * WAYS;
        for (int end = at + WAYS; at < end; at++) {
            if (site.equals(sites[at])) {
                place = at;
                return true;
            }
        }
        place = NOWHERE;
        return false;
    }

    /** A block has been promoted. */
    void add(Object site) {
        if (!have(site)) {
            place = vacate(placeOf(site, SETS) * WAYS);
            sites[place] = site;
            count++;
        }
    }

    /** A place of the set that begins here, without a site. */
    private int vacate(int first) {
        for (int at = first; at < first + WAYS; at++) {
            if (sites[at] == null) {
                return at;
            }
        }
        count--;
        return first + (drivenOut++ & WAYS - 1);
    }

    /** The block that was asked for or added last would have done without. */
    void removeLast() {
        count -= sites[place] == null ? 0 : 1;
        sites[place] = null;
    }

    /** Where a site belongs in a table of so many places, a power of two. */
    static int placeOf(Object site, int places) {
        int hash = site.hashCode();
        return (hash ^ hash >>> 16) & places - 1;
    }
}
