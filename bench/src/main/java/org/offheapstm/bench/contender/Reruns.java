package org.offheapstm.bench.contender;

/**
 * How attempts ended so far, where a contender counts them.
 *
 * @param aborts attempts of any kind that were rolled back to run again
 * @param promotions those of them that began again as a reader which cannot abort
 */
public record Reruns(long aborts, long promotions) {}
