package org.offheapstm;

import java.util.List;
import java.util.Objects;

/**
 * What {@link Stm#verify} has found. {@link #toString} is a report for people.
 *
 * @param name the engine
 * @param wasQuiet whether no transaction ran meanwhile: only then locks, lists of free blocks,
 *     before-images and the engine's own areas were looked at too
 * @param usedRuns pieces of 64 KiB in use
 * @param objects objects and arrays that exist
 * @param objectBytes bytes of their blocks
 * @param freeBlocks blocks that hold no object and are ready to be used again, or wait until no
 *     snapshot sees what they held; 0 if it was not quiet
 * @param retiredBlocks blocks that will never be used again, because all their generations were
 *     handed out
 * @param reached objects that roots and pins lead to, what the roots are kept in included; {@link
 *     #NOT_LOOKED} if that was not looked at, because other things are wrong. The others are what
 *     {@link Stm#collect} would free, or what transactions have made meanwhile
 * @param faults what is wrong, each in one line; of very many only the first. A root whose object
 *     was freed is one: remove the root first
 */
public record Verification(
        String name,
        boolean wasQuiet,
        long usedRuns,
        long objects,
        long objectBytes,
        long freeBlocks,
        long retiredBlocks,
        long reached,
        List<String> faults) {
    /** As {@link #reached}: not known. */
    public static final long NOT_LOOKED = -1;

    /** Copies the list. */
    public Verification {
        Objects.requireNonNull(name, "name");
        faults = List.copyOf(faults);
    }

    /**
     * Whether nothing is wrong.
     *
     * @return true if there are no faults
     */
    public boolean isSound() {
        return faults.isEmpty();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append("region of ").append(name);
        text.append(isSound() ? ": sound" : ": " + faults.size() + " faults");
        text.append(wasQuiet ? "" : "; transactions ran on, so not all was looked at");
        text.append("\n  runs in use     ").append(usedRuns);
        text.append("\n  objects         ").append(objects);
        text.append("\n  object bytes    ").append(objectBytes);
        text.append("\n  free blocks     ").append(freeBlocks);
        text.append("\n  retired blocks  ").append(retiredBlocks);
        text.append("\n  reached         ")
                .append(reached == NOT_LOOKED ? "not looked at" : reached);
        for (String fault : faults) {
            text.append("\n  fault: ").append(fault);
        }
        return text.toString();
    }
}
