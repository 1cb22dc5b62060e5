package org.offheapstm.bench.gate;

/**
 * How long the gates measure.
 *
 * @param warmupMillis of each entry before the first round
 * @param rounds in which each entry has one slice
 */
record Pace(int warmupMillis, int rounds, int sliceMillis) {}
