package org.offheapstm.internal.engine;

import org.offheapstm.ArrayType;
import org.offheapstm.StmType;
import org.offheapstm.Verification;
import org.offheapstm.internal.heap.BlockKinds;
import org.offheapstm.internal.heap.BlockKinds.Kind;
import org.offheapstm.internal.heap.Region;
import org.offheapstm.internal.layout.BeforeImage;
import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.Memory;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One look at the structure of a region, which takes nothing on trust: an offset is followed only
 * after it was found to lie in the region, and a list only while it shows what was not seen before.
 *
 * <p>In this order: the areas that slots hold; the blocks that are ready to be handed out, from the
 * lists of the slots, the surplus, limbo and the spans that wait; the run table, and every block in
 * it. At the end all that is claimed is accounted for, or said to be lost.
 *
 * <p>Only while no attempt runs do lists and headers agree; beside attempts it looks at what is so
 * at every instant.
 */
final class Inspection {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_FAULTS = 100;

    /** Longer than any list of before-images: each was made for another snapshot. */
    private static final int MAX_IMAGES = 1 << 20;

    private final Engine engine;
    private final Region region;
    private final long base;
    private final boolean quiet;

    /** The newest version that every open snapshot sees. */
    private final long oldest;

    /** First runs that somebody is known to hold. */
    private final BitSet held = new BitSet();

    /** Blocks that are ready to be handed out, by run and unit. */
    private final BitSet[] free;

    private final List<String> faults = new ArrayList<>();
    private long usedRuns;
    private long objects;
    private long objectBytes;
    private long freeBlocks;
    private long retiredBlocks;

    private Inspection(Engine engine, boolean quiet) {
        this.engine = engine;
        this.region = engine.region;
        this.base = region.base();
        this.quiet = quiet;
        this.oldest = engine.registry.oldest();
        this.free = new BitSet[region.runs()];
    }

    /** Looks at a region in which no attempt runs. */
    static Verification of(Engine engine) {
        return new Inspection(engine, true).look();
    }

    /** Looks at a region in which others run: stops them, or goes without. */
    static Verification beside(Attempt own) {
        Verification[] found = {null};
        own.engine.standstill.run(own, running -> {
            if (Standstill.awaitUntil(running::isReached, PATIENCE_NANOS)) {
                found[0] = of(own.engine);
            }
        });
        return found[0] != null ? found[0] : new Inspection(own.engine, false).look();
    }

    private Verification look() {
        if (quiet) {
            lookAtAreas();
            lookAtLists();
        }
        lookAtHeader(region.directory(), Attempt.DIRECTORY);
        lookAtRuns();
        return new Verification(
                engine.options.name(),
                quiet,
                usedRuns,
                objects,
                objectBytes,
                freeBlocks,
                retiredBlocks,
                Verification.NOT_LOOKED,
                faults);
    }

    private void fault(String text) {
        if (faults.size() < MAX_FAULTS) {
            faults.add(text);
        }
    }

    private static String at(long offset) {
        return "0x" + Long.toHexString(offset);
    }

    private boolean isInside(long offset, long bytes) {
        return offset >= Region.offsetOf(region.firstRun())
                && offset <= region.capacityBytes() - bytes;
    }

    // ---- what slots hold

    private void lookAtAreas() {
        for (int slot = 1; slot <= engine.slots.made(); slot++) {
            Attempt attempt = engine.slots.attempt(slot);
            String owner = " of slot " + slot;
            attempt.log.forEachRun((run, count) -> hold(run, count, "write log" + owner));
            attempt.images.forEachRun((run, count) -> hold(run, count, "image area" + owner));
            attempt.history.forEachRun((run, count) -> hold(run, count, "history" + owner));
        }
    }

    private void hold(int run, int count, String owner) {
        long entry = entry(run);
        if (!isArea(entry)) {
            fault("run " + run + ": held as " + owner + ", entry=" + at(entry));
        } else if (region.spanRuns(run) != count) {
            fault("run " + run + ": held as " + owner + " with runs=" + count);
        } else if (held.get(run)) {
            fault("run " + run + ": held as " + owner + ", and by somebody else");
        }
        held.set(Math.max(0, run));
    }

    private long entry(int run) {
        return Memory.getAcquire(region.entryAddress(run));
    }

    // ---- lists of free blocks

