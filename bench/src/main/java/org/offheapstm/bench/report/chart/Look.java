package org.offheapstm.bench.report.chart;

import java.util.Locale;

/**
 * What tells one series from another: a colour and a mark.
 *
 * @param mark null for a bar, which has none
 */
record Look(String colour, Mark mark) {
    private static final String[] COLOURS = {
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#000000"
    };

    /** The shape of a point. */
    enum Mark {
        DISC,
        SQUARE,
        TRIANGLE,
        DIAMOND
    }

    private static final int[] PARTS = {2, 6, 7, 3, 1, 4, 5, 0};
    private static final double RADIUS = 4;

    /** That of the i-th series. */
    static Look of(int i) {
        Mark[] marks = Mark.values();
        return new Look(COLOURS[i % COLOURS.length], marks[i % marks.length]);
    }

    /** That of the i-th part of a bar: nearly the whole of most bars is the first. */
    static Look ofPart(int i) {
        return new Look(COLOURS[PARTS[i % PARTS.length]], null);
    }

    /** A sample for a legend, 16 pixels wide, around this height. */
    void draw(Svg svg, double left, double y) {
        if (mark == null) {
            svg.rectangle(left, y - 6, 16, 12, colour);
        } else {
            svg.line(left, y, left + 16, y, colour, 2);
            svg.path(outline(left + 8, y), colour);
        }
    }

    /** The mark around a point, as the outline of an SVG path. */
    String outline(double x, double y) {
        double r = RADIUS;
        return switch (mark) {
            case DISC ->
                format("M%.1f %.1fa%.1f %.1f 0 1 0 %.1f 0", x - r, y, r, r, 2 * r)
                        + format("a%.1f %.1f 0 1 0 %.1f 0Z", r, r, -2 * r);
            case SQUARE -> format("M%.1f %.1fh%.1fv%.1fh%.1fZ", x - r, y - r, 2 * r, 2 * r, -2 * r);
            case TRIANGLE -> format("M%.1f %.1fl%.1f %.1fh%.1fZ", x, y - r, r, 2 * r, -2 * r);
            case DIAMOND ->
                format("M%.1f %.1fl%.1f %.1f", x, y - 1.3 * r, 1.3 * r, 1.3 * r)
                        + format("l%.1f %.1fl%.1f %.1fZ", -1.3 * r, 1.3 * r, -1.3 * r, -1.3 * r);
        };
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
