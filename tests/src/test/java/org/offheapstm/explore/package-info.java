/**
 * Schedules and histories: the engine run step by step through its seam.
 *
 * <p><b>Purpose.</b> {@link org.offheapstm.explore.Baton} lets one thread at a time run and hands
 * the turn over at accesses to shared words, as a {@link org.offheapstm.explore.Pilot} with a seed
 * says; a {@link org.offheapstm.explore.Scenario} is a few transactions and what must hold inside
 * and after them. {@link org.offheapstm.explore.Part} names every check and order that safety rests
 * on, and the scenario that fails when it is taken out.
 *
 * <p><b>Limits.</b> Turns change between accesses, so what is explored is sequentially consistent.
 * What a weaker memory would show is in the litmus tests.
 *
 * <p><b>Why a class loader and not a JVM per part.</b> The engine asks for what is missing once, in
 * static constants. {@link org.offheapstm.explore.Isolation} loads engine and scenarios again for
 * each part: a tenth of a second, where a JVM takes one.
 */
package org.offheapstm.explore;
