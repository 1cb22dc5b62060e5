package org.offheapstm.internal.engine;

import org.offheapstm.ObjectType;
import org.offheapstm.StmType;
import org.offheapstm.internal.heap.History;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.BeforeImage;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

/**
 * How a commit keeps what it replaces, for the snapshots that need it: see {@link Registry} for
 * whom, {@link BeforeImage} for what.
 *
 * <p>All under the locks, before any payload changes: whoever finds an object published by this
 * commit, and its version too new, finds the image. An image is linked as soon as it is filled. If
 * there is no room for the next, and the commit lets go, those linked before stay: a link that is
 * left over says nothing wrong. The object still is what its image is, so nobody who needs the
 * image looks past the object, and that of the next commit stands before it. Its place comes back
 * with its run, like any other. Where the run that is being filled ends, room is reserved for all
 * the rest of the log, or the commit is refused: so what it has kept in vain is in one run, which
 * is emptied before another is refused, if no snapshot needs it any more.
 *
 * <p><b>Who needs images</b> is looked up once per version, not per commit. A snapshot that needs
 * what a commit of version w replaces has announced itself in its view, and then ticked the clock
 * up to w at most. So any look after a load of w finds it, or finds it gone; and what one commit of
 * w has found serves the next of the same slot, for at worst that keeps an image in vain. One that
 * did not know yet what it sees needs everything; then it ticks, and the version is another. The
 * look stands between two locked instructions, where nothing overlaps it: without it a writer
 * beside 2,500 scans a second, of which each registers once, went from 72 to 76 % of its rate.
 */
final class Preservation {
    private static final boolean LINKS_FIRST = !Seam.without("imageBeforeHeader");
    private static final boolean LOOKS_PER_VERSION = !Seam.without("lookPerVersion");

    /** What an entry is whose commit replaces a payload, as a set of bits. */
    private static final int REPLACES =
            1 << LogEntry.WRITE | 1 << LogEntry.MERGE | 1 << LogEntry.FREE;

    private Preservation() {}

    /**
     * Keeps images of all objects of a log that a snapshot may need.
     *
     * <p>One pass, and short enough to be inlined into {@link Commit#run}: between its locked
     * instructions a call is 7 ns. An image of one word, in cache: 21-27 -> 12 ns.
     * CompiledUnitsTest holds the length.
     *
     * @param version of the commit
     * @throws org.offheapstm.RegionFullException if the region has no room, and no snapshot can be
     *     ended
     * @throws Signal if the commit is to wait for snapshots
     */
    static void keep(Attempt attempt, WriteLog log, long version) {
        History history = attempt.history;
        long base = attempt.base;
        long newest = isLookedAt(attempt, version) ? attempt.newestNeeding : look(attempt, version);
        long entry = log.first();
        while (entry != log.end()) {
            long tail = LogEntry.tail(entry);
            long expected = LogEntry.expected(entry);
            if ((REPLACES >> LogEntry.whatOf(tail) & 1) != 0
                    && Header.version(expected) <= newest) {
                int bytes = payloadBytes(attempt, entry, tail);
                long image = history.take(BeforeImage.BYTES + bytes, version);
                if (image == History.NO_ROOM) {
                    newest = reserve(attempt, log, entry, version);
                    continue; // With the same object.
                }
                long object = LogEntry.object(entry);
                long address = base + object;
                long life = Memory.get(address, Header.LIFE);
                BeforeImage.fill(base + image, expected, life, LogEntry.ref(entry));
                Memory.copyPayload(address + Header.BYTES, base + image + BeforeImage.BYTES, bytes);
                // Order: the image before its link. Pairs with: the acquiring load of LIFE in
                // SnapshotPath.readThen. Without it: a snapshot follows the link into words that
                // are not written yet. Proof: ImageLinkLitmus.
                if (LINKS_FIRST) {
                    Memory.setRelease(address + Header.LIFE, BeforeImage.life(image, life));
                }
            }
            entry += LogEntry.BYTES;
        }
        if (log.deaths() != 0) {
            keepFreed(attempt, log);
        }
    }

    private static boolean isLookedAt(Attempt attempt, long version) {
        return attempt.lookedFor == version || !LOOKS_PER_VERSION && attempt.lookedFor != 0;
    }

    /** What the newest snapshot sees that needs images from a commit of this version. */
    private static long look(Attempt attempt, long version) {
        attempt.newestNeeding = attempt.engine.registry.newestBefore(version);
        attempt.lookedFor = version; // Last: an Error may strike before.
        return attempt.newestNeeding;
    }

    /** Reserves room for the images from an entry on; returns what {@link #look} says. */
    private static long reserve(Attempt attempt, WriteLog log, long from, long version) {
        HistoryLimit limit = attempt.engine.historyLimit;
        boolean passes = false;
        while (true) {
            limit.noteDepartures(attempt);
            long newest = look(attempt, version);
            long refusal = attempt.history.reserve(runsFor(attempt, log, from, newest), passes);
            if (refusal == 0) {
                return newest;
            }
            passes = limit.makeRoom(attempt, log, refusal);
        }
    }

    /** How many runs the images from an entry on need after the one that is being filled. */
    private static int runsFor(Attempt attempt, WriteLog log, long from, long newest) {
        int runs = 0;
        long room = attempt.history.roomBytes();
        for (long entry = from; entry != log.end(); entry += LogEntry.BYTES) {
            long tail = LogEntry.tail(entry);
            if ((REPLACES >> LogEntry.whatOf(tail) & 1) != 0
                    && Header.version(LogEntry.expected(entry)) <= newest) {
                int bytes = BeforeImage.BYTES + payloadBytes(attempt, entry, tail);
                long place = History.placeBytes(bytes);
                if (place > room) {
                    runs++;
                    room = RunEntry.RUN_BYTES;
                }
                room -= place;
            }
        }
        return runs;
    }

    /** Sees to it that the freed blocks which must stay are within the limit. */
    private static void keepFreed(Attempt attempt, WriteLog log) {
        long freed = 0;
        for (long entry = log.first(); entry != log.end(); entry += LogEntry.BYTES) {
            if (LogEntry.what(entry) == LogEntry.FREE && attempt.hasImage(LogEntry.object(entry))) {
                freed += attempt.engine.limbo.placeBytes(LogEntry.object(entry));
            }
        }
        HistoryLimit limit = attempt.engine.historyLimit;
        boolean passes = freed == 0;
        while (!passes) {
            limit.noteDepartures(attempt);
            passes = attempt.engine.historyBudget.hasRoomFor(freed)
                    || limit.makeRoom(attempt, log, History.AT_LIMIT);
        }
    }

    private static int payloadBytes(Attempt attempt, long entry, long tail) {
        return LogEntry.whatOf(tail) == LogEntry.FREE
                ? freedBytes(attempt, LogEntry.object(entry))
                : LogEntry.bytesOf(tail);
    }

    /** Of a freed object, whose entry may say 0; of an array its head counts. */
    private static int freedBytes(Attempt attempt, long object) {
        int run = Region.runOf(object);
        if (attempt.region.isSpan(run)) {
            return Long.BYTES;
        }
        StmType type = attempt.engine.kinds.byNumber(attempt.region.kind(run)).type();
        return type instanceof ObjectType single ? single.payloadBytes() : Long.BYTES;
    }
}
