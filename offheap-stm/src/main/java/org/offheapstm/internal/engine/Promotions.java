package org.offheapstm.internal.engine;

/**
 * The call sites of read-only blocks that were promoted in a slot and found it of use: a block that
 * begins there begins on a registered snapshot, and does not lose its first attempt each time.
 *
 * <p>The table has a place for each hash, so that two sites may drive each other out; then they
 * lose an attempt now and then. See {@link Lifecycle#siteOf}.
 */
final class Promotions {
    private static final int PLACES = 16;

    private final Object[] sites = new Object[PLACES];
    private int count;

    /** The place of the site that was asked for or added last. */
    private int place;

    boolean isEmpty() {
        return count == 0;
    }

    /** Whether a block of this site begins registered. */
    boolean have(Object site) {
        place = placeOf(site, PLACES);
        return site.equals(sites[place]);
    }

    /** A block has been promoted. */
    void add(Object site) {
        place = placeOf(site, PLACES);
        count += sites[place] == null ? 1 : 0;
        sites[place] = site;
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
