package org.offheapstm.internal.engine;

import org.offheapstm.ObjectType;
import org.offheapstm.StmType;
import org.offheapstm.internal.heap.History;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.BeforeImage;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
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
 * did not know yet what it sees needs everything; then it ticks, and the version is another, or it
 * is ended, and images are kept in vain. The
 * look stands between two locked instructions, where nothing overlaps it: without it a writer
 * beside 2,500 scans a second, of which each registers once, went from 72 to 76 % of its rate.
 */
final class Preservation {
    private static final boolean KEEPS_IMAGES = !Seam.without("beforeImages");
    private static final boolean LINKS_FIRST = !Seam.without("imageBeforeHeader");
    private static final boolean LOOKS_PER_VERSION = !Seam.without("lookPerVersion");

    /** What an entry is whose commit replaces a payload, as a set of bits. */
    private static final int REPLACES =
            1 << LogEntry.WRITE | 1 << LogEntry.MERGE | 1 << LogEntry.FREE;

    /** Above all header words, unsigned. */
    private static final long ALL_WORDS = -1;

    private Preservation() {}

    /**
     * Keeps images of all objects of a log that a snapshot may need.
     *
     * <p>Every commit calls it, and it asks in here whether there are snapshots: behind a branch a
     * call is inlined only if the compiler has seen about each fourth commit take it, and between
     * locked instructions it is 7 ns. So this is one pass, short enough to be inlined into {@link
     * Commit#run}, its callees on the way of an image so short that they are inlined even if seldom
     * called; and with all accesses of the commit it fits the compiler's nodes (see {@link
     * Memory}): with six more, the stores of {@code Commit.publish} became calls. A writer beside
     * scans went from 9.45 to 9.9 million updates a second, with no snapshot from 11.7 to 12.25; an
     * image of one word, in cache, is 8-10 ns. CompiledUnitsTest holds lengths and accesses.
     *
     * @param version of the commit
     * @param snapshots how many are registered, loaded after the version
     * @throws org.offheapstm.RegionFullException if the region has no room, and no snapshot can be
     *     ended
     * @throws Signal if the commit is to wait for snapshots
     */
    static void keep(Attempt attempt, WriteLog log, long version, long snapshots) {
        if (snapshots == 0 || !KEEPS_IMAGES) {
            return;
        }
        History history = attempt.history;
        long base = attempt.base;
        long needed = isLookedAt(attempt, version) ? attempt.neededBelow : look(attempt, version);
        long end = log.end();
        long entry = log.first();
        while (entry != end) {
            long tail = LogEntry.tail(entry);
            long expected = LogEntry.expected(entry);
            if (isNeeded(tail, expected, needed)) {
                int bytes = payloadBytes(attempt, entry, tail);
                long place = History.placeBytes(BeforeImage.BYTES + bytes);
                if (!history.hasRoom(place)) {
                    needed = openRun(attempt, log, entry, version);
                    continue; // With the same object.
                }
                long image = history.take(place, version);
                long key = LogEntry.ref(entry);
                long address = base + Reference.offset(key);
                long life = Memory.get(address, Header.LIFE);
                BeforeImage.fill(base + image, expected, life, key);
                Memory.copyPayload(address, Header.BYTES, base + image, BeforeImage.BYTES, bytes);
                // Order: the image before its link. Pairs with: the acquiring load of LIFE in
                // SnapshotPath.readThen. Without it: a snapshot follows the link into words that
                // are not written yet. Proof: ImageLinkLitmus.
                if (LINKS_FIRST) {
                    Memory.setRelease(address, Header.LIFE, BeforeImage.life(image, life));
                }
            }
            entry += LogEntry.BYTES;
        }
        if (log.deaths() != 0) {
            keepFreed(attempt, log);
        }
    }

    /** Whether a snapshot needs what an entry replaces; the word that was expected is clean. */
    private static boolean isNeeded(long tail, long expected, long needed) {
        return (REPLACES >> LogEntry.whatOf(tail) & 1) != 0 && Header.isOlder(expected, needed);
    }

    private static boolean isLookedAt(Attempt attempt, long version) {
        return attempt.lookedFor == version || !LOOKS_PER_VERSION && attempt.lookedFor != 0;
    }

    /** The bound, unsigned, below which a word that is replaced needs an image. */
    private static long look(Attempt attempt, long version) {
        assert version >= attempt.lookedFor : "versions of a slot never fall";
        long newest = attempt.engine.registry.newestBefore(version);
        attempt.neededBelow =
                newest == Registry.EVERYTHING ? ALL_WORDS : Header.clean(newest + 1, 0);
        attempt.lookedFor = version; // Last: an Error may strike before.
        return attempt.neededBelow;
    }

    /**
     * Opens the next run, or reserves for the images from an entry on; the run being filled may
     * have room after that. Returns what {@link #look} does.
     */
    private static long openRun(Attempt attempt, WriteLog log, long from, long version) {
        if (!attempt.history.openReserved()) {
            reserve(attempt, log, from, version);
        }
        return attempt.neededBelow;
    }

    /** Reserves room for the images from an entry on. */
    private static void reserve(Attempt attempt, WriteLog log, long from, long version) {
        HistoryLimit limit = attempt.engine.historyLimit;
        boolean passes = false;
        while (true) {
            limit.noteDepartures(attempt);
            long needed = look(attempt, version);
            long refusal = attempt.history.reserve(runsFor(attempt, log, from, needed), passes);
            if (refusal == 0) {
                return;
            }
            passes = limit.makeRoom(attempt, log, refusal);
        }
    }

    /** How many runs the images from an entry on need after the one that is being filled. */
    private static int runsFor(Attempt attempt, WriteLog log, long from, long needed) {
        int runs = 0;
        long room = attempt.history.roomBytes();
        for (long entry = from; entry != log.end(); entry += LogEntry.BYTES) {
            long tail = LogEntry.tail(entry);
            if (isNeeded(tail, LogEntry.expected(entry), needed)) {
                int bytes = BeforeImage.BYTES + payloadBytes(attempt, entry, tail);
                long place = History.placeBytes(bytes);
                assert place <= RunEntry.RUN_BYTES : "an image fits a run";
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
