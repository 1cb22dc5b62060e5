package org.offheapstm.bench.report.chart;

import java.util.List;

/**
 * One pair of axes with its lines; several stand side by side under one title.
 *
 * @param title what distinguishes it from its neighbours
 * @param x the axis below
 * @param y the axis to the left
 * @param series the lines
 * @param level a value of y at which a line is drawn across, or NaN
 */
public record Panel(String title, Scale x, Scale y, List<Series> series, double level) {
    /** Copies the list. */
    public Panel {
        series = List.copyOf(series);
    }

    /** Without a level. */
    public Panel(String title, Scale x, Scale y, List<Series> series) {
        this(title, x, y, series, Double.NaN);
    }
}