    private void lookAtLists() {
        for (int number = 0; number < engine.kinds.count(); number++) {
            Kind kind = engine.kinds.byNumber(number);
            for (int slot = 1; slot <= engine.slots.made(); slot++) {
                String list = "free list of slot " + slot + ", type=" + kind.type();
                int missing = engine.slots
                        .attempt(slot)
                        .nursery
                        .forEachFree(kind, block -> list(block, kind, list));
                if (missing != 0) {
                    fault(list + ": differs from its count by " + missing);
                }
            }
            String surplus = "surplus of type=" + kind.type();
            kind.surplus().forEachFree(block -> list(block, kind, surplus));
        }
        engine.limbo.forEach(block -> {
            int run = Region.runOf(block);
            if (!isInside(block, Header.BYTES)) {
                fault("limbo: block=" + at(block) + " is outside");
            } else if (region.isSpan(run)) {
                note(block, "limbo");
            } else if (region.kind(run) < engine.kinds.count()) {
                list(block, engine.kinds.byNumber(region.kind(run)), "limbo");
            }
        });
        engine.spans.forEachRun((run, count) -> {
            held.set(run);
            long bytes = RunEntry.type(entry(run)) <= 0 || region.isSpan(run)
                    ? RunEntry.RUN_BYTES
                    : engine.kinds.byNumber(region.kind(run)).blockBytes();
            for (long at = 0; at + bytes <= RunEntry.RUN_BYTES; at += bytes) {
                note(Region.offsetOf(run) + at, "runs that wait");
            }
        });
    }

    /** Notes a block of a list; false if the list cannot be right. */
    private boolean list(long block, Kind kind, String list) {
        if ((block & Reference.UNIT - 1) != 0 || !isInside(block, kind.blockBytes())) {
            fault(list + ": block=" + at(block) + " is no place for one");
            return false;
        }
        int run = Region.runOf(block);
        int unit = unit(block);
        if (entry(run) != kind.entry()
                || !RunEntry.isBlockStart(kind.entry(), unit)
                || unit + kind.units() > RunEntry.UNITS_PER_RUN) {
            fault(list + ": block=" + at(block) + " is none of this type, entry=" + at(entry(run)));
            return false;
        }
        return note(block, list);
    }

    private boolean note(long block, String list) {
        int run = Region.runOf(block);
        if (isListed(block)) {
            fault(list + ": block=" + at(block) + " is in a list already");
            return false;
        }
        free[run] = free[run] == null ? new BitSet() : free[run];
        free[run].set(unit(block));
        return true;
    }

    private boolean isListed(long block) {
        BitSet seen = free[Region.runOf(block)];
        return seen != null && seen.get(unit(block));
    }

    private static int unit(long block) {
        return (int) (block & RunEntry.RUN_BYTES - 1) / Reference.UNIT;
    }

    // ---- the run table

    private void lookAtRuns() {
        long before = RunEntry.TABLE;
        for (int run = 0; run < region.runs(); run++) {
            long entry = entry(run);
            usedRuns += entry == RunEntry.FREE ? 0 : 1;
            if ((entry == RunEntry.TABLE) != run < region.firstRun()) {
                fault("run " + run + ": entry=" + at(entry) + ", the table has runs="
                        + region.firstRun());
            } else if (entry == RunEntry.BODY) {
                if (quiet && (before == RunEntry.FREE || before == RunEntry.TABLE)) {
                    fault("run " + run + ": part of a span that has no first run");
                }
            } else if (RunEntry.type(entry) > 0) {
                lookAtTyped(run, entry);
            } else {
                lookAtOther(run, entry);
            }
            before = entry;
        }
    }

    private void lookAtOther(int run, long entry) {
        if (entry == RunEntry.FREE || entry == RunEntry.TABLE) {
            return;
        }
        if (!isArea(entry) && entry != RunEntry.CLAIMED) {
            fault("run " + run + ": entry=" + at(entry) + " means nothing");
        } else if (quiet && !held.get(run)) {
            if (entry == RunEntry.CLAIMED
                    && region.generationFloor(run) >= Header.GENERATION_MASK) {
                retiredBlocks++;
            } else {
                fault("run " + run + ": lost, entry=" + at(entry) + ", held by nobody");
            }
        }
    }

    private void lookAtTyped(int run, long entry) {
        StmType type = StmType.byId(RunEntry.type(entry));
        int number = region.kind(run);
        if (number == Region.SPAN) {
            if (type instanceof ArrayType
                    && entry == RunEntry.of(type.id(), RunEntry.UNITS_PER_RUN)) {
                long bytes = region.spanRuns(run) * RunEntry.RUN_BYTES;
                lookAtBlock(Region.offsetOf(run), type, bytes, region.generationFloor(run));
            } else {
                fault("run " + run + ": entry=" + at(entry) + " is none of a span");
            }
        } else if (number < 0
                || number >= engine.kinds.count()
                || engine.kinds.byNumber(number).entry() != entry) {
            fault("run " + run + ": entry=" + at(entry) + " differs from that of kind=" + number);
        } else {
            Kind kind = engine.kinds.byNumber(number);
            long bytes = kind.blockBytes();
            long end = Region.offsetOf(run) + RunEntry.RUN_BYTES;
            long block = Region.offsetOf(run);
            for (; block + bytes <= end; block += bytes) {
                lookAtBlock(block, type, bytes, region.generationFloor(run));
            }
            if (block < end && (Memory.get(base + block) & Header.FREED) == 0) {
                fault("run " + run + ": its rest, too short for a block, looks like an object");
            }
        }
    }

