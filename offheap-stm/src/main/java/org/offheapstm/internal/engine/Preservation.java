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
 * commit, and its version too new, finds the image. First room is taken for all images, so that a
 * commit that finds none has changed nothing; then each is filled, and linked to its object. A link
 * that an Error has left over says nothing wrong: the object still is what its image is, and that
 * of the next commit stands before it.
 */
final class Preservation {
    private static final boolean LINKS_FIRST = !Seam.without("imageBeforeHeader");

    /** What an entry is whose commit replaces a payload, as a set of bits. */
    private static final int REPLACES =
            1 << LogEntry.WRITE | 1 << LogEntry.MERGE | 1 << LogEntry.FREE;

    private Preservation() {}

    /**
     * Keeps images of all objects of a log that a snapshot may need.
     *
     * <p>Like {@link Commit#run} of more code than the compiler inlines, so that each image's words
     * are moved here and not in calls from there: 24 -> 17 ns for an image of one word.
     * CompiledUnitsTest holds the length.
     *
     * @param version of the commit
     * @throws org.offheapstm.RegionFullException if the region has no room, and no snapshot can be
     *     ended
     * @throws Signal if the commit is to wait for snapshots
     */
    static void keep(Attempt attempt, WriteLog log, long version) {
        HistoryLimit limit = attempt.engine.historyLimit;
        History history = attempt.history;
        long base = attempt.base;
        long end = log.end();
        boolean passes = false;
        long refusal;
        do {
            attempt.progress.departures = limit.departures(); // Before the look at the snapshots.
            long newest = attempt.engine.registry.newestBefore(version);
            history.mark();
            refusal = 0;
            long freed = 0;
            for (long entry = log.first(); entry != end && refusal == 0; entry += LogEntry.BYTES) {
                long tail = LogEntry.tail(entry);
                int what = LogEntry.whatOf(tail);
                long image = BeforeImage.NONE;
                if ((REPLACES >> what & 1) != 0
                        && Header.version(LogEntry.expected(entry)) <= newest) {
                    int bytes = BeforeImage.BYTES + payloadBytes(attempt, entry, tail);
                    image = history.take(bytes, version, passes);
                    refusal = image < 0 ? image : 0;
                }
                LogEntry.before(entry, image);
                if (what == LogEntry.FREE) {
                    freed += seenBytes(attempt, LogEntry.object(entry), image);
                }
            }
            if (refusal == 0 && freed != 0 && !passes) {
                refusal = attempt.engine.historyBudget.hasRoomFor(freed) ? 0 : History.AT_LIMIT;
            }
            if (refusal != 0) {
                history.rewind();
                passes = limit.makeRoom(attempt, log, refusal);
            }
        } while (refusal != 0);

        for (long entry = log.first(); entry != end; entry += LogEntry.BYTES) {
            long image = LogEntry.before(entry);
            if (image != BeforeImage.NONE) {
                long object = LogEntry.object(entry);
                long address = base + object;
                long life = Memory.get(address, Header.LIFE);
                long ref = Reference.of(object, Reference.generation(life));
                int bytes = payloadBytes(attempt, entry, LogEntry.tail(entry));
                BeforeImage.fill(base + image, LogEntry.expected(entry), life, ref);
                Memory.copyPayload(address + Header.BYTES, base + image + BeforeImage.BYTES, bytes);
                // Order: the image before its link. Pairs with: the acquiring load of LIFE in
                // SnapshotPath.readThen. Without it: a snapshot follows the link into words that
                // are not written yet. Proof: ImageLinkLitmus.
                if (LINKS_FIRST) {
                    Memory.setRelease(address + Header.LIFE, BeforeImage.life(image, life));
                }
            }
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

    /** How many bytes of a freed block must stay because a snapshot sees it. */
    private static long seenBytes(Attempt attempt, long object, long image) {
        return image != BeforeImage.NONE || attempt.hasImage(object)
                ? attempt.engine.limbo.placeBytes(object)
                : 0;
    }
}
