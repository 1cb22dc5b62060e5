package org.offheapstm.bench.report.chart;

import org.offheapstm.bench.report.chart.Svg.Anchor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lines in panels side by side, under one title and above one legend; a series has the same colour
 * in all panels. A point that was measured several times has a thin bar from the least to the
 * greatest.
 */
public final class LineChart {
    private static final int PLOT_WIDTH = 330;
    private static final int PLOT_HEIGHT = 250;
    private static final int NARROWEST = 700;
    private static final int LEFT = 66;
    private static final int RIGHT = 18;
    private static final int TOP = 72;
    private static final int BELOW = 52;

    private final String title;
    private final String note;
    private final List<Panel> panels;

    /**
     * @param title what is shown
     * @param note where and how it was measured, in one line
     * @param panels from left to right
     */
    public LineChart(String title, String note, List<Panel> panels) {
        this.title = title;
        this.note = note;
        this.panels = List.copyOf(panels);
    }

    /** The document. */
    public String asSvg() {
        int width = Math.max(NARROWEST, panels.size() * (LEFT + PLOT_WIDTH + RIGHT));
        Legend legend = new Legend(looks(), width - LEFT - RIGHT);
        int bottom = TOP + PLOT_HEIGHT + BELOW;
        Svg svg = new Svg(width, bottom + legend.height() + 10, title);
        svg.bold(LEFT, 22, Anchor.START, title);
        svg.small(LEFT, 38, Anchor.START, note);
        for (int i = 0; i < panels.size(); i++) {
            int left = LEFT + i * (LEFT + PLOT_WIDTH + RIGHT);
            axes(svg, panels.get(i), left);
            for (Series series : panels.get(i).series()) {
                line(svg, panels.get(i), series, left);
            }
        }
        legend.draw(svg, LEFT, bottom);
        return svg.end();
    }

    private Map<String, Look> looks() {
        Map<String, Look> looks = new LinkedHashMap<>();
        panels.forEach(panel -> panel.series()
                .forEach(series -> looks.put(series.label(), Look.of(series.look()))));
        return looks;
    }

    private static void axes(Svg svg, Panel panel, int left) {
        int bottom = TOP + PLOT_HEIGHT;
        svg.text(left + PLOT_WIDTH / 2.0, TOP - 10, Anchor.MIDDLE, panel.title());
        for (double tick : panel.y().ticks()) {
            double y = bottom - PLOT_HEIGHT * panel.y().at(tick);
            svg.line(left, y, left + PLOT_WIDTH, y, Svg.FAINT, 1);
            svg.small(left - 6, y + 4, Anchor.END, Scale.written(tick));
        }
        for (double tick : panel.x().ticks()) {
            double x = left + PLOT_WIDTH * panel.x().at(tick);
            svg.line(x, bottom, x, bottom + 4, Svg.INK, 1);
            svg.small(x, bottom + 17, Anchor.MIDDLE, Scale.written(tick));
        }
        if (Double.isFinite(panel.level())) {
            double y = height(panel, panel.level());
            svg.line(left, y, left + PLOT_WIDTH, y, Svg.INK, 1);
        }
        svg.line(left, TOP, left, bottom, Svg.INK, 1);
        svg.line(left, bottom, left + PLOT_WIDTH, bottom, Svg.INK, 1);
        svg.text(left + PLOT_WIDTH / 2.0, bottom + 36, Anchor.MIDDLE, panel.x().label());
        svg.upwards(left - 46, TOP + PLOT_HEIGHT / 2.0, panel.y().label());
    }

    private static void line(Svg svg, Panel panel, Series series, int left) {
        Look look = Look.of(series.look());
        double lastX = Double.NaN;
        double lastY = Double.NaN;
        for (Series.Point point : series.points()) {
            double x = left + PLOT_WIDTH * panel.x().at(point.x());
            double y = height(panel, point.y());
            if (Double.isFinite(lastX + lastY + x + y)) {
                svg.line(lastX, lastY, x, y, look.colour(), 1.6);
            }
            lastX = x;
            lastY = y;
        }
        for (Series.Point point : series.points()) {
            double x = left + PLOT_WIDTH * panel.x().at(point.x());
            double y = height(panel, point.y());
            if (!Double.isFinite(x + y)) {
                continue;
            }
            double from = within(height(panel, point.least()));
            double to = within(height(panel, point.most()));
            if (from - to > 1) {
                svg.line(x, from, x, to, look.colour(), 0.7);
            }
            svg.path(look.outline(x, y), look.colour());
        }
    }

    /** Of a bar that goes beyond the plot, the part inside. */
    private static double within(double y) {
        return Math.clamp(y, TOP, TOP + PLOT_HEIGHT);
    }

    private static double height(Panel panel, double y) {
        return TOP + PLOT_HEIGHT * (1 - panel.y().at(y));
    }
}
