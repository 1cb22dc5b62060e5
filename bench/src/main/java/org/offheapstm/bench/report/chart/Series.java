package org.offheapstm.bench.report.chart;

import java.util.List;

/**
 * A line.
 *
 * @param label its name in the legend
 * @param look number of its colour and mark, from 0; the same in all plots that are compared
 * @param points from left to right
 */
public record Series(String label, int look, List<Point> points) {
    /** Copies the list. */
    public Series {
        points = List.copyOf(points);
    }

    /**
     * A point, and between which values it was found; all the same if it was found once.
     *
     * @param y the median
     * @param least the least
     * @param most the greatest
     */
    public record Point(double x, double y, double least, double most) {
        public Point(double x, double y) {
            this(x, y, y, y);
        }
    }
}
