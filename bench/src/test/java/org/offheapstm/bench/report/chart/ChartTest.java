package org.offheapstm.bench.report.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

import javax.xml.parsers.DocumentBuilderFactory;

/**
 * Goal: a plot is a well-formed file that says what its axes are, and shows every number within
 * them. Method: the XML is parsed, and its elements are counted and measured.
 */
final class ChartTest {
    private static final Scale LINES =
            Scale.logarithmic("lines <touched>", 2, DoubleStream.of(1, 64));
    private static final Scale PERCENT = Scale.percent("committed, percent");

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)));
    }

    private static List<Element> elements(Document document, String name) {
        NodeList found = document.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static List<String> texts(Document document) {
        return elements(document, "text").stream().map(Element::getTextContent).toList();
    }

    private static String chart(Series... series) {
        return new LineChart(
                        "a & b",
                        "somewhere",
                        List.of(new Panel("left", LINES, PERCENT, List.of(series))))
                .asSvg();
    }

    @Test
    void aPlotSaysItsTitleItsAxesAndItsSeries() throws Exception {
        Document document =
                parsed(chart(new Series("writes", 0, List.of(new Series.Point(1, 100)))));
        List<String> texts = texts(document);
        for (String text : List.of(
                "a & b", "somewhere", "left", "lines <touched>", "committed, percent", "writes")) {
            assertTrue(texts.contains(text), text + " in " + texts);
        }
        assertTrue(texts.containsAll(List.of("1", "2", "64", "0", "100")), texts.toString());
    }

    @Test
    void aLineIsBrokenWhereThereIsNoNumber() throws Exception {
        List<Series.Point> points = List.of(
                new Series.Point(1, 10),
                new Series.Point(2, 20),
                new Series.Point(4, Double.NaN),
                new Series.Point(8, 30));
        Document document = parsed(chart(new Series("writes", 0, points)));
        String colour = Look.of(0).colour();
        long lines = elements(document, "line").stream()
                .filter(line -> line.getAttribute("stroke").equals(colour))
                .count();
        assertEquals(2, lines, "one between two numbers, one in the legend");
        assertEquals(4, elements(document, "path").size(), "three marks, one in the legend");
        assertFalse(chart(new Series("writes", 0, points)).contains("NaN"));
    }

    @Test
    void rangesBeyondTheAxesEndThere() throws Exception {
        Document document =
                parsed(chart(new Series("writes", 0, List.of(new Series.Point(1, 50, -1e9, 1e9)))));
        double height = Double.parseDouble(document.getDocumentElement().getAttribute("height"));
        for (Element line : elements(document, "line")) {
            double y = Double.parseDouble(line.getAttribute("y1"));
            assertTrue(y > 0 && y < height, "y=" + y);
        }
    }

    @Test
    void aSeriesLooksTheSameInAllPlots() {
        String one = chart(new Series("other", 5, List.of()), new Series("writes", 3, List.of()));
        String two = chart(new Series("writes", 3, List.of()));
        assertTrue(one.contains(Look.of(3).colour()) && two.contains(Look.of(3).colour()));
    }

    @Test
    void aScaleIsMarkedAtRoundValuesAroundTheData() {
        assertEquals(
                List.of(0.0, 0.5, 1.0, 1.5),
                Scale.fromZero("", DoubleStream.of(1.3)).ticks());
        assertEquals(
                List.of(1.0, 4.0, 16.0),
                Scale.logarithmic("", 4, DoubleStream.of(1, 10)).ticks());
        assertEquals(0.5, Scale.logarithmic("", 2, DoubleStream.of(1, 16)).at(4));
        assertTrue(Scale.logarithmic("", 2, DoubleStream.of(1, 1 << 20)).ticks().size() <= 13);
        assertEquals(2, Scale.fromZero("", DoubleStream.empty()).ticks().size() >= 2 ? 2 : 0);
    }

    @Test
    void numbersAreWrittenShortly() {
        List<String> written = DoubleStream.of(0.25, 1, 512, 1024, 5000, 1 << 20, 3e6)
                .mapToObj(Scale::written)
                .toList();
        assertEquals(List.of("0.25", "1", "512", "1K", "5K", "1M", "3M"), written);
    }

    @Test
    void barsStandOnOneAnotherAndOnlyPartsThatAreThereHaveAName() throws Exception {
        BarChart chart = new BarChart(
                "ends",
                "somewhere",
                "percent of attempts",
                List.of("committed", "conflict", "capacity"),
                List.of(new BarChart.Group(
                        "lines", List.of(new BarChart.Bar("512", List.of(60.0, 0.0, 40.0))))));
        Document document = parsed(chart.asSvg());
        List<String> texts = texts(document);
        assertTrue(texts.containsAll(List.of("lines", "512", "committed", "capacity")), "" + texts);
        assertFalse(texts.contains("conflict"), "" + texts);
        double below = height(document, Look.ofPart(0).colour());
        double above = height(document, Look.ofPart(2).colour());
        assertEquals(1.5, below / above, 1e-3);
    }

    private static double height(Document document, String colour) {
        return elements(document, "rect").stream()
                .filter(rect ->
                        rect.getAttribute("fill").toLowerCase(Locale.ROOT).equals(colour))
                .mapToDouble(rect -> Double.parseDouble(rect.getAttribute("height")))
                .max()
                .orElseThrow();
    }
}
