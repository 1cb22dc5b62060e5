package org.offheapstm.internal.engine;

import org.offheapstm.ObjectType;
import org.offheapstm.StmType;
import org.offheapstm.internal.heap.History;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.BeforeImage;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

/**
 * How a commit keeps what it replaces, for the snapshots that need it: see {@link Registry} for
 * whom, {@link BeforeImage} for what.
 *
 * <p>All under the locks, before any payload changes: whoever finds an object published by this
 * commit, and its version too new, finds the image. A commit that fails here has changed nothing;
 * a link that an Error has left over says nothing wrong, since that of the next commit stands
 * before it.
 */
final class Preservation {
    private static final boolean LINKS_FIRST = !Seam.without("imageBeforeHeader");

    private Preservation() {}

    /**
     * Keeps images of all objects of a log that a snapshot may need: takes all, then links them, so
     * that those of a commit that finds no room are nobody's.
     *
     * @param version of the commit
     * @throws org.offheapstm.RegionFullException if the region has no room, and no snapshot can be
     *     ended
     * @throws Signal if the commit is to wait for snapshots
     */
    static void keep(Attempt attempt, WriteLog log, long version) {
        HistoryLimit limit = attempt.engine.historyLimit;
        boolean passes = false;
        attempt.progress.departures = limit.departures(); // Before the look at the snapshots.
        for (long taken = takeAll(attempt, log, version, passes); taken < 0; ) {
            passes = limit.makeRoom(attempt, log, taken);
            attempt.progress.departures = limit.departures();
            taken = takeAll(attempt, log, version, passes);
        }
        for (long entry = log.first(); entry != log.end(); entry += LogEntry.BYTES) {
            if (LogEntry.before(entry) != BeforeImage.NONE) {
                link(attempt.base + LogEntry.object(entry), LogEntry.before(entry));
            }
        }
    }

    /**
     * Takes room for all images and fills them, or takes none.
     *
     * @param passes whether the limit does not count
     * @return a negative number, as {@link History#take}, if there is no room
     */
    private static long takeAll(Attempt attempt, WriteLog log, long version, boolean passes) {
        long newest = attempt.engine.registry.newestBefore(version);
        long taken = History.AT_LIMIT;
        attempt.history.mark();
        try {
            taken = takeEach(attempt, log, version, newest, passes);
            return taken;
        } finally {
            if (taken < 0) {
                attempt.history.rewind();
            }
        }
    }

    private static long takeEach(
            Attempt attempt, WriteLog log, long version, long newest, boolean passes) {
        long freed = 0;
        for (long entry = log.first(); entry != log.end(); entry += LogEntry.BYTES) {
            boolean isNeeded =
                    replaces(entry) && Header.version(LogEntry.expected(entry)) <= newest;
            long image = isNeeded ? take(attempt, entry, version, passes) : BeforeImage.NONE;
            if (image < 0) {
                return image;
            }
            LogEntry.before(entry, image);
            if (LogEntry.what(entry) == LogEntry.FREE
                    && (isNeeded || attempt.hasImage(LogEntry.object(entry)))) {
                freed += attempt.engine.limbo.placeBytes(LogEntry.object(entry));
            }
        }
        boolean hasRoom = freed == 0 || passes || attempt.engine.historyBudget.hasRoomFor(freed);
        return hasRoom ? freed : History.AT_LIMIT;
    }

    private static boolean replaces(long entry) {
        int what = LogEntry.what(entry);
        return what == LogEntry.WRITE || what == LogEntry.MERGE || what == LogEntry.FREE;
    }

    private static long take(Attempt attempt, long entry, long version, boolean passes) {
        long base = attempt.base;
        long object = LogEntry.object(entry);
        long address = base + object;
        int bytes = LogEntry.what(entry) == LogEntry.FREE
                ? payloadBytes(attempt, entry)
                : LogEntry.bytes(entry);
        long image = attempt.history.take(BeforeImage.BYTES + bytes, version, passes);
        if (image < 0) {
            return image;
        }
        long life = Memory.get(address, Header.LIFE);
        long ref = Reference.of(object, Reference.generation(life));
        BeforeImage.fill(base + image, LogEntry.expected(entry), life, version, ref);
        Memory.copyPayload(address + Header.BYTES, base + image + BeforeImage.BYTES, bytes);
        return image;
    }

    private static void link(long address, long image) {
        long life = Memory.get(address, Header.LIFE);
        // Order: the image before its link. Pairs with: the acquiring load of LIFE in
        // SnapshotPath.readThen. Without it: a snapshot follows the link into words that are not
        // written yet. Proof: ImageLinkLitmus.
        if (LINKS_FIRST) {
            Memory.setRelease(address + Header.LIFE, BeforeImage.life(image, life));
        }
    }

    /** Of a freed object, whose entry may say 0; of an array its head counts. */
    private static int payloadBytes(Attempt attempt, long entry) {
        int run = Region.runOf(LogEntry.object(entry));
        if (attempt.region.isSpan(run)) {
            return Long.BYTES;
        }
        StmType type = attempt.engine.kinds.byNumber(attempt.region.kind(run)).type();
        return type instanceof ObjectType single ? single.payloadBytes() : Long.BYTES;
    }
}
