package org.offheapstm.bench.report.chart;

import java.util.Locale;

/** The few elements that a plot is made of; lengths in pixels, y downwards. */
final class Svg {
    /** On which side of its point a text lies. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    static final String INK = "#222222";
    static final String FAINT = "#d8d8d8";

    private static final int FONT_SIZE = 12;

    private final StringBuilder out = new StringBuilder();

    Svg(int width, int height, String title) {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                        + " viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"%d\">",
                width, height, width, height, FONT_SIZE);
        add("<title>%s</title>", escaped(title));
        rectangle(0, 0, width, height, "#ffffff");
    }

    private void add(String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    void rectangle(double x, double y, double width, double height, String fill) {
        add(
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>",
                x, y, width, height, fill);
    }

    void line(double x1, double y1, double x2, double y2, String stroke, double width) {
        add(
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\""
                        + " stroke-width=\"%.1f\"/>",
                x1, y1, x2, y2, stroke, width);
    }

    /** A filled outline, as SVG writes it. */
    void path(String data, String fill) {
        add("<path d=\"%s\" fill=\"%s\"/>", data, fill);
    }

    void text(double x, double y, Anchor anchor, String text) {
        styled(x, y, anchor, "", text);
    }

    void bold(double x, double y, Anchor anchor, String text) {
        styled(x, y, anchor, " font-weight=\"bold\"", text);
    }

    void small(double x, double y, Anchor anchor, String text) {
        styled(x, y, anchor, " font-size=\"10.5\"", text);
    }

    /** Reads upwards. */
    void upwards(double x, double y, String text) {
        styled(
                x,
                y,
                Anchor.MIDDLE,
                String.format(Locale.ROOT, " transform=\"rotate(-90 %.1f %.1f)\"", x, y),
                text);
    }

    private void styled(double x, double y, Anchor anchor, String style, String text) {
        add(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\"%s>%s</text>",
                x, y, anchor.name().toLowerCase(Locale.ROOT), INK, style, escaped(text));
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** The whole document. */
    String end() {
        return out.append("</svg>\n").toString();
    }
}
