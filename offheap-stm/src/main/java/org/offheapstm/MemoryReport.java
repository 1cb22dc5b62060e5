package org.offheapstm;

import java.util.List;
import java.util.Objects;

/**
 * What the memory of a region is used for: see {@link Stm#memory}. {@link #toString} is a table for
 * people.
 *
 * @param name the engine
 * @param rows one for each type and block size in use, the one with most memory first
 * @param freeBytes bytes that any type can have
 * @param areaBytes bytes of the engine's own areas: the run table, private copies and logs of
 *     attempts, before-images, and what is on its way to being free
 * @param capacityBytes size of the region, in bytes
 */
public record MemoryReport(
        String name, List<Row> rows, long freeBytes, long areaBytes, long capacityBytes) {
    /** Copies the list. */
    public MemoryReport {
        Objects.requireNonNull(name, "name");
        rows = List.copyOf(rows);
    }

    /**
     * The memory of a type and block size.
     *
     * @param type the type's name
     * @param blockBytes bytes of a block, in which one object or array lies
     * @param bytes what the type has of the region, in pieces of 64 KiB
     * @param live blocks that hold an object
     * @param free blocks that hold none, and are kept for this type
     */
    public record Row(String type, long blockBytes, long bytes, long live, long free) {
        /** Checks that there is a type. */
        public Row {
            Objects.requireNonNull(type, "type");
        }

        /**
         * Which part of the memory holds objects.
         *
         * @return from 0 to 1
         */
        public double occupancy() {
            return bytes == 0 ? 0 : (double) live * blockBytes / bytes;
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("memory of " + name + ": free=" + freeBytes
                + " bytes, areas=" + areaBytes + " bytes, capacity=" + capacityBytes + " bytes");
        text.append(String.format(
                "%n%12s %12s %12s %10s  %s", "bytes", "live", "free", "occupancy", "type, block"));
        for (Row row : rows) {
            text.append(String.format(
                    "%n%12d %12d %12d %9.1f%%  %s, %d",
                    row.bytes,
                    row.live,
                    row.free,
                    100 * row.occupancy(),
                    row.type,
                    row.blockBytes));
        }
        return text.toString();
    }
}
