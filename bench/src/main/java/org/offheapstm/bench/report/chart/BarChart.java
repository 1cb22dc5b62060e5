package org.offheapstm.bench.report.chart;

import org.offheapstm.bench.report.chart.Svg.Anchor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Bars of parts on top of one another, which together come to 100 percent or less. */
public final class BarChart {
    private static final int BAR = 26;
    private static final int STEP = 36;
    private static final int HEIGHT = 250;
    private static final int LEFT = 66;
    private static final int RIGHT = 18;
    private static final int TOP = 56;
    private static final int NAMES = 20;
    private static final int BELOW = 68;
    private static final int NARROWEST = 560;

    private final String title;
    private final String note;
    private final String unit;
    private final List<String> parts;
    private final List<Group> groups;

    /**
     * Bars that belong together.
     *
     * @param label below all of them
     * @param bars from left to right
     */
    public record Group(String label, List<Bar> bars) {
        /** Copies the list. */
        public Group {
            bars = List.copyOf(bars);
        }
    }

    /**
     * One bar.
     *
     * @param label below it; short
     * @param percent of each part, from below
     */
    public record Bar(String label, List<Double> percent) {
        /** Copies the list. */
        public Bar {
            percent = List.copyOf(percent);
        }
    }

    /**
     * @param title what is shown
     * @param note where and how it was measured, in one line
     * @param unit of what the parts are percents
     * @param parts their names, from below
     * @param groups from left to right
     */
    public BarChart(
            String title, String note, String unit, List<String> parts, List<Group> groups) {
        this.title = title;
        this.note = note;
        this.unit = unit;
        this.parts = List.copyOf(parts);
        this.groups = List.copyOf(groups);
    }

    /** The document. */
    public String asSvg() {
        int plot = STEP
                * groups.stream().mapToInt(group -> group.bars().size() + 1).sum();
        int width = Math.max(NARROWEST, LEFT + plot + RIGHT);
        int bottom = TOP + HEIGHT;
        Legend legend = new Legend(looks(), width - LEFT - RIGHT);
        Svg svg = new Svg(width, bottom + BELOW + legend.height(), title);
        svg.bold(LEFT, 22, Anchor.START, title);
        svg.small(LEFT, 38, Anchor.START, note);
        Scale scale = Scale.percent(unit);
        for (double tick : scale.ticks()) {
            double y = bottom - HEIGHT * scale.at(tick);
            svg.line(LEFT, y, LEFT + plot, y, Svg.FAINT, 1);
            svg.small(LEFT - 6, y + 4, Anchor.END, Scale.written(tick));
        }
        svg.upwards(LEFT - 44, TOP + HEIGHT / 2.0, unit);
        double x = LEFT + STEP / 2.0;
        for (Group group : groups) {
            double middle = x + (group.bars().size() * STEP - (STEP - BAR)) / 2.0;
            svg.text(middle, bottom + NAMES + 20, Anchor.MIDDLE, group.label());
            for (Bar bar : group.bars()) {
                stack(svg, x, bottom, bar);
                x += STEP;
            }
            x += STEP;
        }
        svg.line(LEFT, bottom, LEFT + plot, bottom, Svg.INK, 1);
        legend.draw(svg, LEFT, bottom + BELOW - 14);
        return svg.end();
    }

    /** Of the parts that are there. */
    private Map<String, Look> looks() {
        Map<String, Look> looks = new LinkedHashMap<>();
        for (int part = 0; part < parts.size(); part++) {
            int i = part;
            boolean isThere = groups.stream()
                    .flatMap(group -> group.bars().stream())
                    .anyMatch(bar -> bar.percent().get(i) > 0);
            if (isThere) {
                looks.put(parts.get(i), Look.ofPart(i));
            }
        }
        return looks;
    }

    private static void stack(Svg svg, double x, int bottom, Bar bar) {
        double y = bottom;
        for (int part = 0; part < bar.percent().size(); part++) {
            double height = HEIGHT * bar.percent().get(part) / 100;
            if (height > 0) {
                y -= height;
                svg.rectangle(x, y, BAR, height, Look.ofPart(part).colour());
            }
        }
        svg.small(x + BAR / 2.0, bottom + 16, Anchor.MIDDLE, bar.label());
    }
}