    // ---- blocks

    private void lookAtBlock(long block, StmType type, long bytes, long floor) {
        long word = Memory.getAcquire(base + block);
        long generation = Memory.getAcquire(base + block + Header.LIFE) & Header.GENERATION_MASK;
        lookAtHeader(block, type);
        if (generation < floor && !held.get(Region.runOf(block))) {
            fault(what(block, type) + ": generation=" + generation + " below that of its run, "
                    + floor);
        }
        if ((word & Header.FREED) != 0) {
            lookAtFree(block, generation, type);
            return;
        }
        objects++;
        objectBytes += bytes;
        if (quiet && isListed(block)) {
            fault(what(block, type) + ": an object, but in a list of free blocks");
        }
        if (type instanceof ArrayType array) {
            lookAtArray(block, word, array, bytes);
        }
    }

    private static String what(long block, StmType type) {
        return "block " + at(block) + " of type=" + type;
    }

    private void lookAtFree(long block, long generation, StmType type) {
        if (quiet && isListed(block)) {
            freeBlocks++;
        } else if (generation == Header.GENERATION_MASK) {
            retiredBlocks++;
        } else if (quiet) {
            fault(what(block, type) + ": lost, free and in no list");
        }
    }

    private void lookAtHeader(long place, StmType type) {
        long word = Memory.getAcquire(base + place);
        long clock = Memory.getVolatile(engine.control.address() + Control.CLOCK);
        if (Header.version(word) > clock) {
            fault(what(place, type) + ": version=" + Header.version(word) + ", clock=" + clock);
        }
        if (Header.slot(word) > engine.slots.made()) {
            fault(what(place, type) + ": slot=" + Header.slot(word) + ", slots="
                    + engine.slots.made());
        }
        if (quiet && (word & (Header.LOCK | Header.OWNED)) != 0) {
            fault(what(place, type) + ": held by slot " + Header.slot(word)
                    + ", in which nothing runs, header=" + at(word));
        }
        if (quiet && Header.version(word) > oldest) {
            lookAtImages(place, word, type);
        }
    }

    private void lookAtArray(long array, long word, ArrayType type, long bytes) {
        long length = Memory.get(base + array + Header.BYTES);
        long maximum = bytes / type.elementBytes();
        if (!quiet && !ReadSet.isUnchanged(base, array, word)) {
            return; // It was freed meanwhile.
        }
        if (Long.compareUnsigned(length, maximum) > 0
                || BlockKinds.arrayBytes(type, length) > bytes) {
            fault(what(array, type) + ": length=" + length + ", bytes=" + bytes);
            return;
        }
        long stripes = length == 0 ? 0 : type.stripeOf(length - 1) + 1;
        for (long number = 0; number < stripes; number++) {
            long at = array + BlockKinds.ARRAY_HEAD_BYTES + number * BlockKinds.stripeBytes(type);
            lookAtHeader(at, type);
            if (quiet && (Memory.getAcquire(base + at) & Header.FREED) != 0) {
                fault(what(at, type) + ": a stripe that is freed without its array");
            }
        }
    }

    /** Follows the before-images of a place as far as an open snapshot does. */
    private void lookAtImages(long place, long word, StmType type) {
        long image = Reference.offset(Memory.getAcquire(base + place + Header.LIFE));
        long version = Header.version(word);
        for (int hops = 0; image != BeforeImage.NONE; hops++) {
            if (hops == MAX_IMAGES || !isInside(image, BeforeImage.BYTES) || !isImageRun(image)) {
                fault(what(place, type) + ": before-image=" + at(image) + " is no place for one");
                return;
            }
            long before = Header.version(Memory.get(base + image));
            if (before > version || BeforeImage.object(base + image) != place) {
                fault(what(place, type) + ": before-image=" + at(image) + " is of object="
                        + at(BeforeImage.object(base + image)) + ", version=" + before
                        + ", that after it has " + version);
                return;
            }
            if (before <= oldest) {
                return;
            }
            version = before;
            image = BeforeImage.before(base + image);
        }
    }

    private boolean isImageRun(long image) {
        return isArea(entry(Region.runOf(image)));
    }

    private static boolean isArea(long entry) {
        return entry == RunEntry.HISTORY || entry == RunEntry.ARENA;
    }
}
