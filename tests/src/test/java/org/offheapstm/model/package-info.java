/**
 * The protocol's TLA+ models, run by TLC: {@code src/test/tla} has the models, their tables of runs
 * and a README that says what each shows and which method each step stands for. This package reads
 * the tables, starts TLC, and compares what it finds with what the table says.
 */
package org.offheapstm.model;
