package org.offheapstm;

/**
 * What a collection has done. {@link #toString} is a line for people.
 *
 * @param reached objects that the roots and pins led to, in the snapshot that was looked at
 * @param freed objects that were freed because nothing led to them
 * @param freedBytes bytes of their blocks
 * @param isComplete whether all was looked at; false if it was given up, if its snapshot was ended
 *     (see {@link HistoryPolicy}), or if the region had no room to free the rest
 * @param nanos time since it began, in nanoseconds
 */
public record Collected(long reached, long freed, long freedBytes, boolean isComplete, long nanos) {
    @Override
    public String toString() {
        return (isComplete ? "collected" : "collected in part") + ": reached=" + reached
                + " objects, freed=" + freed + " objects of " + freedBytes + " bytes, in "
                + nanos / 1_000_000 + " ms";
    }
}
