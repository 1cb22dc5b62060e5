/**
 * Who is compared, and how each of them does the same four things to a population of one-word
 * objects ({@code Words}, {@code Actor}) and the same two to a hash map ({@code LongMap}).
 *
 * <p>A contender is written the way its own documentation would have it for speed: transactions
 * passed explicitly where that is possible, bodies made once per thread instead of once per call,
 * primitive refs where there are any. Each class states the choices, and what isolation its
 * transactions have. {@code plain} is no contender but the floor.
 */
package org.offheapstm.bench.contender;
