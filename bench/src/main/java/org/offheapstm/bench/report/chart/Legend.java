package org.offheapstm.bench.report.chart;

import org.offheapstm.bench.report.chart.Svg.Anchor;

import java.util.Map;

/** The names of the series and their looks, in rows below a plot. */
final class Legend {
    private static final int ROW = 18;
    private static final int MARK = 22;
    private static final int GAP = 18;

    /** Of a letter, on average; fonts differ, so rather too much. */
    private static final double LETTER = 6.6;

    private final Map<String, Look> looks;
    private final int width;

    /** @param looks by label, in order */
    Legend(Map<String, Look> looks, int width) {
        this.looks = looks;
        this.width = width;
    }

    int height() {
        int rows = 1;
        double x = 0;
        for (String label : looks.keySet()) {
            if (x > 0 && x + span(label) > width) {
                rows++;
                x = 0;
            }
            x += span(label);
        }
        return ROW * rows;
    }

    private static double span(String label) {
        return MARK + LETTER * label.length() + GAP;
    }

    void draw(Svg svg, double left, double top) {
        double x = 0;
        double y = top + ROW / 2.0;
        for (Map.Entry<String, Look> entry : looks.entrySet()) {
            String label = entry.getKey();
            if (x > 0 && x + span(label) > width) {
                x = 0;
                y += ROW;
            }
            entry.getValue().draw(svg, left + x, y);
            svg.text(left + x + MARK, y + 4, Anchor.START, label);
            x += span(label);
        }
    }
}
