/**
 * Plots as SVG, written by hand: lines over a numbered axis, and stacked bars. A file needs nothing
 * but a browser: no script, no style sheet, no font but the reader's own.
 *
 * <p>Colours are those of Okabe and Ito, which people see apart whatever they see of colours; each
 * series has a mark of its own as well, for who prints it in black. What is not a number is not
 * drawn, and a line is broken there.
 */
package org.offheapstm.bench.report.chart;
